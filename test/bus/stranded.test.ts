import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connectBus } from '@swarmledger/bus';
import { openTcpProxy } from '../edge/tcp-proxy.ts';
import { eventually } from '../support/cli.ts';
import { natsCredentials, withNats } from '../support/nats.ts';

/** More than the sockets' buffers hold, so that not all of it is ever written. */
const messages = 40;
const messageBytes = 900_000;
/** Two pings of 10 s without an answer, and time on a slow machine. */
const noticedMs = 90_000;

test('a connection that goes silent while much is being sent is given up for a new one', async () => {
  await withNats(async (nats) => {
    const proxy = await openTcpProxy(nats.server.port);
    const servers = `nats://127.0.0.1:${proxy.port}`;
    const bus = await connectBus({ servers, name: 'stranded', credentials: natsCredentials });
    try {
      await bus.ensureStreams({ partitions: 4 });
      const changes: string[] = [];
      bus.onConnection((state) => changes.push(state));
      proxy.strand();
      const publishes = Array.from({ length: messages }, () =>
        bus.publisher.publishRaw('swarm.acme.web.events', Buffer.alloc(messageBytes), new Map()),
      );
      assert.deepEqual(
        new Set((await Promise.allSettled(publishes)).map(({ status }) => status)),
        new Set(['rejected']),
      );
      await eventually(() => (changes.includes('connected') ? true : undefined), noticedMs);
      assert.deepEqual(changes, ['lost', 'connected']);
      await bus.publisher.publishRaw('swarm.acme.web.events', Buffer.alloc(100), new Map());
    } finally {
      await bus.close();
      await proxy.close();
    }
  });
});
