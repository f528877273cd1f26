import { openLedgerFileTarget } from './ledger-target.ts';
import { openNdjsonTarget, openTrajectoryTarget } from './import-targets.ts';
import { openOutboxFileTarget, openOutboxRowTarget } from './outbox-targets.ts';
import { protocolTargets } from './protocol-targets.ts';
import { openSqlTarget } from './sql-target.ts';
import type { OpenTarget } from './target.ts';
import { openTokenTarget } from './token-target.ts';

/** Everything that parses what strangers wrote, or what a broken disk gives back. */
export const targets: readonly OpenTarget[] = [
  ...protocolTargets.map(
    (target): OpenTarget =>
      () =>
        target,
  ),
  openNdjsonTarget,
  openTrajectoryTarget,
  openTokenTarget,
  openOutboxRowTarget,
  openOutboxFileTarget,
  openLedgerFileTarget,
  openSqlTarget,
];
