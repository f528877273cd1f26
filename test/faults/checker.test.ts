import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkHistory, countFindings, type Finding, type History, type LedgerEvent } from './checker.ts';
import { placeName, sessions, type Session } from './facts.ts';
import { createEvent, createHistory, eventsPerSession, withLedger } from './histories.ts';

const [web, foreign] = sessions as readonly [Session, Session];
const place = placeName(web);
const right = createHistory();
const events = right.ledger.get(place) ?? assert.fail();

function change(edit: (events: LedgerEvent[]) => void): History {
  const copy = [...events];
  edit(copy);
  return withLedger(right, place, copy);
}

/** Found, each with evidence; in the words of the last line. */
function find(history: History): readonly Finding[] {
  const findings = checkHistory(history);
  for (const { evidence } of findings) assert.ok(evidence.length > 10, evidence);
  return findings;
}

function kindsOf(history: History): readonly string[] {
  return find(history).map(({ kind, invariant }) => `${kind} ${invariant}`);
}

test('a history in which nothing went wrong has no findings', () => {
  assert.deepEqual(checkHistory(right), []);
  assert.deepEqual(countFindings([]), { lost: 0, doubled: 0, reordered: 0, crossed: 0 });
});

test('an event that was acked and is not in the ledger is lost, wherever it stood', () => {
  for (const index of [0, 12, eventsPerSession - 1]) {
    const kinds = kindsOf(change((copy) => copy.splice(index, 1)));
    assert.deepEqual(kinds, [index < 10 ? 'lost 2' : 'lost 1']);
  }
});

test('an event that was offered and never acked may be missing, and may be there', () => {
  const extra = createEvent(web, eventsPerSession + 1, 0xfff);
  assert.deepEqual(find(change((copy) => copy.push(extra))), []);
});

test('an event that is in the ledger twice is doubled, under its own id and under another', () => {
  const again = createEvent(web, 5, 0xfff);
  assert.ok(kindsOf(change((copy) => copy.push(again))).includes('doubled 1'));
  const otherId = { ...again, eventId: '00000000-0000-7000-8000-000000000000' };
  const kinds = kindsOf(change((copy) => copy.push(otherId)));
  assert.deepEqual(kinds, ['doubled 1', 'crossed 6']);
});

test('two events of a session in the wrong order are reordered', () => {
  const swapped = change((copy) => {
    const [a, b] = [copy[3], copy[4]];
    assert.ok(a && b);
    copy[3] = { ...b, version: a.version };
    copy[4] = { ...a, version: b.version };
  });
  assert.deepEqual(kindsOf(swapped), ['reordered 3']);
});

test('versions that do not grow, and two reads that differ, are reordered', () => {
  const [first] = events;
  assert.ok(first);
  const flat = change((copy) => copy.splice(1, 1, { ...createEvent(web, 2, 0), version: first.version }));
  assert.deepEqual(kindsOf(flat), ['reordered 3']);
  const readAgain = new Map(right.readAgain).set(place, []);
  assert.deepEqual(kindsOf({ ...right, readAgain }), ['reordered 3']);
});

test('an event of another tenant, and one that nobody offered, are crossed', () => {
  assert.deepEqual(kindsOf(change((copy) => copy.push(createEvent(foreign, 3, 0xfff)))).slice(0, 1), ['doubled 1']);
  assert.ok(kindsOf(change((copy) => copy.push(createEvent(foreign, 3, 0xfff)))).includes('crossed 6'));
  assert.ok(kindsOf(change((copy) => copy.push(createEvent(web, 99, 0xfff)))).includes('crossed 6'));
});

test('an event that says something else than what was recorded is lost', () => {
  const altered = change((copy) => {
    const at = copy.findIndex(({ text }) => text !== undefined);
    const event = copy[at];
    assert.ok(event);
    copy[at] = { ...event, text: 'something else' };
  });
  assert.deepEqual(kindsOf(altered), ['lost 1']);
});

test('a row that ClickHouse lacks, has twice, at another version or alone is found', () => {
  const [row, ...rest] = right.analytics;
  assert.ok(row);
  assert.deepEqual(kindsOf({ ...right, analytics: rest }), ['lost 4']);
  assert.deepEqual(kindsOf({ ...right, analytics: [row, row, ...rest] }), ['doubled 4']);
  assert.deepEqual(kindsOf({ ...right, analytics: [{ ...row, version: 'f' }, ...rest] }), ['reordered 4']);
  const alone = { ...row, eventId: 'nobody', place: 'globex/web' };
  assert.deepEqual(kindsOf({ ...right, analytics: [alone, ...right.analytics] }), ['crossed 4']);
});

test('a tenant that reads rows of another is found', () => {
  assert.deepEqual(kindsOf({ ...right, seenBy: new Map([['acme', ['acme', 'globex']]]) }), ['crossed 6']);
});

test('a restore with a missing, an altered or an additional file is found', () => {
  const [tree] = right.restored;
  assert.ok(tree);
  for (const files of ['', `${tree.files}\nsrc/more.txt 00`, tree.files.replace(/.$/, 'x')]) {
    assert.deepEqual(kindsOf({ ...right, restored: [{ ...tree, files }] }), ['lost 5']);
  }
});

test('a receipt that was not true when it was given is found', () => {
  const [claim] = right.claims;
  assert.ok(claim);
  assert.deepEqual(kindsOf({ ...right, claims: [{ ...claim, isInLedger: false }] }), ['lost 2']);
});

test('hostile messages that have no dead letter, and dead letters that nobody caused, are found', () => {
  assert.deepEqual(kindsOf({ ...right, hostile: { tried: 5, taken: 5, deadLetters: 4 } }), ['lost 8']);
  assert.deepEqual(kindsOf({ ...right, hostile: { tried: 5, taken: 5, deadLetters: 6 } }), ['doubled 8']);
});

test('too much memory, a slow end, an end that nobody asked for and what does not come to rest are found', () => {
  const { processes } = right;
  const broken: readonly Partial<History['processes']>[] = [
    { memory: new Map([['ingestor-1', 2e9]]) },
    { stopMs: new Map([['syncer', 11_000]]) },
    { surprises: ['nats ended by itself'] },
    { unsettled: '3 events wait in the outbox' },
  ];
  const kinds = broken.map((part) => kindsOf({ ...right, processes: { ...processes, ...part } }));
  assert.deepEqual(kinds, [['lost 7'], ['lost 9'], ['lost 9'], ['lost 9']]);
  assert.deepEqual(kindsOf({ ...right, ledgerProblems: ['acme/web: a head is wrong'] }), ['lost 1']);
});
