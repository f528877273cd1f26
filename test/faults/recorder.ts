import { connect, headers as createHeaders, type NatsConnection } from 'nats';
import { headerNames } from '@swarmledger/protocol';
import type { Cluster } from './cluster.ts';
import { createRandom } from './random.ts';

export interface CapturedMessage {
  readonly tenant: string;
  /** As its publisher named it, without the partition. */
  readonly subject: string;
  readonly data: Uint8Array;
  readonly headers: ReadonlyMap<string, string>;
}

/** Listens to what is published, and can publish it again. */
export interface Recorder {
  /** So many of them, chosen by a seed. */
  sample(count: number, seed: number): readonly CapturedMessage[];
  /** Once more each, in another order, without the id by which JetStream would know them. */
  publishAgain(count: number, seed: number): Promise<void>;
  close(): Promise<void>;
}

const messagesKept = 2_000;

/** Outlives every restart of the server. */
export async function openRecorder({ natsUrl, credentials }: Cluster): Promise<Recorder> {
  const connection = await connect({
    servers: natsUrl,
    user: credentials.user,
    pass: credentials.password.reveal(),
    maxReconnectAttempts: -1,
    reconnectTimeWait: 250,
  });
  const kept: CapturedMessage[] = [];
  void listen(connection, kept);
  const sample = (count: number, seed: number): readonly CapturedMessage[] =>
    createRandom(seed).shuffle(kept).slice(0, count);
  return {
    sample,
    publishAgain: async (count, seed) => {
      for (const { subject, data, headers: given } of sample(count, seed)) {
        const headers = createHeaders();
        for (const [name, value] of given) if (name !== headerNames.messageId) headers.set(name, value);
        connection.publish(subject, data, { headers });
      }
      // While the server is away they wait with the client.
      await Promise.race([connection.flush(), connection.closed()]).catch(() => undefined);
    },
    close: () => connection.close(),
  };
}

async function listen(connection: NatsConnection, kept: CapturedMessage[]): Promise<void> {
  for await (const message of connection.subscribe('swarm.>')) {
    const [swarm, tenant = '', project, events] = message.subject.split('.');
    const headers = new Map((message.headers?.keys() ?? []).map((name) => [name, message.headers?.get(name) ?? '']));
    // What has no id is no agent's: it was published by a harm.
    if (!headers.has(headerNames.messageId)) continue;
    kept.push({ tenant, subject: [swarm, tenant, project, events].join('.'), data: message.data, headers });
    if (kept.length > messagesKept) kept.shift();
  }
}
