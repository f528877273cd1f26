import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ProtocolError } from '@swarmledger/protocol';
import { PermanentError, TransientError } from '@swarmledger/runtime';
import { priorities } from '../contract.ts';
import { Bandwidth } from './bandwidth.ts';
import { BatchTuner } from './batch-tuner.ts';
import { classifyFailure, classifyRejection } from './failures.ts';
import { defaultSyncPolicy, resolveSyncPolicy } from './policy.ts';
import { ProjectState } from './project-state.ts';

const policy = { bytesPerSecond: 1_000, burstBytes: 1_000, criticalShare: 0.2, dailyBytesMax: 10_000 };
const wallMs = Date.UTC(2026, 0, 31, 23, 59, 50);

test('a bucket lets a burst through, then the rate, and keeps a share for what is critical', () => {
  const bandwidth = new Bandwidth(policy, 0);
  const check = (bytes: number, nowMs: number, priority: 5 | 10 = priorities.normal): unknown =>
    bandwidth.check(bytes, priority, { nowMs, wallMs });
  assert.deepEqual(check(800, 0), { kind: 'go' });
  bandwidth.spend(800);
  assert.deepEqual(check(100, 0), { kind: 'wait', ms: 100, why: 'rate_used_up' });
  assert.deepEqual(check(100, 0, priorities.critical), { kind: 'go' });
  assert.deepEqual(check(100, 100), { kind: 'go' });
});

test('a message larger than the bucket goes when the bucket is full, and is paid off afterwards', () => {
  const bandwidth = new Bandwidth(policy, 0);
  assert.deepEqual(bandwidth.check(3_000, priorities.normal, { nowMs: 0, wallMs }), { kind: 'go' });
  bandwidth.spend(3_000);
  assert.deepEqual(bandwidth.check(1, priorities.normal, { nowMs: 0, wallMs }), {
    kind: 'wait',
    ms: 2_201,
    why: 'rate_used_up',
  });
  assert.deepEqual(bandwidth.check(1, priorities.normal, { nowMs: 2_201, wallMs }), { kind: 'go' });
});

test('a day’s quota ends with the day, and what is critical has its share of it', () => {
  const bandwidth = new Bandwidth({ ...policy, bytesPerSecond: Infinity }, 0);
  bandwidth.startDay('2026-01-31', 7_950);
  const at = { nowMs: 0, wallMs };
  assert.deepEqual(bandwidth.check(100, priorities.normal, at), { kind: 'wait', ms: 10_000, why: 'quota_used_up' });
  assert.deepEqual(bandwidth.check(100, priorities.critical, at), { kind: 'go' });
  bandwidth.startDay('2026-02-01', 0);
  assert.deepEqual(bandwidth.check(100, priorities.normal, at), { kind: 'go' });
});

test('messages grow while they are full and fast, and shrink when they are slow', () => {
  const tuner = new BatchTuner({
    batchEventsInitial: 50,
    batchEventsMax: 300,
    latencyTargetMs: 100,
    lingerMsMax: 1_000,
  });
  assert.equal(tuner.lingerMs, 0);
  for (const expected of [100, 200, 300, 300]) {
    tuner.committed({ isFull: true, latencyMs: 40 });
    assert.equal(tuner.events, expected);
  }
  tuner.committed({ isFull: false, latencyMs: 40 });
  tuner.committed({ isFull: true, latencyMs: 150 });
  assert.equal(tuner.events, 300);
  for (const expected of [150, 75, 50, 50]) {
    tuner.committed({ isFull: true, latencyMs: 500 });
    assert.equal(tuner.events, expected);
  }
  assert.ok(tuner.latencyMs > 100 && tuner.lingerMs > 25 && tuner.lingerMs < 125);
});

test('a refusal halves messages down to one entry, and commits let them grow again', () => {
  const tuner = new BatchTuner(defaultSyncPolicy);
  tuner.refused(50);
  assert.deepEqual([tuner.events, tuner.isNarrowed], [25, true]);
  tuner.refused(3);
  assert.equal(tuner.events, 1);
  for (let round = 0; round < 6; round++) tuner.committed({ isFull: true, latencyMs: 1 });
  assert.deepEqual([tuner.events, tuner.isNarrowed], [64, false]);
});

test('failures are told apart by whose they are', () => {
  const kinds = [
    classifyFailure(new TransientError('disconnected', '')),
    classifyFailure(new PermanentError('unauthorized', '')),
    classifyFailure(new TransientError('stream_full', '')),
    classifyFailure(new TransientError('disk_full', '')),
    classifyFailure(new Error('a bug')),
    classifyFailure(new PermanentError('permission_denied', '')),
    classifyFailure(new PermanentError('message_too_large', '')),
    classifyFailure(new ProtocolError('invalid_path', '')),
    classifyFailure(new PermanentError('outbox_corrupt', '')),
    classifyRejection('over_quota'),
    classifyRejection('invalid_tag'),
  ];
  assert.deepEqual(kinds, [
    'link',
    'link',
    'project',
    'project',
    'project',
    'refused',
    'poison',
    'poison',
    'outbox',
    'refused',
    'poison',
  ]);
});

test('waits after failures double up to their bound, and end with a success', () => {
  const state = new ProjectState('acme/web', defaultSyncPolicy);
  let last = 0;
  for (let attempt = 0; attempt < 12; attempt++) {
    state.fail({ code: 'stream_full', message: '' }, { initialMs: 100, maxMs: 1_000, attemptsMax: Infinity }, 0);
    last = state.hold?.untilMs ?? 0;
    assert.ok(last >= 50 && last <= 1_000);
  }
  assert.ok(last >= 500);
  for (let round = 0; round < 20; round++) state.unknown();
  assert.deepEqual([state.republishAfterMs, state.isSuspect], [900_000, true]);
  state.succeed();
  assert.deepEqual([state.hold, state.republishAfterMs, state.isSuspect], [undefined, 60_000, false]);
});

test('a policy that makes no sense is refused', () => {
  const wrong = [{ batchEventsMax: 5_001 }, { batchBytesMax: 2_000_000 }, { criticalShare: 2 }, { bytesPerSecond: 0 }];
  for (const policy of [
    ...wrong,
    { batchEventsInitial: 3_000 },
    { retry: defaultSyncPolicy.retry, latencyTargetMs: NaN },
  ]) {
    assert.throws(() => resolveSyncPolicy(policy), { code: 'invalid_config' });
  }
  assert.deepEqual(resolveSyncPolicy(), defaultSyncPolicy);
});
