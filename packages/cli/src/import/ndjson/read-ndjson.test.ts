import { strict as assert } from 'node:assert';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  createEventId,
  decodeEvent,
  eventToJson,
  limits,
  parseBranchName,
  parseProjectId,
  parseTenantId,
} from '@swarmledger/protocol';
import type { EventGroup } from '../event-group.ts';
import { readNdjson, type BadLine, type NdjsonOptions } from './read-ndjson.ts';
import { splitLines } from './split-lines.ts';

const target = {
  tenant: parseTenantId('acme'),
  project: parseProjectId('demo'),
  branch: parseBranchName('trunk'),
};

async function* pieces(...input: (Uint8Array | string)[]): AsyncGenerator<Uint8Array | string> {
  yield* input;
}

async function read(
  input: string | Uint8Array,
  options: Partial<NdjsonOptions> = {},
): Promise<{ groups: EventGroup[]; problem: string }> {
  const groups: EventGroup[] = [];
  try {
    for await (const group of readNdjson({ ...target, input: pieces(input), ...options })) {
      for (const [index, raw] of group.encoded.entries()) {
        assert.equal(decodeEvent(raw, target).eventId, group.events[index]?.eventId);
      }
      groups.push(group);
    }
  } catch (error) {
    assert.ok(error instanceof Error);
    return { groups, problem: error.message };
  }
  return { groups, problem: '' };
}

function line(fields: object = {}): string {
  return `${JSON.stringify({ agent_id: 'a', system_signal: { kind: 'x' }, ...fields })}\n`;
}

test('lines become groups of at most 500 events, blank lines passed over, in order', async () => {
  const ids = Array.from({ length: 1_201 }, () => createEventId());
  const input = `\ufeff${ids.map((event_id) => line({ event_id })).join('\n \r\n')}`;
  const { groups, problem } = await read(input);
  assert.equal(problem, '');
  assert.deepEqual(
    groups.map(({ events, last }) => [events.length, last]),
    [
      [500, false],
      [500, false],
      [201, true],
    ],
  );
  assert.deepEqual(
    groups.flatMap(({ events }) => events.map(({ eventId }) => eventId)),
    ids,
  );
  assert.deepEqual(
    groups.map(({ label }) => label),
    ['line 1', 'line 1501', 'line 3001'],
  );
});

test('what eventToJson writes is read back', async () => {
  const [group] = (await read(line({ attributes: { a: 'b' }, branch: 'other' }))).groups;
  const event = group!.events[0]!;
  assert.equal(event.branch, 'other');
  assert.deepEqual((await read(JSON.stringify(eventToJson(event)))).groups[0]?.encoded, group?.encoded);
});

test('an event without a branch goes to the one asked for', async () => {
  assert.equal((await read(line())).groups[0]?.events[0]?.branch, 'trunk');
});

test('a bad line stops with its number, after the good ones before it', async () => {
  const bad: [string | Buffer, RegExp][] = [
    ['{', /not a JSON object/],
    ['[]', /an event is a JSON object/],
    ['7', /an event is a JSON object/],
    [Buffer.from([0xff, 0xfe]), /not UTF-8/],
    ['{"agent_id":"a"}', /exactly one of/],
    [line({ event_id: 'x' }).trim(), /event id "x" is not a UUIDv7/],
    [line({ tenant_id: 'other' }).trim(), /names tenant other/],
    [line({ project_id: 'other' }).trim(), /names project other/],
    [line({ surprise: 1 }).trim(), /unknown field "surprise"/],
    [line({ timestamp: 'yesterday' }).trim(), /timestamp/],
    [
      line({
        system_signal: undefined,
        state_change: { target_resource: '../x', action: 'CREATE', content: '' },
      }).trim(),
      /path "\.\.\/x"/,
    ],
    [line({ system_signal: { kind: 'x', message: 'm'.repeat(600_000) } }).trim(), /has \d+ bytes beside its content/],
  ];
  for (const [text, problem] of bad) {
    const input = Buffer.concat([Buffer.from(`${line()}\n`), Buffer.from(text), Buffer.from(`\n${line()}`)]);
    const stopped = await read(input);
    assert.match(stopped.problem, problem);
    assert.match(stopped.problem, /^line 3: /);
    assert.equal(stopped.groups.flatMap(({ events }) => events).length, 1);
    const reported: BadLine[] = [];
    const skipped = await read(input, { onBadLine: (one) => reported.push(one) });
    assert.deepEqual(
      reported.map((one) => one.line),
      [3],
    );
    assert.equal(skipped.groups.flatMap(({ events }) => events).length, 2);
  }
});

