import type { Finding, History, LedgerEvent } from '../checker.ts';
import { eventIdOf, factOf, placeName, sessionName, sessions, type Session } from '../facts.ts';

/** 1 once, 2 nobody told too early, 3 in order, 6 in its own project, 8 bad input beside it. */
export function checkLedger(history: History): readonly Finding[] {
  return [
    ...sessions.flatMap((session) => checkSession(history, session)),
    ...[...history.ledger].flatMap(([place, events]) => checkPlace(history, place, events)),
    ...checkClaims(history),
    ...checkHostileInput(history),
    ...history.ledgerProblems.map((problem): Finding => ({
      kind: 'lost',
      invariant: 1,
      evidence: `verify: ${problem}`,
    })),
  ];
}

function checkSession({ ledger, progress, run }: History, session: Session): readonly Finding[] {
  const name = sessionName(session);
  const { offered, acked, committed } = progress.get(name) ?? { offered: 0, acked: 0, committed: 0 };
  const events = (ledger.get(placeName(session)) ?? []).filter(({ agent }) => agent === session.agent);
  const findings: Finding[] = [];
  const seen = new Map<number, LedgerEvent>();
  let last = 0;
  for (const event of events) {
    const { number, version } = event;
    if (number === undefined) continue;
    const before = seen.get(number);
    if (before !== undefined) {
      const evidence = `${name} ${number} is there twice: ${before.version} and ${version}`;
      findings.push({ kind: 'doubled', invariant: 1, evidence });
    } else if (number < last) {
      const evidence = `${name} ${number} at ${version} stands behind ${last}`;
      findings.push({ kind: 'reordered', invariant: 3, evidence });
    }
    seen.set(number, event);
    last = Math.max(last, number);
    findings.push(...checkIdentity({ run, session, offered }, event, number));
  }
  for (let number = 1; number <= Math.max(acked, committed); number++) {
    if (seen.has(number)) continue;
    const isCommitted = number <= committed;
    const evidence = `${name} ${number} (${eventIdOf(run, session, number)}) was ${isCommitted ? 'told committed' : 'acked'} and is not in the ledger`;
    findings.push({ kind: 'lost', invariant: isCommitted ? 2 : 1, evidence });
  }
  return findings;
}

function checkIdentity(
  { run, session, offered }: { readonly run: string; readonly session: Session; readonly offered: number },
  { eventId, text, version }: LedgerEvent,
  number: number,
): readonly Finding[] {
  const name = sessionName(session);
  if (eventId !== eventIdOf(run, session, number) || number > offered) {
    const evidence = `${name} ${number} at ${version} has the id ${eventId}, which is none of this session's`;
    return [{ kind: 'crossed', invariant: 6, evidence }];
  }
  const fact = factOf(session, number);
  if (text === undefined || !('text' in fact) || fact.text === text) return [];
  const evidence = `${name} ${number} at ${version} says ${JSON.stringify(text)} and not ${JSON.stringify(fact.text)}`;
  return [{ kind: 'lost', invariant: 1, evidence }];
}

function checkPlace(history: History, place: string, events: readonly LedgerEvent[]): readonly Finding[] {
  const findings: Finding[] = [];
  const ids = new Set<string>();
  let last = '';
  for (const { eventId, version, tenant, project } of events) {
    if (placeName({ tenant, project }) !== place) {
      const evidence = `${place} holds ${eventId} of ${tenant}/${project}`;
      findings.push({ kind: 'crossed', invariant: 6, evidence });
    }
    if (ids.has(eventId)) findings.push({ kind: 'doubled', invariant: 1, evidence: `${place} holds ${eventId} twice` });
    if (version <= last) {
      findings.push({ kind: 'reordered', invariant: 3, evidence: `${place}: ${version} comes after ${last}` });
    }
    ids.add(eventId);
    last = version;
  }
  const again = history.readAgain.get(place) ?? [];
  const at = events.findIndex(({ eventId }, index) => again[index] !== eventId);
  if (at >= 0 || again.length !== events.length) {
    const evidence = `${place}: two reads up to ${last} differ, first at number ${at} (${events.length} and ${again.length} events)`;
    findings.push({ kind: 'reordered', invariant: 3, evidence });
  }
  return findings;
}

function checkClaims({ claims }: History): readonly Finding[] {
  return claims
    .filter(({ isInLedger }) => !isInLedger)
    .map(({ session, number, eventId }) => {
      const evidence = `${session} ${number} (${eventId}) was told committed and was not in the ledger at that moment`;
      return { kind: 'lost', invariant: 2, evidence };
    });
}

/** A publish whose answer was lost may have been taken. */
function checkHostileInput({ hostile: { tried, taken, deadLetters } }: History): readonly Finding[] {
  if (deadLetters >= taken && deadLetters <= tried) return [];
  const evidence = `${taken} to ${tried} hostile messages were taken, and there are ${deadLetters} dead letters`;
  return [{ kind: deadLetters < taken ? 'lost' : 'doubled', invariant: 8, evidence }];
}
