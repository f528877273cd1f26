import { PermanentError } from '@swarmledger/runtime';
import { randomUUID } from 'node:crypto';
import { readIdentity, writeIdentity, type LedgerIdentity } from '../identity.ts';
import { withPlace, type LedgerAddress, type LedgerPlace } from './open-place.ts';

/**
 * Stops all writers: their leases are gone with the commit, and no new one is given out. Idempotent.
 *
 * @throws PermanentError ledger_receiving: it is not whole itself
 */
export async function sealLedger(
  { store, directories }: LedgerPlace,
  reason: string,
  nowMs: number,
): Promise<LedgerIdentity> {
  return store.transact(async (tn) => {
    const identity = await readIdentity(tn, directories.identity);
    if (identity.state.kind === 'sealed') return identity;
    if (identity.state.kind === 'receiving') {
      throw new PermanentError(
        'ledger_receiving',
        'the ledger is the unfinished copy of another one: finish that first',
      );
    }
    const sealed: LedgerIdentity = { ...identity, state: { kind: 'sealed', sinceMs: nowMs, reason } };
    writeIdentity(tn, directories.identity, sealed);
    const leases = directories.leases.all();
    tn.clearRange(leases.begin, leases.end);
    return sealed;
  });
}

/**
 * Makes a sealed ledger the one that is written to again. It becomes a ledger of its own: what was copied from it goes another
 * way from here on, and neither can be copied over the other any more.
 *
 * @throws PermanentError ledger_not_sealed
 */
export function unsealLedger(address: LedgerAddress): Promise<LedgerIdentity> {
  const id = randomUUID();
  return withPlace(address, ({ store, directories }) =>
    store.transact(async (tn) => {
      const identity = await readIdentity(tn, directories.identity);
      // The answer to our own first commit may have been lost.
      if (identity.id === id) return identity;
      if (identity.state.kind !== 'sealed') {
        throw new PermanentError(
          'ledger_not_sealed',
          `the ledger is ${identity.state.kind}: there is nothing to unseal`,
        );
      }
      const open: LedgerIdentity = { id, incarnation: identity.incarnation, state: { kind: 'open' } };
      writeIdentity(tn, directories.identity, open);
      return open;
    }),
  );
}

/**
 * Makes a ledger that was restored from a backup the one that is written to: it goes on under the next incarnation, so that its new
 * versions are above all that it holds whatever the cluster's own clock says, as a ledger of its own, and the leases that were
 * backed up with it are gone. To be called once, before anything writes to it.
 *
 * @throws PermanentError ledger_sealed, ledger_receiving: the backup is of a ledger that was being moved; too_many_moves
 */
export function promoteLedger(address: LedgerAddress): Promise<LedgerIdentity> {
  const id = randomUUID();
  return withPlace(address, ({ store, directories }) =>
    store.transact(async (tn) => {
      const identity = await readIdentity(tn, directories.identity);
      // The answer to our own first commit may have been lost.
      if (identity.id === id) return identity;
      const { kind } = identity.state;
      if (kind !== 'open') {
        const next = kind === 'sealed' ? 'unseal it first' : 'finish the copy first';
        throw new PermanentError(`ledger_${kind}`, `the ledger is ${kind}: ${next}`);
      }
      const promoted: LedgerIdentity = { id, incarnation: identity.incarnation + 1, state: identity.state };
      writeIdentity(tn, directories.identity, promoted);
      const leases = directories.leases.all();
      tn.clearRange(leases.begin, leases.end);
      return promoted;
    }),
  );
}
