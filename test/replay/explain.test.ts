import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { StoredEvent } from '@swarmledger/ledger';
import { createEventId, fileModes, mainBranch, parseTagName, type ProjectPath } from '@swarmledger/protocol';
import {
  readLog,
  readTags,
  renderEvent,
  renderLogEntry,
  renderTag,
  renderTree,
  renderWhy,
  resolveMoment,
  showEvent,
  storedEventToJson,
  listTree,
  plainStyle,
  terminalStyle,
  whyPath,
  type LogFilter,
} from '@swarmledger/replayer';
import { decide, openProject, put, remove, rename, signal, type TestProject } from './project.ts';

const start = Date.UTC(2026, 0, 1);
const hostile = '\x1b]0;owned\x07\x1b[2J\u202e';
// eslint-disable-next-line no-control-regex -- what must not reach a terminal
const forbidden = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/;

async function collect<T>(items: AsyncIterable<T>): Promise<readonly T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

async function log(project: TestProject, filter: LogFilter = {}): Promise<readonly string[]> {
  const events = await collect(readLog(await project.history(), mainBranch, filter));
  return events.map(nameOf);
}

function nameOf({ event }: StoredEvent): string {
  const { payload } = event;
  if (payload.kind === 'decision') return payload.title;
  if (payload.kind === 'system_signal') return payload.message;
  return payload.kind === 'state_change' ? `${payload.action} ${payload.path}` : payload.kind;
}

async function head(project: TestProject) {
  return resolveMoment(await project.history(), mainBranch, { kind: 'head' });
}

test('the log is newest first and passes each filter', async (context) => {
  const project = await openProject(context);
  await project.append(decide('plan', { agentId: 'planner', agentRole: 'PLANNER' }), ...put('src/a.ts', '1'));
  project.clock.nowMs = start + 1_000;
  await project.append(signal('ran tests', { agentId: 'tester', agentRole: 'TESTER' }), ...put('docs/b.md', '2'));
  project.clock.nowMs = start + 2_000;
  const [last] = await project.append(rename('src/a.ts', 'lib/a.ts'));
  const all = ['RENAME lib/a.ts', 'UPDATE docs/b.md', 'ran tests', 'UPDATE src/a.ts', 'plan'];
  assert.deepEqual(await log(project), all);
  assert.deepEqual(await log(project, { agents: ['planner', 'tester'] }), ['ran tests', 'plan']);
  assert.deepEqual(await log(project, { roles: ['TESTER'] }), ['ran tests']);
  assert.deepEqual(await log(project, { types: ['decision', 'system_signal'] }), ['ran tests', 'plan']);
  assert.deepEqual(await log(project, { paths: ['src'] }), ['RENAME lib/a.ts', 'UPDATE src/a.ts']);
  assert.deepEqual(await log(project, { sinceMs: start + 1_000 }), all.slice(0, 3));
  assert.deepEqual(await log(project, { untilMs: start + 1_999 }), all.slice(1));
  assert.deepEqual(await log(project, { sinceMs: start + 1_000, untilMs: start + 1_000 }), all.slice(1, 3));
  assert.deepEqual(await log(project, { untilMs: start - 1 }), []);
  assert.deepEqual(await log(project, { limit: 2 }), all.slice(0, 2));
  assert.deepEqual(await log(project, { limit: 0 }), []);
  assert.ok(last !== undefined);
  assert.deepEqual(await log(project, { before: last.version, limit: 1 }), ['UPDATE docs/b.md']);
});

test('pages of a log join without a gap or a repetition', async (context) => {
  const project = await openProject(context);
  await project.append(...Array.from({ length: 25 }, (_, index) => signal(`s${index}`)));
  const history = await project.history();
  const seen: string[] = [];
  let before: StoredEvent | undefined;
  for (;;) {
    const page = await collect(readLog(history, mainBranch, { limit: 10, ...(before && { before: before.version }) }));
    if (page.length === 0) break;
    seen.push(...page.map(nameOf));
    before = page.at(-1);
  }
  assert.deepEqual(
    seen,
    Array.from({ length: 25 }, (_, index) => `s${24 - index}`),
  );
});

test('an event is shown with its cause and the beginning of its content', async (context) => {
  const project = await openProject(context);
  const decision = decide('use a cache', { rationale: 'the disk is slow' });
  const [change] = put('cache.ts', 'export const cache = 1;\n', { parentEventId: decision.eventId });
  assert.ok(change !== undefined);
  await project.append(decision, change);
  const history = await project.history();
  const shown = await showEvent(history, change.eventId);
  assert.equal(shown.parent?.event.eventId, decision.eventId);
  assert.deepEqual(shown.preview, { kind: 'text', text: 'export const cache = 1;\n', truncated: false });
  const text = renderEvent(shown, plainStyle);
  assert.match(text, /decided use a cache \(75 % sure\)/);
  assert.match(text, /update cache\.ts \(24 B\)[^]*export const cache = 1;/);
  assert.match(renderEvent(await showEvent(history, decision.eventId), plainStyle), /the disk is slow/);
  await assert.rejects(showEvent(history, createEventId()), { code: 'unknown_event' });
});

