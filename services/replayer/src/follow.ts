import type { ProjectHistory, StoredEvent } from '@swarmledger/ledger';
import { parseVersion, type BranchName, type Version } from '@swarmledger/protocol';
import { createEventFilter, type EventFilter } from './event-filter.ts';

/** Before everything: what a branch without events is followed from. */
const beginning = parseVersion('0'.repeat(28));

/**
 * The events of a branch that pass a filter, as they are committed, oldest first, until the signal fires. Nothing is missed
 * between two looks, and none comes twice: the ledger is read on from the last version seen, and only then waited for.
 *
 * @param after exclusive; the branch's latest version when the iteration starts by default
 * @throws PermanentError unknown_branch, invalid_glob; TransientError when the ledger cannot be reached
 */
export async function* followLog(
  history: ProjectHistory,
  branch: BranchName,
  filter: EventFilter & { readonly after?: Version },
  options: { readonly signal: AbortSignal },
): AsyncIterable<StoredEvent> {
  const isWanted = createEventFilter(filter);
  const latest = (await history.latest(branch, options)) ?? beginning;
  // Waiting for a head that is not the version of some other time or place would never wait.
  let last = filter.after === undefined || filter.after > latest ? latest : filter.after;
  while (!options.signal.aborted) {
    for await (const stored of history.events({ branch, after: last }, options)) {
      last = stored.version;
      if (isWanted(stored.event)) yield stored;
    }
    // A head that is another version than the last one seen is news at once.
    await history.watchHead(branch, { signal: options.signal, after: last });
  }
}
