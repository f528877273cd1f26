import type { Msg, NatsConnection, Subscription } from 'nats';
import {
  allReceiptsSubject,
  commitsSubject,
  decodeHubTime,
  decodeReceiptQuery,
  decodeReceipts,
  encodeReceiptQuery,
  encodeReceipts,
  limits,
  parseLedgerSubject,
  receiptsSubject,
  type EventId,
  type ProjectId,
  type Receipt,
  type TenantId,
} from '@swarmledger/protocol';
import { errorCode, errorMessage, type Logger } from '@swarmledger/runtime';
import type { ClockReading, QueryOptions, ReceiptBus, ReceiptHandler, ReceiptSubscription } from './contract.ts';
import { translateError } from './errors.ts';

/** Shares queries among all ingestors. */
const queueGroup = 'ingestor';
/** Receipts of one announcement: far below the message limit. */
const announcedMax = 5_000;

/** Where every client's replies come, whatever its own prefix below it. */
const inboxRoot = '_INBOX.';

export class NatsReceiptBus implements ReceiptBus {
  readonly #connection: NatsConnection;
  readonly #log: Logger;

  constructor(connection: NatsConnection, log: Logger) {
    this.#connection = connection;
    this.#log = log;
  }

  announce(tenant: TenantId, project: ProjectId, receipts: readonly Receipt[]): void {
    if (this.#connection.isClosed()) return;
    for (let start = 0; start < receipts.length; start += announcedMax) {
      const page = receipts.slice(start, start + announcedMax);
      this.#connection.publish(commitsSubject(tenant, project), encodeReceipts(page));
    }
  }

  async subscribe(tenant: TenantId, project: ProjectId): Promise<ReceiptSubscription> {
    const subscription = this.#connection.subscribe(commitsSubject(tenant, project));
    // Until the server has seen it, receipts would be missed.
    await this.#connection.flush().catch((error: unknown) => {
      throw translateError(error, 'subscribe to receipts');
    });
    return new Announcements(subscription);
  }

  async query(
    tenant: TenantId,
    project: ProjectId,
    eventIds: readonly EventId[],
    options: QueryOptions,
  ): Promise<readonly Receipt[]> {
    const receipts: Receipt[] = [];
    for (let start = 0; start < eventIds.length; start += limits.receiptQueryEventsMax) {
      options.signal?.throwIfAborted();
      const page = eventIds.slice(start, start + limits.receiptQueryEventsMax);
      receipts.push(...(await this.#ask(receiptsSubject(tenant, project), page, options)));
    }
    return receipts;
  }

  async measureClock(tenant: TenantId, project: ProjectId, options: QueryOptions): Promise<ClockReading | undefined> {
    const startMs = performance.now();
    const answer = await this.#request(receiptsSubject(tenant, project), [], options);
    const roundTripUs = Math.round((performance.now() - startMs) * 1_000);
    const hubTimeUs = decodeHubTime(answer.data);
    if (hubTimeUs === undefined) return undefined;
    // As NTP has it: the answer was written half way between the question and its arrival.
    return { offsetUs: hubTimeUs + Math.round(roundTripUs / 2) - Date.now() * 1_000, roundTripUs };
  }

  async answer(handler: ReceiptHandler): Promise<{ close(): Promise<void> }> {
    const pending = new Set<Promise<void>>();
    const subscription = this.#connection.subscribe(allReceiptsSubject, {
      queue: queueGroup,
      callback: (error, message) => {
        if (error !== null) return;
        const work = this.#respond(handler, message).finally(() => pending.delete(work));
        pending.add(work);
      },
    });
    await this.#connection.flush().catch((error: unknown) => {
      throw translateError(error, 'answer receipt queries');
    });
    return {
      close: async () => {
        subscription.unsubscribe();
        await Promise.allSettled(pending);
      },
    };
  }

  async #ask(subject: string, eventIds: readonly EventId[], options: QueryOptions): Promise<readonly Receipt[]> {
    return decodeReceipts((await this.#request(subject, eventIds, options)).data);
  }

  async #request(subject: string, eventIds: readonly EventId[], options: QueryOptions): Promise<Msg> {
    const { timeoutMs, signal } = options;
    try {
      const request = this.#connection.request(subject, encodeReceiptQuery(eventIds), { timeout: timeoutMs });
      return await (signal === undefined ? request : untilAborted(request, signal));
    } catch (error) {
      signal?.throwIfAborted();
      throw translateError(error, `ask for receipts on ${subject}`);
    }
  }

  /** A query that cannot be read or answered gets no answer: the asker's deadline is its error. */
  async #respond(handler: ReceiptHandler, message: Msg): Promise<void> {
    // We may publish anywhere: an answer that went where the asker says would be the asker's way into other tenants' subjects.
    if (message.reply?.startsWith(inboxRoot) !== true) return;
    try {
      const { tenant, project } = parseLedgerSubject(message.subject);
      message.respond(
        encodeReceipts(await handler(tenant, project, decodeReceiptQuery(message.data)), Date.now() * 1_000),
      );
    } catch (error) {
      this.#log.warn('receipt query not answered', { code: errorCode(error), reason: errorMessage(error) });
    }
  }
}

/** The request itself goes on until its deadline; nobody waits for it any more. */
async function untilAborted<T>(request: Promise<T>, signal: AbortSignal): Promise<T> {
  request.catch(() => undefined);
  let onAbort: (() => void) | undefined;
  const aborted = new Promise<never>((_resolve, reject) => {
    onAbort = () => reject(new Error('aborted'));
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
  });
  try {
    return await Promise.race([request, aborted]);
  } finally {
    if (onAbort !== undefined) signal.removeEventListener('abort', onAbort);
  }
}

class Announcements implements ReceiptSubscription {
  readonly #subscription: Subscription;

  constructor(subscription: Subscription) {
    this.#subscription = subscription;
  }

  async *[Symbol.asyncIterator](): AsyncIterator<readonly Receipt[]> {
    for await (const message of this.#subscription) yield decodeReceipts(message.data);
  }

  async close(): Promise<void> {
    this.#subscription.unsubscribe();
  }
}
