import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Member } from '@swarmledger/bus';
import { assignPartitions } from './assignment.ts';

const member = fc.record({
  isLeaving: fc.boolean(),
  holding: fc.uniqueArray(fc.integer({ min: 0, max: 15 })),
});

function name(members: readonly Omit<Member, 'id'>[]): readonly Member[] {
  return members.map((one, index) => ({ ...one, id: `m${index}` }));
}

test('every partition has one owner, shares differ by one at most, and whoever leaves gets none', () => {
  fc.assert(
    fc.property(
      fc.array(member, { minLength: 1, maxLength: 20 }),
      fc.integer({ min: 1, max: 16 }),
      (list, partitions) => {
        const members = name(list);
        const shares = members.map(({ id }) => assignPartitions(members, partitions, id));
        const staying = members.filter(({ isLeaving }) => !isLeaving).length;
        const all = shares.flat().sort((a, b) => a - b);
        assert.deepEqual(all, staying === 0 ? [] : Array.from({ length: partitions }, (_, index) => index));
        const counts = shares.filter((_, index) => members[index]?.isLeaving === false).map((share) => share.length);
        assert.ok(counts.length === 0 || Math.max(...counts) - Math.min(...counts) <= 1);
        members.forEach(({ isLeaving }, index) => assert.ok(!isLeaving || shares[index]?.length === 0));
      },
    ),
  );
});

test('once settled, nothing moves; one that comes takes its share only, one that goes leaves only its own', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 16 }), (count, partitions) => {
      const settle = (members: readonly Member[]): readonly Member[] =>
        members.map((one) => ({ ...one, holding: assignPartitions(members, partitions, one.id) }));
      const settled = settle(name(Array.from({ length: count }, () => ({ isLeaving: false, holding: [] }))));
      assert.deepEqual(settle(settled), settled);
      const joined = settle([...settled, { id: 'new', isLeaving: false, holding: [] }]);
      for (const { id, holding } of settled) {
        const after = joined.find((one) => one.id === id)?.holding ?? [];
        assert.ok(
          after.every((partition) => holding.includes(partition)),
          'nobody but the new one gains',
        );
      }
      const left = settle(settled.slice(1));
      for (const { id, holding } of settled.slice(1)) {
        const after = left.find((one) => one.id === id)?.holding ?? [];
        assert.ok(
          holding.every((partition) => after.includes(partition)),
          'nobody loses',
        );
      }
    }),
  );
});
