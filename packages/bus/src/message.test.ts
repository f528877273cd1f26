import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Msg, NatsConnection } from 'nats';
import { headerNames } from '@swarmledger/protocol';
import { AckWriter } from './ack-writer.ts';
import { DeliveredMessage } from './message.ts';

/** As the client library has it: headers and data side by side, inside of what the socket gave. */
function deliver(headers: string, reply = '$JS.ACK.SWARM_EVENTS_3.ingestor.2.123456789.42.1763747000000000000.7') {
  const block = headers === '' ? Buffer.alloc(0) : Buffer.from(`NATS/1.0\r\n${headers}\r\n\r\n`, 'latin1');
  const chunk = Buffer.concat([Buffer.from('before'), block, Buffer.from('data'), Buffer.from('after')]);
  const whole = chunk.subarray(6, 6 + block.length + 4);
  const message = { subject: 'swarm.acme.web.events.3', data: whole.subarray(block.length), _rdata: whole };
  const sent: string[] = [];
  const connection = {
    isClosed: () => false,
    protocol: { sendCommand: (text: string) => sent.push(text) },
  } as unknown as NatsConnection;
  const acks = new AckWriter(connection);
  return { message: new DeliveredMessage(acks, message as unknown as Msg, reply), acks, sent, reply };
}

test('headers are read as they came, however odd they are', () => {
  const cases: readonly { headers: string; kind: 'event' | 'batch'; traceparent?: string; messageId?: string }[] = [
    { headers: '', kind: 'event' },
    { headers: 'Nats-Msg-Id: first\r\nNats-Msg-Id: second', kind: 'event', messageId: 'first' },
    { headers: 'nats-msg-id: x\r\nswarm-content: batch\r\nTraceparent: 00-0', kind: 'event' },
    { headers: 'Swarm-Content:batch  ', kind: 'batch' },
    { headers: 'Swarm-Content: Batch\r\nSwarm-Content: batch', kind: 'event' },
    { headers: 'Note: Swarm-Content: batch, traceparent: 00-1', kind: 'event' },
    { headers: 'traceparent: 00-2\r\ntraceparent: 00-3\r\nSwarm-Content: batch', kind: 'batch', traceparent: '00-2' },
    { headers: 'Bytes: \xff\xfe\xc3\r\ntraceparent: 00-4\xff', kind: 'event', traceparent: '00-4\ufffd' },
    // A name that the client library would not write: it reads none of them then.
    { headers: 'Sp ace: x\r\ntraceparent: 00-5\r\nSwarm-Content: batch', kind: 'event' },
    { headers: 'no colon', kind: 'event' },
  ];
  for (const { headers, kind, traceparent, messageId } of cases) {
    const { message } = deliver(headers);
    assert.deepEqual(
      [
        message.kind,
        message.traceparent,
        message.headers.get(headerNames.messageId),
        Buffer.from(message.data).toString(),
      ],
      [kind, traceparent, messageId, 'data'],
      headers,
    );
  }
});

test('the place in the stream is read from the reply, with a domain before it and without', () => {
  const replies = [
    '$JS.ACK.SWARM_EVENTS_3.ingestor.2.123456789.42.1763747000000000000.7',
    '$JS.ACK.hub.ACCOUNT.SWARM_EVENTS_3.ingestor.2.123456789.42.1763747000000000000.7',
    '$JS.ACK.hub.ACCOUNT.SWARM_EVENTS_3.ingestor.2.123456789.42.1763747000000000000.7.token',
  ];
  for (const reply of replies) {
    const { message } = deliver('', reply);
    assert.deepEqual([message.redelivered, message.sequence, message.delivery], [true, 123456789, 42]);
  }
});

test('what is said of messages in one tick goes out as one text, each settled once', async () => {
  const { message, acks, sent, reply } = deliver('');
  message.working();
  message.ack();
  message.ack();
  message.retryLater(5);
  message.working();
  assert.deepEqual(sent, []);
  await Promise.resolve();
  assert.deepEqual(sent, [`PUB ${reply} 4\r\n+WPI\r\nPUB ${reply} 4\r\n+ACK\r\n`]);
  const other = deliver('');
  other.message.retryLater(1_500);
  other.acks.flush();
  assert.deepEqual(other.sent, [`PUB ${reply} 25\r\n-NAK {"delay":1500000000}\r\n`]);
  acks.flush();
  assert.equal(sent.length, 1);
});
