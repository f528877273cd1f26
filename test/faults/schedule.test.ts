import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createSchedule, describeHarm, profiles, type HarmKind } from './schedule.ts';

test('a seed always gives the same harms at the same moments, and another seed gives others', () => {
  assert.deepEqual(createSchedule(17, 'full'), createSchedule(17, 'full'));
  assert.notDeepEqual(createSchedule(17, 'full'), createSchedule(18, 'full'));
  assert.notDeepEqual(createSchedule(17, 'full'), createSchedule(17, 'short'));
});

test('twenty seeds do every kind of harm, in order of time and within their time', () => {
  const kinds = new Set<HarmKind>();
  for (let seed = 0; seed < 20; seed++) {
    const schedule = createSchedule(seed, 'full');
    assert.equal(schedule.length, profiles.full.harms);
    const moments = schedule.map(({ atMs }) => atMs);
    assert.deepEqual(
      moments,
      [...moments].sort((a, b) => a - b),
    );
    assert.ok(moments.every((atMs) => atMs < profiles.full.overMs));
    for (const planned of schedule) {
      kinds.add(planned.harm.kind);
      assert.match(describeHarm(planned), /^\d+\.\d s: [a-z_]+/);
    }
  }
  assert.equal(kinds.size, 15);
});
