import { connect, type JetStreamManager, type NatsConnection } from 'nats';
import { ingestorConsumer, partitionStream } from '@swarmledger/protocol';
import { silentLogger, withDeadline, type Logger } from '@swarmledger/runtime';
import { openAccess, type Access } from './access.ts';
import { ConnectionWatch } from './connection-watch.ts';
import type {
  Bus,
  BusConnectionState,
  BusOptions,
  PartitionConsumer,
  PartitionLag,
  StreamOptions,
} from './contract.ts';
import { StreamDeadLetters } from './dead-letters.ts';
import { translateError } from './errors.ts';
import { JetStreamJobs } from './jobs.ts';
import { busLimits } from './limits.ts';
import { JetStreamOverflow } from './overflow.ts';
import { JetStreamPartitionConsumer } from './partition-consumer.ts';
import { JetStreamPublisher } from './publisher.ts';
import { ReconnectDelay } from './reconnect-delay.ts';
import { NatsReceiptBus } from './receipts.ts';
import { openRoster } from './roster.ts';
import type { Roster, RosterOptions } from './roster-contract.ts';
import { ensureStreams, restartConsumer } from './streams.ts';

/** @throws TransientError disconnected; PermanentError unauthorized */
export async function connectBus(options: BusOptions): Promise<Bus> {
  const { servers, name, credentials } = options;
  const list = typeof servers === 'string' ? servers.split(',') : [...servers];
  const what = `connect to NATS at ${list.map(withoutUserInfo).join(', ')}`;
  const log = options.log ?? silentLogger;
  const delay = new ReconnectDelay();
  const access = await openAccess(credentials, log);
  let connection: NatsConnection;
  try {
    connection = await connect({
      servers: list,
      name,
      timeout: busLimits.connectTimeoutMs,
      maxReconnectAttempts: -1,
      // Credentials that are refused for a while (a server that is set up anew) must not end a connection for good.
      ignoreAuthErrorAbort: true,
      reconnectDelayHandler: () => delay.next(),
      pingInterval: busLimits.pingIntervalMs,
      ...access.options,
    });
  } catch (error) {
    access.close();
    throw translateError(error, what);
  }
  try {
    access.keepFresh(connection);
    const watch = new ConnectionWatch(connection, log);
    watch.listen({ onAttempt: () => delay.attempted(), onRestored: () => delay.restored() });
    const manager = await connection.jetstreamManager({ checkAPI: false });
    return new NatsBus({ connection, manager, watch, access, log });
  } catch (error) {
    access.close();
    await connection.close();
    throw translateError(error, what);
  }
}

interface BusParts {
  readonly connection: NatsConnection;
  readonly manager: JetStreamManager;
  readonly watch: ConnectionWatch;
  readonly access: Access;
  readonly log: Logger;
}

class NatsBus implements Bus {
  readonly publisher: JetStreamPublisher;
  readonly deadLetters: StreamDeadLetters;
  readonly overflow: JetStreamOverflow;
  readonly receipts: NatsReceiptBus;
  readonly jobs: JetStreamJobs;
  readonly #parts: BusParts;
  #closing: Promise<void> | undefined;

  constructor(parts: BusParts) {
    const { connection, manager, watch, access, log } = parts;
    this.#parts = parts;
    this.publisher = new JetStreamPublisher(connection, watch, access.options.inboxPrefix);
    this.deadLetters = new StreamDeadLetters(manager, this.publisher);
    this.overflow = new JetStreamOverflow(manager, this.publisher);
    this.receipts = new NatsReceiptBus(connection, log);
    this.jobs = new JetStreamJobs({ connection, manager, publisher: this.publisher });
  }

  get isConnected(): boolean {
    return this.#parts.watch.isConnected;
  }

  onConnection(listener: (state: BusConnectionState) => void): () => void {
    return this.#parts.watch.listen({
      onLost: () => listener(this.#parts.connection.isClosed() ? 'closed' : 'lost'),
      onRestored: () => listener('connected'),
      onRefused: () => listener('refused'),
    });
  }

  async ensureStreams(options: StreamOptions): Promise<void> {
    const { connection, manager } = this.#parts;
    try {
      await ensureStreams(manager, connection.jetstream(), options);
    } catch (error) {
      throw translateError(error, 'make the streams');
    }
  }

  async openPartition(partition: number): Promise<PartitionConsumer> {
    const { connection, manager, log } = this.#parts;
    const restart = async (): Promise<void> => {
      await restartConsumer(manager, partition).catch((error: unknown) => {
        throw translateError(error, `open partition ${partition}`);
      });
    };
    await restart();
    return new JetStreamPartitionConsumer(connection, partition, { restart, log });
  }

  async openRoster(options: RosterOptions): Promise<Roster> {
    return openRoster(this.#parts.connection, this.#parts.watch, options);
  }

  async lag(partition: number): Promise<PartitionLag> {
    const stream = partitionStream(partition);
    try {
      const info = await this.#parts.manager.consumers.info(stream, ingestorConsumer);
      return { pending: info.num_pending, unacknowledged: info.num_ack_pending };
    } catch (error) {
      throw translateError(error, `look at ${stream}`);
    }
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(): Promise<void> {
    const { connection, watch, access } = this.#parts;
    access.close();
    // Without a server there is nothing to drain to.
    if (watch.isConnected) {
      await withDeadline(this.#drain(), busLimits.closeMs, 'draining the NATS connection').catch(() => undefined);
    }
    // A drain that fails also says that it is done, and leaves a connection that tries to reconnect for ever.
    await connection.close();
    await this.publisher.close();
  }

  /** Everything in flight first: a drained connection would not hear the answers. */
  async #drain(): Promise<void> {
    await this.publisher.close();
    await this.#parts.connection.drain();
  }
}

function withoutUserInfo(server: string): string {
  return server.replace(/\/\/[^@/]*@/, '//');
}
