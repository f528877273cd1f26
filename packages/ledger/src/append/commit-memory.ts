import type { EventId, Version } from '@swarmledger/protocol';
import type { PreparedProject } from './prepare.ts';
import type { MessageOutcome } from './project-writer.ts';

/**
 * What one append remembers across the attempts of its transaction. When the answer to a commit is lost
 * (commit_unknown_result), the next attempt finds its own events in the ledger: they are news to the caller, not duplicates.
 */
export class CommitMemory {
  #knownBefore: ReadonlySet<string> | undefined;
  #lastOutcomes: ReadonlyMap<number, MessageOutcome> = new Map();

  /** Every attempt says what it found, before it writes. */
  noteKnown(
    projects: readonly { readonly prepared: PreparedProject; readonly known: ReadonlyMap<EventId, Version> }[],
  ): void {
    this.#knownBefore ??= new Set(
      projects.flatMap(({ prepared, known }) => [...known.keys()].map((id) => memoryKey(prepared, id))),
    );
  }

  /**
   * Every attempt says what it is about to commit. Returns the same, with the events of an earlier attempt of this append as
   * what they are.
   */
  resolve(
    projects: readonly PreparedProject[],
    outcomes: ReadonlyMap<number, MessageOutcome>,
  ): ReadonlyMap<number, MessageOutcome> {
    const resolved = new Map<number, MessageOutcome>();
    for (const prepared of projects) {
      const reported = new Set<EventId>();
      for (const { index } of prepared.messages) {
        const outcome = outcomes.get(index);
        if (outcome === undefined) continue;
        resolved.set(index, this.#resolveMessage(prepared, index, outcome, reported));
      }
    }
    this.#lastOutcomes = resolved;
    return resolved;
  }

  #resolveMessage(
    prepared: PreparedProject,
    index: number,
    outcome: MessageOutcome,
    reported: Set<EventId>,
  ): MessageOutcome {
    if (outcome.kind === 'rejected') return outcome;
    let own = 0;
    const events = outcome.events.map((event) => {
      const isFirst = !reported.has(event.eventId);
      reported.add(event.eventId);
      const wasKnown = this.#knownBefore?.has(memoryKey(prepared, event.eventId)) ?? false;
      if (event.at.kind !== 'before' || wasKnown || !isFirst) return event;
      own += 1;
      return { ...event, duplicate: false };
    });
    const last = this.#lastOutcomes.get(index);
    const conflicts = own > 0 && last?.kind === 'committed' ? last.conflicts : outcome.conflicts;
    return { kind: 'committed', events, conflicts };
  }
}

// Neither id can hold a dot.
function memoryKey({ tenant, project }: PreparedProject, id: EventId): string {
  return `${tenant}.${project}.${id}`;
}
