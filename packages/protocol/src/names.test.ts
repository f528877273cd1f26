import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ProtocolError } from './errors.ts';
import { parseBranchName, parseProjectId, parseTagName, parseTenantId } from './ids.ts';
import { eventFromJson, eventToJson } from './json.ts';
import { parseProjectPath } from './paths.ts';
import { eventsSubject, parseEventsSubject, parseLedgerSubject } from './subjects.ts';
import { createEventId, deriveEventId, eventIdFromBytes, eventIdToBytes, parseEventId } from './uuid.ts';
import { formatVersion, parseVersion, splitVersion } from './versions.ts';

const scope = { tenant: parseTenantId('acme'), project: parseProjectId('web') };

test('tenants and projects are single subject tokens', () => {
  for (const good of ['a', '0', 'acme-inc_2', 'x'.repeat(63)]) assert.equal(parseTenantId(good), good);
  for (const bad of [
    '',
    'A',
    'a.b',
    '*',
    '>',
    'a b',
    '-a',
    '_a',
    'a/b',
    'a\0',
    'ü',
    'x'.repeat(64),
    'x'.repeat(10_000),
  ]) {
    assert.throws(() => parseTenantId(bad), ProtocolError, bad);
    assert.throws(() => parseProjectId(bad), ProtocolError, bad);
  }
});

test('a branch has a default and cannot look like a path that climbs', () => {
  assert.equal(parseBranchName(''), 'main');
  assert.equal(parseBranchName('feature/a.b-1'), 'feature/a.b-1');
  for (const bad of ['..', 'a//b', 'a/', '/a', 'a..b', 'a b', 'x'.repeat(101)])
    assert.throws(() => parseBranchName(bad), ProtocolError, bad);
  for (const bad of ['', 'a\nb', '\u001b[31m', 'x'.repeat(201)])
    assert.throws(() => parseTagName(bad), ProtocolError, bad);
});

test('paths stay inside the project, on every file system', () => {
  for (const good of ['a', 'src/a b.ts', 'ä/ö', '.github/x', 'a\nb', '-rf', 'a\\b', '.gitignore'])
    assert.equal(parseProjectPath(good), good);
  const bad = [
    '',
    '/a',
    '../a',
    'a/../b',
    'a/..',
    './a',
    'a//b',
    'a/',
    'C:/x',
    'c:x',
    '\\\\host\\x',
    'a\0b',
    '.git/hooks/x',
    'a/.GIT',
    '..\\a',
  ];
  for (const path of [...bad, 'a'.repeat(256), Array(600).fill('ab').join('/'), '\ud800']) {
    assert.throws(() => parseProjectPath(path), ProtocolError, JSON.stringify(path));
  }
});

test('whatever path is accepted, joining it to a folder stays in that folder', () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom('.', '..', '/', '\\', 'a', ':', '\0', '.git', ' '), { maxLength: 8 }),
      (parts) => {
        const path = parts.join('');
        try {
          parseProjectPath(path);
        } catch {
          return;
        }
        const normalized = new URL(`file:///root/${path.split('/').map(encodeURIComponent).join('/')}`).pathname;
        assert.ok(normalized.startsWith('/root/'), path);
      },
    ),
  );
});

test('subjects carry tenant, project and partition', () => {
  const subject = eventsSubject(scope.tenant, scope.project);
  assert.equal(subject, 'swarm.acme.web.events');
  assert.deepEqual(parseEventsSubject(subject), { ...scope, partition: undefined });
  assert.equal(parseEventsSubject(`${subject}.7`).partition, 7);
  for (const bad of [
    'swarm.acme.web',
    'swarm.acme.web.events.x',
    'swarm.a.b.c.events',
    'swarm.A.web.events',
    'dlq.a.b.events',
  ]) {
    assert.throws(() => parseEventsSubject(bad), ProtocolError, bad);
  }
  assert.deepEqual(parseLedgerSubject('ledger.acme.web.receipts'), scope);
  assert.throws(() => parseLedgerSubject('ledger.acme.web.secrets'), ProtocolError);
});

test('new event ids are unique and in order, also within a millisecond', () => {
  const ids = Array.from({ length: 20_000 }, () => createEventId(1_800_000_000_000));
  assert.equal(new Set(ids).size, ids.length);
  assert.deepEqual([...ids].sort(), ids);
  for (const id of ids.slice(0, 100)) assert.equal(eventIdFromBytes(eventIdToBytes(parseEventId(id))), id);
});

test('derived event ids depend on time and seed alone', () => {
  assert.equal(deriveEventId(1_700_000_000_000, 'a'), deriveEventId(1_700_000_000_000, 'a'));
  assert.notEqual(deriveEventId(1_700_000_000_000, 'a'), deriveEventId(1_700_000_000_000, 'b'));
  fc.assert(fc.property(fc.nat(), fc.string(), (time, seed) => parseEventId(deriveEventId(time, seed)) !== undefined));
});

test('versions sort as text the way they sort in the ledger', () => {
  const stamp = (n: number): Buffer => Buffer.from(n.toString(16).padStart(20, '0'), 'hex');
  fc.assert(
    fc.property(fc.nat(9), fc.nat(), fc.nat(65_535), fc.nat(9), fc.nat(), fc.nat(65_535), (i1, s1, o1, i2, s2, o2) => {
      const a = formatVersion({ incarnation: i1, stamp: stamp(s1), order: o1 });
      const b = formatVersion({ incarnation: i2, stamp: stamp(s2), order: o2 });
      const expected = Math.sign(i1 - i2 || s1 - s2 || o1 - o2);
      assert.equal(a < b ? -1 : a > b ? 1 : 0, expected);
      assert.deepEqual(splitVersion(parseVersion(a)).order, o1);
    }),
  );
  assert.throws(() => parseVersion('12'), ProtocolError);
});

test('an event from JSON is the event to JSON', () => {
  const event = eventFromJson(
    {
      timestamp: '2026-11-21T05:32:18.123456Z',
      agent_id: 'a1',
      agent_role: 'planner',
      attributes: { run: '7' },
      decision: { title: 't', rationale: 'because', confidence_score: 0.5, alternatives: ['x'], input_tokens: 12 },
    },
    scope,
  );
  assert.equal(event.timestampUs, 1_795_239_138_123_456);
  assert.deepEqual(eventFromJson(eventToJson(event), scope), event);
});

test('JSON that is not an event is refused by field', () => {
  const cases: readonly (readonly [unknown, RegExp])[] = [
    [null, /JSON object/],
    [{ agent_id: 'a' }, /exactly one of/],
    [{ agent_id: 'a', decision: {}, system_signal: {} }, /exactly one of/],
    [{ agent_id: 'a', decision: {}, colour: 'red' }, /unknown field "colour"/],
    [{ agent_id: 7, decision: {} }, /agent_id/],
    [{ agent_id: 'a', agent_role: 'boss', decision: {} }, /agent_role is not one of/],
    [{ agent_id: 'a', timestamp: 'soon', decision: {} }, /timestamp/],
    [{ agent_id: 'a', state_change: { target_resource: '../x', action: 'delete' } }, /path/],
    [
      { agent_id: 'a', state_change: { target_resource: 'x', action: 'create', content: 'a', unified_diff: 'b' } },
      /one of/,
    ],
  ];
  for (const [json, pattern] of cases) assert.throws(() => eventFromJson(json, scope), pattern);
});
