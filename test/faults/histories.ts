import type { AnalyticsEvent, History, LedgerEvent } from './checker.ts';
import {
  applyFact,
  describeFiles,
  eventIdOf,
  factOf,
  placeName,
  sessionName,
  sessions,
  type Session,
} from './facts.ts';
import type { Progress } from './journal.ts';

export const run = 'test';
/** Events of each session in a history that is right. */
export const eventsPerSession = 20;

/** What a run leaves behind in which nothing went wrong: the sessions of a shared project in turn. */
export function createHistory(): History {
  const ledger = new Map<string, LedgerEvent[]>();
  let version = 0;
  for (let number = 1; number <= eventsPerSession; number++) {
    for (const session of sessions) {
      const place = placeName(session);
      version += 1;
      ledger.set(place, [...(ledger.get(place) ?? []), createEvent(session, number, version)]);
    }
  }
  const progress = new Map<string, Progress>();
  for (const session of sessions) {
    progress.set(sessionName(session), { offered: eventsPerSession + 3, acked: eventsPerSession, committed: 10 });
  }
  const [first] = sessions;
  const claims = first === undefined ? [] : [toClaim(first, 10)];
  const readAgain = new Map([...ledger].map(([place, events]) => [place, events.map(({ eventId }) => eventId)]));
  return {
    run,
    progress,
    ledger,
    readAgain,
    analytics: toAnalytics(ledger),
    seenBy: new Map([
      ['acme', ['acme']],
      ['globex', ['globex']],
    ]),
    restored: [restoreAll(ledger)],
    claims,
    hostile: { tried: 5, taken: 4, deadLetters: 5 },
    ledgerProblems: [],
    processes: { memory: new Map([['ingestor-0', 1_000_000]]), stopMs: new Map(), surprises: [], unsettled: undefined },
  };
}

export function createEvent(session: Session, number: number, version: number): LedgerEvent {
  const fact = factOf(session, number);
  return {
    eventId: eventIdOf(run, session, number),
    version: version.toString(16).padStart(28, '0'),
    ...session,
    number,
    text: 'text' in fact ? fact.text : undefined,
  };
}

/** The same history with another ledger; the copies that follow from it follow. */
export function withLedger(history: History, place: string, events: readonly LedgerEvent[]): History {
  const ledger = new Map([...history.ledger, [place, events] as const]);
  return {
    ...history,
    ledger,
    readAgain: new Map([...ledger].map(([name, all]) => [name, all.map(({ eventId }) => eventId)])),
    analytics: toAnalytics(ledger),
    restored: [],
  };
}

function toAnalytics(ledger: ReadonlyMap<string, readonly LedgerEvent[]>): readonly AnalyticsEvent[] {
  return [...ledger].flatMap(([place, events]) =>
    events.map(({ eventId, version }): AnalyticsEvent => ({ place, eventId, version })),
  );
}

function toClaim(session: Session, number: number): History['claims'][number] {
  return { session: sessionName(session), number, eventId: eventIdOf(run, session, number), isInLedger: true };
}

function restoreAll(ledger: ReadonlyMap<string, readonly LedgerEvent[]>): History['restored'][number] {
  const [session] = sessions;
  if (session === undefined) throw new RangeError('no sessions');
  const place = placeName(session);
  let files: ReadonlyMap<string, string> = new Map();
  for (let number = 1; number <= eventsPerSession; number++) files = applyFact(files, factOf(session, number));
  return { place, version: ledger.get(place)?.at(-1)?.version ?? '', files: describeFiles(files) };
}
