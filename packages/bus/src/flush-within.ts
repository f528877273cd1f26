import { withDeadline } from '@swarmledger/runtime';
import type { NatsConnection } from 'nats';

/** Waits until the server has what was published, or `ms` are over: whoever closes must not wait for a server that does not answer. */
export async function flushWithin(connection: NatsConnection, ms: number): Promise<void> {
  await withDeadline(connection.flush(), ms, 'flushing to NATS').catch(() => undefined);
}