test('an overlong line is a bad line, and is not kept in memory', async () => {
  const input = pieces(line(), ...Array.from({ length: 20 }, () => Buffer.alloc(1_048_576, 'x')), `\n${line()}`);
  const reported: BadLine[] = [];
  const { groups } = await read('', { input, onBadLine: (one) => reported.push(one) });
  assert.deepEqual(reported, [{ line: 2, problem: 'longer than 16777216 bytes' }]);
  assert.equal(groups[0]?.events.length, 2);
});

test('content above the inline limit travels in chunks before its change', async () => {
  const content = Buffer.alloc(limits.inlineContentBytesMax + 1, 'x');
  for (const body of [{ content: content.toString('utf8') }, { content_base64: content.toString('base64') }]) {
    const change = { target_resource: 'a', action: 'CREATE', ...body };
    const { groups, problem } = await read(line({ system_signal: undefined, state_change: change }));
    assert.equal(problem, '');
    const payloads = groups.flatMap(({ events }) => events.map(({ payload }) => payload));
    assert.deepEqual(
      payloads.map(({ kind }) => kind),
      ['content_chunk', 'content_chunk', 'state_change'],
    );
    const [chunk, , last] = payloads;
    const sha256 = createHash('sha256').update(content).digest('hex');
    assert.ok(chunk?.kind === 'content_chunk' && last?.kind === 'state_change' && last.body.kind === 'content_sha256');
    assert.equal(Buffer.from(last.body.sha256).toString('hex'), sha256);
    assert.equal(Buffer.from(chunk.sha256).toString('hex'), sha256);
  }
});

test('large events fill a message, not a number of events', async () => {
  const change = { target_resource: 'a', action: 'UPDATE', content: 'x'.repeat(300_000) };
  const { groups } = await read(line({ system_signal: undefined, state_change: change }).repeat(7));
  assert.deepEqual(
    groups.map(({ events }) => events.length),
    [2, 2, 2, 1],
  );
});

test('nothing gives nothing, and reading stops when told to', async () => {
  assert.deepEqual(await read(''), { groups: [], problem: '' });
  assert.deepEqual(await read('\n\n'), { groups: [], problem: '' });
  const stopped = await read(line(), { signal: AbortSignal.abort(new Error('enough')) });
  assert.equal(stopped.problem, 'enough');
});

test('lines are the same however the stream is cut', async () => {
  const bytes = fc
    .array(fc.constantFrom(0x0a, 0x0d, 0x61, 0xc3, 0xa9), { maxLength: 40 })
    .map((all) => Buffer.from(all));
  await fc.assert(
    fc.asyncProperty(bytes, fc.array(fc.nat({ max: 5 }), { maxLength: 20 }), async (all, cuts) => {
      const cut: Buffer[] = [];
      let at = 0;
      for (const length of cuts) cut.push(all.subarray(at, (at += length)));
      cut.push(all.subarray(at));
      const found: [number, string | undefined][] = [];
      for await (const { number, bytes: one } of splitLines(pieces(...cut), 8))
        found.push([number, one?.toString('latin1')]);
      const expected = all
        .toString('latin1')
        .split('\n')
        .map((one, index) => [index + 1, one.length > 8 ? undefined : one]);
      if (expected.at(-1)?.[1] === '') expected.pop();
      assert.deepEqual(found, expected);
    }),
  );
});
