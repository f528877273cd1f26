import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { applyUnifiedDiff } from '@swarmledger/ledger';
import {
  createEventId,
  createJob,
  decodeEvent,
  decodeFeedRecord,
  decodeHistoryRecord,
  decodeHubTime,
  decodeJob,
  decodeJobReport,
  decodeMessage,
  decodePathRecord,
  decodeReceiptQuery,
  decodeReceipts,
  decodeStoredEvent,
  detachContent,
  encodeBatch,
  encodeEvent,
  encodeHistoryRecord,
  encodeJob,
  encodePathRecord,
  encodeReceiptQuery,
  encodeReceipts,
  eventFromJson,
  eventToJson,
  parseBranchName,
  parseEventId,
  parseEventsSubject,
  parseJobsSubject,
  parseLedgerSubject,
  parseProjectPath,
  parseTagName,
  parseTenantId,
  parseVersion,
  splitBatch,
  type Payload,
} from '@swarmledger/protocol';
import { readTraceparent } from '@swarmledger/runtime';
import { createEvent, toScope } from '../../ingest/events.ts';
import type { FuzzTarget } from './target.ts';

const scope = toScope({ tenant: 'acme', project: 'web' });
const text = (bytes: Buffer): string => bytes.toString('utf8');
const sha256 = createHash('sha256').update('content').digest();

const payloads: readonly Payload[] = [
  {
    kind: 'decision',
    title: 'Title',
    rationale: 'because 😀',
    confidenceScore: 0.5,
    alternatives: ['a', 'b'],
    model: 'm',
    inputTokens: 1,
    outputTokens: 2,
    costUsd: 0.1,
  },
  {
    kind: 'state_change',
    path: parseProjectPath('src/é/a.ts'),
    action: 'RENAME',
    previousPath: parseProjectPath('src/b.ts'),
    body: { kind: 'content', content: Buffer.from('content') },
    mode: 0o100755,
    baseSha256: sha256,
    contentBytes: 0,
  },
  { kind: 'system_signal', signal: 'crash', severity: 'ERROR', message: 'it broke', data: '{"a":[1,2]}' },
  { kind: 'content_chunk', sha256, offset: 0, totalBytes: 7, data: Buffer.from('content') },
  { kind: 'encrypted', bytes: Buffer.from('secret') },
];
const events = payloads.map((payload, index) => ({
  ...createEvent(scope, payload, index + 1),
  attributes: { key: 'value' },
  traceId: 'a'.repeat(32),
  spanId: 'b'.repeat(16),
}));
const encoded = events.map((event) => encodeEvent(event));
const batches = [true, false].map((compress) => encodeBatch(createEventId(), encoded, { compress }));
const job = createJob({ project: 'web', task: 'do it', deadlineMs: 60_000 });
const about = { eventId: events[0]?.eventId ?? '', parentEventId: '' };
const diff = '--- a/x\n+++ b/x\n@@ -1,3 +1,3 @@\n one\n-two\n+2\n three\n';
const base = Buffer.from('one\ntwo\nthree\n');

function fromTexts(...samples: readonly string[]): readonly Uint8Array[] {
  return samples.map((sample) => Buffer.from(sample));
}

function target(name: string, samples: readonly Uint8Array[], run: FuzzTarget['run']): FuzzTarget {
  return { name, samples, run };
}

/** Everything pure that reads what came over a wire or out of a store. */
export const protocolTargets: readonly FuzzTarget[] = [
  target('events', encoded, (input) => {
    const event = decodeEvent(input, scope);
    // What was taken is of the subject's tenant, and can be written down and read again.
    assert.deepEqual([event.tenant, event.project], [scope.tenant, scope.project]);
    eventToJson(event);
    detachContent(input);
    assert.deepEqual(decodeEvent(encodeEvent(event), scope), event);
  }),
  target('stored events', encoded, (input) => eventToJson(decodeStoredEvent(input))),
  target('batches', [...batches, ...encoded], (input) => {
    for (const { event } of decodeMessage(input, 'batch', scope)) assert.equal(event.tenant, scope.tenant);
  }),
  target('outbox bodies', batches, (input) => splitBatch(input)),
  target(
    'stored records',
    [
      encodeHistoryRecord({ event: encoded[0] ?? new Uint8Array(), commitTimeMs: 1 }),
      encodePathRecord({ exists: true, contentSha256: sha256, contentBytes: 7, mode: 0o100644, ...about }),
    ],
    (input) => {
      for (const decode of [decodeHistoryRecord, decodePathRecord, decodeFeedRecord])
        ignoreRefusal(() => decode(input));
    },
  ),
  target('subjects', fromTexts('swarm.acme.web.events', 'swarm.acme.web.events.3'), (input) => {
    const { tenant, project } = parseEventsSubject(text(input));
    assert.ok(text(input).startsWith(`swarm.${tenant}.${project}.events`));
  }),
  target('other subjects', fromTexts('ledger.acme.web.receipts', 'swarm.acme.jobs'), (input) => {
    if (text(input).startsWith('ledger')) parseLedgerSubject(text(input));
    else parseJobsSubject(text(input));
  }),
  target('paths', fromTexts('src/a.ts', 'a/b/c/d', 'C/x', 'é/😀'), (input) => {
    const path = parseProjectPath(text(input));
    const segments = path.split('/');
    assert.ok(segments.every((segment) => !['', '.', '..'].includes(segment) && segment.toLowerCase() !== '.git'));
  }),
  target('names', fromTexts('acme', 'feature/x', 'git:0a1b', events[0]?.eventId ?? ''), (input) => {
    const parsers = [parseTenantId, parseBranchName, parseTagName, parseEventId, parseVersion];
    for (const parse of parsers) ignoreRefusal(() => parse(text(input)));
  }),
  target('traceparent headers', fromTexts(`00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`), (input) =>
    readTraceparent(text(input)),
  ),
  target(
    'receipts',
    [
      encodeReceipts(
        events.map(({ eventId }) => ({ kind: 'unknown', eventId })),
        1,
      ),
    ],
    (input) => {
      ignoreRefusal(() => decodeHubTime(input));
      return decodeReceipts(input);
    },
  ),
  target('receipt queries', [encodeReceiptQuery(events.map(({ eventId }) => eventId))], (input) =>
    decodeReceiptQuery(input),
  ),
  target('jobs', [encodeJob(job)], (input) => {
    ignoreRefusal(() => decodeJobReport(input));
    return decodeJob(input);
  }),
  target('events as JSON', fromTexts(...events.map((event) => JSON.stringify(eventToJson(event)))), (input) => {
    const json = parseJson(text(input));
    if (json !== undefined) encodeEvent(eventFromJson(json, scope));
  }),
  target('diffs', [Buffer.from(diff), Buffer.from(diff.replace('@@ -1,3 +1,3 @@', '@@ -1 +1,9 @@'))], (input) => {
    for (const knowledge of ['same', 'unsaid'] as const) applyUnifiedDiff(base, text(input), knowledge);
  }),
];

function ignoreRefusal(body: () => unknown): void {
  try {
    body();
  } catch (error) {
    if (error instanceof Error && 'code' in error) return;
    throw error;
  }
}

function parseJson(json: string): unknown {
  try {
    return JSON.parse(json) as unknown;
  } catch {
    return undefined;
  }
}