test('a preview is short, and binary content is not shown', async (context) => {
  const project = await openProject(context);
  const events = [
    ...put('long', 'é'.repeat(20_001)),
    ...put('binary', Buffer.from([1, 0, 2])),
    ...put('latin', Buffer.from('caf\xe9', 'latin1')),
  ];
  await project.append(...events);
  const history = await project.history();
  const previews = await Promise.all(events.map(async (event) => (await showEvent(history, event.eventId)).preview));
  assert.ok(previews[0]?.kind === 'text' && previews[0].truncated && /^é+$/.test(previews[0].text));
  assert.deepEqual(previews[1], { kind: 'binary', bytes: 3 });
  assert.deepEqual(previews[2], { kind: 'text', text: 'café', truncated: false });
});

test('why tells each change of a path with the decision behind it, through renames', async (context) => {
  const project = await openProject(context);
  const [plan, fix] = [decide('plan'), decide('fix')];
  const command = signal('edit', { parentEventId: fix.eventId });
  await project.append(plan, ...put('old.ts', '1', { parentEventId: plan.eventId }));
  await project.append(...put('other.ts', 'x'), rename('old.ts', 'new.ts'), fix, command);
  await project.append(...put('new.ts', '2', { parentEventId: command.eventId }), remove('new.ts'));
  const history = await project.history();
  const reasons = await collect(whyPath(history, await head(project), 'new.ts' as ProjectPath));
  assert.deepEqual(
    reasons.map(({ stored, decision }) => `${nameOf(stored)} <- ${decision === undefined ? '-' : nameOf(decision)}`),
    ['DELETE new.ts <- -', 'UPDATE new.ts <- fix', 'RENAME new.ts <- -', 'UPDATE old.ts <- plan'],
  );
  const text = reasons.map((reason) => renderWhy(reason, plainStyle)).join('\n');
  assert.match(text, /because fix \(75 % sure\)/);
  assert.match(text, /no decision recorded/);
  // The old name's own story ends where it was renamed.
  const old = await collect(whyPath(history, await head(project), 'old.ts' as ProjectPath));
  assert.deepEqual(
    old.map(({ stored }) => nameOf(stored)),
    ['RENAME new.ts', 'UPDATE old.ts'],
  );
  await assert.rejects(collect(whyPath(history, await head(project), 'never' as ProjectPath)), {
    code: 'unknown_path',
  });
});

test('a circle of renames comes to an end', async (context) => {
  const project = await openProject(context);
  await project.append(...put('a', '1'));
  for (let round = 0; round < 10; round++) await project.append(rename('a', 'b'), rename('b', 'a'));
  const reasons = await collect(whyPath(await project.history(), await head(project), 'a' as ProjectPath));
  assert.equal(reasons.length, 21);
});

test('tags are listed by moment, the latest first', async (context) => {
  const project = await openProject(context);
  const versions = (await project.append(signal('1'), signal('2'), signal('3'))).map((event) => event.version);
  const history = await project.history();
  for (const [index, name] of ['b', 'a', 'git:c'].entries()) {
    await history.setTag(parseTagName(name), { branch: mainBranch, version: versions[index]! });
  }
  assert.deepEqual(
    (await readTags(history)).map((tag) => tag.name),
    ['git:c', 'a', 'b'],
  );
  const [tag] = await readTags(history, { prefix: 'git:' });
  assert.equal(tag && renderTag(tag, plainStyle), `${versions[2]}  main  git:c`);
});

test('hostile text of events, agents, paths and contents never reaches a terminal', async (context) => {
  const project = await openProject(context);
  const evil = { agentId: `agent${hostile}`, userId: hostile, attributes: { [hostile]: hostile } };
  const decision = decide(hostile, { ...evil, rationale: `${hostile}\n${hostile}` });
  const events = [
    decision,
    signal(hostile, evil),
    ...put(`evil${hostile}\n\tpath`, `content${hostile}`, { ...evil, parentEventId: decision.eventId }),
  ];
  await project.append(...events);
  const history = await project.history();
  const texts: string[] = [];
  for await (const stored of readLog(history, mainBranch)) {
    texts.push(
      renderLogEntry(stored, plainStyle),
      renderEvent(await showEvent(history, stored.event.eventId), plainStyle),
    );
  }
  const entries = await collect(listTree(history, await head(project)));
  texts.push(renderTree(entries, plainStyle));
  const [entry] = entries;
  assert.ok(entry !== undefined);
  for await (const reason of whyPath(history, await head(project), entry.path))
    texts.push(renderWhy(reason, plainStyle));
  for (const text of texts) assert.doesNotMatch(text, forbidden);
  assert.ok(texts.some((text) => text.includes('\\x1b]0;owned\\x07')));
});

test('colours are only added, and data is complete', async (context) => {
  const project = await openProject(context);
  await project.append(...put('run', 'x', { mode: fileModes.executable }), remove('run'));
  const stored = (await collect(readLog(await project.history(), mainBranch)))[0]!;
  const coloured = renderLogEntry(stored, terminalStyle);
  // eslint-disable-next-line no-control-regex -- the colours
  assert.equal(coloured.replace(/\x1b\[\d+m/g, ''), renderLogEntry(stored, plainStyle));
  assert.notEqual(coloured, renderLogEntry(stored, plainStyle));
  const json = storedEventToJson(stored);
  assert.deepEqual([json['version'], json['commit_time']], [stored.version, '2026-01-01T00:00:00.000Z']);
  assert.deepEqual(JSON.parse(JSON.stringify(json)), json);
});
