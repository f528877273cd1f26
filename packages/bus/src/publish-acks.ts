import { createInbox, type Msg, type MsgHdrs, type NatsConnection, type Subscription } from 'nats';
import { PermanentError, TransientError } from '@swarmledger/runtime';
import { translateError } from './errors.ts';

/** JetStream's answer to a publish: https://docs.nats.io/reference/reference-protocols/nats_api_reference */
export interface PublishReply {
  readonly stream?: string;
  readonly seq?: number;
  readonly duplicate?: boolean;
  readonly error?: { readonly err_code?: number; readonly code?: number; readonly description?: string };
}

export interface Publication {
  readonly subject: string;
  readonly data: Uint8Array;
  readonly headers: MsgHdrs;
}

interface Pending {
  readonly subject: string;
  readonly deadlineMs: number;
  readonly resolve: (reply: PublishReply) => void;
  readonly reject: (error: Error) => void;
}

const noResponders = 503;

/**
 * Publishes and their answers, matched through one inbox. The nats package's own `request` would do, but it hides two things behind
 * a timeout: a connection that broke, and a permission error that names the subject as the server mapped it.
 */
export class PublishAcks {
  readonly #connection: NatsConnection;
  readonly #timeoutMs: number;
  readonly #inbox: string;
  /** Oldest first, and so in the order of their deadlines. */
  readonly #pending = new Map<string, Pending>();
  #subscription: Subscription | undefined;
  #timer: NodeJS.Timeout | undefined;
  #lastToken = 0;

  /** @param inboxPrefix that the credentials allow; undefined: any */
  constructor(connection: NatsConnection, timeoutMs: number, inboxPrefix?: string) {
    this.#inbox = createInbox(inboxPrefix);
    this.#connection = connection;
    this.#timeoutMs = timeoutMs;
  }

  /**
   * Resolves with whatever JetStream answers, its refusals included.
   *
   * @throws TransientError no_responders, timeout, disconnected; PermanentError permission_denied, message_too_large
   */
  async publish({ subject, data, headers }: Publication): Promise<PublishReply> {
    const token = (++this.#lastToken).toString(36);
    const what = `publish to ${subject}`;
    return new Promise<PublishReply>((resolve, reject) => {
      try {
        if (this.#subscription === undefined) this.#subscription = this.#subscribe();
        this.#connection.publish(subject, data, { headers, reply: `${this.#inbox}.${token}` });
      } catch (error) {
        reject(translateError(error, what));
        return;
      }
      this.#pending.set(token, { subject, deadlineMs: performance.now() + this.#timeoutMs, resolve, reject });
      if (this.#timer === undefined) this.#timer = setTimeout(() => this.#expire(), this.#timeoutMs);
    });
  }

  /** Whether they arrived is not known: the caller publishes again, under the same id. */
  failAll(): void {
    this.#failWhere(
      () => true,
      (subject) => new TransientError('disconnected', `cannot publish to ${subject}: the connection to NATS was lost`),
    );
  }

  /** @param denied the subject as the server names it, with the partition that its mapping added */
  failDenied(denied: string): void {
    const unmapped = denied.replace(/\.\d+$/, '');
    this.#failWhere(
      ({ subject }) => subject === denied || subject === unmapped,
      (subject) =>
        new PermanentError(
          'permission_denied',
          `cannot publish to ${subject}: the credentials do not allow this subject`,
        ),
    );
  }

  #subscribe(): Subscription {
    return this.#connection.subscribe(`${this.#inbox}.*`, {
      callback: (error, message) => {
        if (error === null) {
          this.#settle(message);
          return;
        }
        // The next publish subscribes anew.
        this.#subscription = undefined;
        this.#failWhere(
          () => true,
          (subject) => translateError(error, `publish to ${subject}`),
        );
      },
    });
  }

  #settle(message: Msg): void {
    const token = message.subject.slice(this.#inbox.length + 1);
    const pending = this.#pending.get(token);
    if (pending === undefined) return;
    this.#pending.delete(token);
    if (message.data.length === 0 && message.headers?.code === noResponders) {
      const why = 'no stream takes this subject; is the hub up?';
      pending.reject(new TransientError('no_responders', `cannot publish to ${pending.subject}: ${why}`));
      return;
    }
    try {
      pending.resolve(message.json<PublishReply>());
    } catch (error) {
      pending.reject(translateError(error, `publish to ${pending.subject}`));
    }
  }

  #expire(): void {
    this.#timer = undefined;
    const nowMs = performance.now();
    this.#failWhere(
      ({ deadlineMs }) => deadlineMs <= nowMs,
      (subject) =>
        new TransientError('timeout', `cannot publish to ${subject}: NATS did not answer within ${this.#timeoutMs} ms`),
    );
    const [oldest] = this.#pending.values();
    if (oldest !== undefined) this.#timer = setTimeout(() => this.#expire(), oldest.deadlineMs - nowMs);
  }

  #failWhere(isFailed: (pending: Pending) => boolean, describe: (subject: string) => Error): void {
    for (const [token, pending] of this.#pending) {
      if (!isFailed(pending)) continue;
      this.#pending.delete(token);
      pending.reject(describe(pending.subject));
    }
  }
}
