import { randomUUID } from 'node:crypto';
import { PermanentError, TransientError } from '@swarmledger/runtime';
import type { Store, Transaction } from './fdb/store.ts';
import type { IdentityKeys } from './keyspace.ts';
import { decodeStored, encodeJson } from './values.ts';

/** Two bytes of every version. */
const incarnationMax = 0xffff;

/** Who may write to a ledger. */
export type LedgerState =
  | { readonly kind: 'open' }
  /** Nobody: it was, or is being, copied to another place, and that copy is the ledger now. */
  | { readonly kind: 'sealed'; readonly sinceMs: number; readonly reason: string }
  /** Only the copy that is filling it. */
  | { readonly kind: 'receiving'; readonly sinceMs: number; readonly fromId: string };

/** What a ledger is, wherever its data lies. */
export interface LedgerIdentity {
  /** Kept when the data moves: two ledgers with one id are two states of the same. */
  readonly id: string;
  /** The first part of every version that is written from now on; bumped when the data moves, as versionstamps of two clusters do not compare. */
  readonly incarnation: number;
  readonly state: LedgerState;
}

/** Creates it when the ledger is new. */
export async function loadIdentity(store: Store, keys: IdentityKeys): Promise<LedgerIdentity> {
  const created: LedgerIdentity = { id: randomUUID(), incarnation: 1, state: { kind: 'open' } };
  return store.transact(async (tn) => {
    const value = await tn.get(keys.identity);
    if (value !== undefined) return decodeIdentity(value);
    writeIdentity(tn, keys, created);
    return created;
  });
}

/** @throws PermanentError corrupt_record */
export async function readIdentity(tn: Transaction, keys: IdentityKeys): Promise<LedgerIdentity> {
  const value = await tn.get(keys.identity);
  if (value === undefined) throw new PermanentError('corrupt_record', 'the ledger has lost its identity');
  return decodeIdentity(value);
}

export function writeIdentity(tn: Transaction, keys: IdentityKeys, identity: LedgerIdentity): void {
  if (identity.incarnation > incarnationMax) {
    throw new PermanentError(
      'too_many_moves',
      `the ledger was moved ${incarnationMax} times; versions have no room for more`,
    );
  }
  tn.set(keys.identity, encodeJson(identity));
}

/**
 * Every writer calls it in its own transaction, unless that reads a lease: sealing a ledger takes all leases away.
 *
 * @throws TransientError ledger_sealed, ledger_receiving, ledger_moved: the ledger may be opened again, or be elsewhere
 */
export async function assertWritable(tn: Transaction, keys: IdentityKeys, incarnation: number): Promise<void> {
  const identity = await readIdentity(tn, keys);
  const { state } = identity;
  switch (state.kind) {
    case 'open':
      break;
    case 'sealed':
      throw new TransientError('ledger_sealed', `the ledger cannot be written to: ${state.reason}`);
    case 'receiving':
      throw new TransientError('ledger_receiving', 'the ledger cannot be written to: it is being copied to here');
    default:
      return state satisfies never;
  }
  if (identity.incarnation !== incarnation) {
    throw new TransientError('ledger_moved', 'the ledger was moved here after this process had opened it: restart it');
  }
}

function decodeIdentity(value: Buffer): LedgerIdentity {
  return decodeStored('identity', () => {
    const identity = JSON.parse(value.toString()) as LedgerIdentity;
    const isWhole =
      typeof identity.id === 'string' &&
      Number.isSafeInteger(identity.incarnation) &&
      typeof identity.state === 'object';
    if (!isWhole) throw new RangeError('it has no id, incarnation or state');
    return identity;
  });
}
