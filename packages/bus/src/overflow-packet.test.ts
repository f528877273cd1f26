import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { WaitingMessage } from './contract.ts';
import { cutPackets, decodePacket, encodePacket } from './overflow-packet.ts';

const messages = fc.array(
  fc.record({
    subject: fc.string(),
    sequence: fc.nat(),
    data: fc.uint8Array({ maxLength: 300 }),
    headers: fc.array(fc.tuple(fc.string(), fc.string())).map((entries) => new Map(entries)),
  }),
);

const plain = (list: readonly WaitingMessage[]): unknown =>
  list.map(({ subject, sequence, data, headers }) => [subject, sequence, [...data], [...headers]]);

test('a packet gives back what it was made of', () => {
  fc.assert(
    fc.property(messages, (list) => {
      assert.deepEqual(plain(decodePacket(encodePacket(list))), plain(list));
    }),
  );
});

test('packets hold all messages in their order, and none is above the target unless it is one message', () => {
  fc.assert(
    fc.property(messages, (list) => {
      const packets = [...cutPackets(list, 500)];
      assert.deepEqual(packets.flat(), list);
      for (const packet of packets) {
        const bytes = packet.reduce((sum, { data }) => sum + data.length, 0);
        assert.ok(packet.length === 1 || (packet.length > 1 && bytes <= 500));
      }
    }),
  );
});

test('what is no packet is refused: somebody’s acknowledgement, nothing, a packet that was cut', () => {
  const packet = encodePacket([{ subject: 's', sequence: 1, data: Buffer.from('data'), headers: new Map() }]);
  for (const bytes of [Buffer.from('{"stream":"S","seq":1}'), Buffer.alloc(0), packet.subarray(0, -1)])
    assert.throws(() => decodePacket(bytes), RangeError);
});
