import { connect, Events, NatsError, type JetStreamManager, type NatsConnection } from 'nats';
import { ingestorConsumer, partitionStream } from '@swarmledger/protocol';
import { silentLogger, withDeadline, type Logger } from '@swarmledger/runtime';
import type { Bus, BusOptions, PartitionConsumer, PartitionLag, StreamOptions } from './contract.ts';
import { StreamDeadLetters } from './dead-letters.ts';
import { translateError } from './errors.ts';
import { busLimits } from './limits.ts';
import { JetStreamPartitionConsumer } from './partition-consumer.ts';
import { JetStreamPublisher } from './publisher.ts';
import { NatsReceiptBus } from './receipts.ts';
import { ensureStreams, restartConsumer } from './streams.ts';

/** @throws TransientError disconnected; PermanentError unauthorized */
export async function connectBus(options: BusOptions): Promise<Bus> {
  const { servers, name, credentials } = options;
  const list = typeof servers === 'string' ? servers.split(',') : [...servers];
  const what = `connect to NATS at ${list.map(withoutUserInfo).join(', ')}`;
  let connection: NatsConnection;
  try {
    connection = await connect({
      servers: list,
      name,
      maxReconnectAttempts: -1,
      reconnectTimeWait: busLimits.reconnectWaitMs,
      pingInterval: busLimits.pingIntervalMs,
      ...(credentials === undefined ? {} : { user: credentials.user, pass: credentials.password.reveal() }),
    });
  } catch (error) {
    throw translateError(error, what);
  }
  try {
    const manager = await connection.jetstreamManager({ checkAPI: false });
    return new NatsBus(connection, manager, options.log ?? silentLogger);
  } catch (error) {
    await connection.close();
    throw translateError(error, what);
  }
}

class NatsBus implements Bus {
  readonly publisher: JetStreamPublisher;
  readonly deadLetters: StreamDeadLetters;
  readonly receipts: NatsReceiptBus;
  readonly #connection: NatsConnection;
  readonly #manager: JetStreamManager;
  readonly #log: Logger;
  readonly #denied = new Map<string, NatsError>();
  #isConnected = true;
  #closing: Promise<void> | undefined;

  constructor(connection: NatsConnection, manager: JetStreamManager, log: Logger) {
    this.#connection = connection;
    this.#manager = manager;
    this.#log = log;
    this.publisher = new JetStreamPublisher(connection.jetstream(), { take: (subject) => this.#takeDenied(subject) });
    this.deadLetters = new StreamDeadLetters(manager, this.publisher);
    this.receipts = new NatsReceiptBus(connection, log);
    this.#watchStatus().catch(() => undefined);
  }

  get isConnected(): boolean {
    return this.#isConnected && !this.#connection.isClosed();
  }

  async ensureStreams(options: StreamOptions): Promise<void> {
    try {
      await ensureStreams(this.#manager, this.#connection.jetstream(), options);
    } catch (error) {
      throw translateError(error, 'make the streams');
    }
  }

  async openPartition(partition: number): Promise<PartitionConsumer> {
    const restart = async (): Promise<void> => {
      await restartConsumer(this.#manager, partition).catch((error: unknown) => {
        throw translateError(error, `open partition ${partition}`);
      });
    };
    await restart();
    return new JetStreamPartitionConsumer(this.#connection, partition, { restart, log: this.#log });
  }

  async lag(partition: number): Promise<PartitionLag> {
    const stream = partitionStream(partition);
    try {
      const info = await this.#manager.consumers.info(stream, ingestorConsumer);
      return { pending: info.num_pending, unacknowledged: info.num_ack_pending };
    } catch (error) {
      throw translateError(error, `look at ${stream}`);
    }
  }

  close(): Promise<void> {
    this.#closing ??= this.#drain();
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #drain(): Promise<void> {
    if (this.#connection.isClosed()) return;
    try {
      await withDeadline(this.#connection.drain(), busLimits.closeMs, 'draining the NATS connection');
    } catch {
      // Without a server there is nothing to drain to.
    }
    // A drain that fails also says that it is done, and leaves a connection that tries to reconnect for ever.
    await this.#connection.close();
  }

  #takeDenied(subject: string): Error | undefined {
    const error = this.#denied.get(subject);
    this.#denied.delete(subject);
    return error;
  }

  async #watchStatus(): Promise<void> {
    for await (const status of this.#connection.status()) {
      if (status.type === Events.Disconnect) {
        this.#isConnected = false;
        this.#log.warn('connection to NATS lost');
      } else if (status.type === Events.Reconnect) {
        this.#isConnected = true;
        this.#log.info('connection to NATS restored');
      } else if (status.type === Events.Error && status.permissionContext?.operation === 'publish') {
        this.#denied.set(status.permissionContext.subject, new NatsError('permission denied', 'PERMISSIONS_VIOLATION'));
      }
    }
  }
}

function withoutUserInfo(server: string): string {
  return server.replace(/\/\/[^@/]*@/, '//');
}
