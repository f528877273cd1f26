import { NatsError, type JetStreamManager, type JsMsg, type NatsConnection, type StoredMsg } from 'nats';
import {
  decodeJob,
  decodeJobReport,
  encodeJob,
  encodeJobReport,
  headerNames,
  jobReportStream,
  jobsSubject,
  jobStream,
  jobTopicSubject,
  parseJobsSubject,
  ProtocolError,
  workerConsumer,
  type EventId,
  type Job,
  type JobReport,
  type TenantId,
} from '@swarmledger/protocol';
import { TransientError } from '@swarmledger/runtime';
import type { EventPublisher, PublishContext } from './contract.ts';
import { jetStreamCode, jetStreamCodes, translateError } from './errors.ts';
import type { JobEntry, JobQueue, JobQueueOptions, TakenJob } from './jobs-contract.ts';
import { ensureJobStreams } from './streams.ts';

interface Parts {
  readonly connection: NatsConnection;
  readonly manager: JetStreamManager;
  readonly publisher: EventPublisher;
}

/** A pull request of the nats package waits at least this long. */
const pullMsMin = 1_000;
/** Jobs of one listing: the newest. */
const listedMax = 10_000;

export class JetStreamJobs implements JobQueue {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  async ensure(options: JobQueueOptions = {}): Promise<void> {
    await ensureJobStreams(this.#parts.manager, options).catch((error: unknown) => {
      throw translateError(error, 'make the streams of jobs');
    });
  }

  async submit(tenant: TenantId, job: Job, context: PublishContext = {}): Promise<void> {
    const { id, project } = job;
    await this.report(tenant, { id, project, state: 'queued', attempt: 0, reason: '', atMs: job.submittedAtMs });
    const headers = new Map<string, string>([[headerNames.messageId, job.id]]);
    if (context.traceparent !== undefined) headers.set(headerNames.traceparent, context.traceparent);
    await this.#parts.publisher.publishRaw(jobsSubject(tenant), encodeJob(job), headers);
  }

  async take(options: { readonly waitMs: number; readonly signal: AbortSignal }): Promise<TakenJob | undefined> {
    const { connection } = this.#parts;
    const deadlineMs = performance.now() + options.waitMs;
    try {
      const consumer = await connection.jetstream().consumers.get(jobStream, workerConsumer);
      // In short pulls: what a pull was given after its process was told to stop would wait for ack_wait.
      while (!options.signal.aborted) {
        const message = await consumer.next({ expires: pullMsMin });
        if (message !== null) return toTakenJob(message);
        if (performance.now() >= deadlineMs) return undefined;
      }
      return undefined;
    } catch (error) {
      throw translateError(error, 'take a job');
    }
  }

  async report(tenant: TenantId, report: JobReport): Promise<void> {
    await this.#parts.publisher.publishRaw(jobTopicSubject(tenant, report.id, 'status'), encodeJobReport(report));
  }

  async writeLog(tenant: TenantId, id: EventId, text: string): Promise<void> {
    await this.#parts.publisher.publishRaw(jobTopicSubject(tenant, id, 'log'), Buffer.from(text));
  }

  async cancel(tenant: TenantId, id: EventId): Promise<void> {
    await this.#parts.publisher.publishRaw(jobTopicSubject(tenant, id, 'cancel'), new Uint8Array());
  }

  async isCancelled(tenant: TenantId, id: EventId): Promise<boolean> {
    return (await this.#next(1, jobTopicSubject(tenant, id, 'cancel'))) !== undefined;
  }

  onCancelled(tenant: TenantId, id: EventId, body: () => void): { close(): Promise<void> } {
    const subscription = this.#parts.connection.subscribe(jobTopicSubject(tenant, id, 'cancel'), {
      callback: (error) => {
        if (error === null) body();
      },
    });
    return { close: async () => subscription.unsubscribe() };
  }

  async *list(tenant: TenantId): AsyncIterable<JobReport> {
    // A job's reports may be far apart: the last of each is known when all were read.
    const last = new Map<EventId, JobReport>();
    for await (const { data } of this.#read(jobTopicSubject(tenant, '*', 'status'))) {
      const report = decodeJobReport(data);
      last.delete(report.id);
      last.set(report.id, report);
      const [oldest] = last.keys();
      if (last.size > listedMax && oldest !== undefined) last.delete(oldest);
    }
    yield* last.values();
  }

  async *readLog(tenant: TenantId, id: EventId): AsyncIterable<string> {
    for await (const { data } of this.#read(jobTopicSubject(tenant, id, 'log'))) yield Buffer.from(data).toString();
  }

  async *#read(subject: string): AsyncIterable<StoredMsg> {
    for (let sequence = 1; ;) {
      const message = await this.#next(sequence, subject);
      if (message === undefined) return;
      yield message;
      sequence = message.seq + 1;
    }
  }

  async #next(sequence: number, subject: string): Promise<StoredMsg | undefined> {
    try {
      // The typed query lacks next_by_subj; servers from 2.9 on know it.
      const query = { seq: sequence, next_by_subj: subject } as { seq: number };
      return await this.#parts.manager.streams.getMessage(jobReportStream, query);
    } catch (error) {
      const isEnd =
        error instanceof NatsError && (error.code === '404' || jetStreamCode(error) === jetStreamCodes.messageNotFound);
      if (isEnd) return undefined;
      throw translateError(error, 'read the reports of jobs');
    }
  }
}

function toTakenJob(message: JsMsg): TakenJob {
  const { subject, data, seq: sequence } = message;
  const headers = new Map<string, string>();
  for (const name of message.headers?.keys() ?? []) headers.set(name, message.headers?.get(name) ?? '');
  return {
    entry: readEntry(subject, data),
    subject,
    data,
    headers,
    sequence,
    attempt: message.info.redeliveryCount,
    traceparent: headers.get(headerNames.traceparent),
    working: () => message.working(),
    retryLater: (delayMs) => message.nak(delayMs),
    ack: async () => {
      if (!(await message.ackAck()))
        throw new TransientError('ack_lost', 'the acknowledgement of a job was not confirmed');
    },
  };
}

function readEntry(subject: string, data: Uint8Array): JobEntry {
  try {
    return { kind: 'job', tenant: parseJobsSubject(subject), job: decodeJob(data) };
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    return { kind: 'broken', why: error.message };
  }
}
