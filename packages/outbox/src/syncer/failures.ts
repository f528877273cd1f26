import { ProtocolError } from '@swarmledger/protocol';
import { PermanentError, TransientError } from '@swarmledger/runtime';

/**
 * Whose failure it is. `link`: nobody gets through. `project`: the others may. `refused`: this project is not wanted as it is, its
 * entries are fine. `poison`: an entry is at fault. `outbox`: nothing can go on.
 */
export type FailureKind = 'link' | 'project' | 'refused' | 'poison' | 'outbox';

/** Told apart by code, which the adapters decide. What is not named here is tried again for ever: nothing is lost by that. */
const kinds: Readonly<Record<string, FailureKind>> = {
  disconnected: 'link',
  no_responders: 'link',
  unauthorized: 'link',
  jetstream_not_enabled: 'link',
  ledger_sealed: 'link',
  ledger_receiving: 'link',
  ledger_moved: 'link',
  permission_denied: 'refused',
  unknown_tenant: 'refused',
  over_quota: 'refused',
  outbox_corrupt: 'outbox',
  outbox_failed: 'outbox',
  closed: 'outbox',
};

export function classifyFailure(error: unknown): FailureKind {
  if (error instanceof ProtocolError) return classifyRejection(error.code);
  if (error instanceof TransientError) return kinds[error.code] ?? 'project';
  if (error instanceof PermanentError) return kinds[error.code] ?? 'poison';
  return 'project';
}

/** The same for the hub's dead-letter reasons. */
export function classifyRejection(code: string): FailureKind {
  return kinds[code] ?? 'poison';
}
