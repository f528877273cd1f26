import { PermanentError } from '@swarmledger/runtime';
import type { Ledger, LedgerOptions } from './ledger.ts';

/** @throws PermanentError ledger_unavailable */
export async function openLedger(options: LedgerOptions): Promise<Ledger> {
  throw new PermanentError('ledger_unavailable', `the ${options.connection.kind} ledger is not built yet`);
}
