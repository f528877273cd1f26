import { DebugEvents, ErrorCode, Events, type NatsConnection, type Status } from 'nats';
import { errorCode, errorMessage, type Logger } from '@swarmledger/runtime';
import { dropSocket } from './drop-socket.ts';

export interface ConnectionListener {
  /** Whatever was on its way may be gone. */
  onLost?(): void;
  onRestored?(): void;
  /** The server does not take the credentials. Once per outage. */
  onRefused?(): void;
  /** It tries to connect. */
  onAttempt?(): void;
  /** The subject as the server names it: after its mappings. */
  onPublishDenied?(subject: string): void;
}

/** The one reader of a connection's status: knows whether it is up, tells whoever depends on it, and logs each change once. */
export class ConnectionWatch {
  readonly #connection: NatsConnection;
  readonly #log: Logger;
  readonly #listeners = new Set<ConnectionListener>();
  readonly #waiting = new Set<() => void>();
  #state: 'connected' | 'lost' | 'closed' = 'connected';
  #refused: string | undefined;

  constructor(connection: NatsConnection, log: Logger) {
    this.#connection = connection;
    this.#log = log;
    this.#read().catch((error: unknown) => {
      this.#log.error('NATS status not readable', { code: errorCode(error), reason: errorMessage(error) });
    });
    void connection.closed().then((error) => this.#close(error ?? undefined));
  }

  get isConnected(): boolean {
    return this.#state === 'connected' && !this.#connection.isClosed();
  }

  /** Returns how to stop listening. */
  listen(listener: ConnectionListener): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Whether it is connected now, or will have been within `timeoutMs`. */
  async untilConnected(timeoutMs: number): Promise<boolean> {
    if (this.#state !== 'lost') return this.isConnected;
    await new Promise<void>((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        this.#waiting.delete(done);
        resolve();
      };
      const timer = setTimeout(done, timeoutMs);
      this.#waiting.add(done);
    });
    return this.isConnected;
  }

  async #read(): Promise<void> {
    for await (const status of this.#connection.status()) this.#handle(status);
  }

  #handle(status: Status): void {
    switch (status.type) {
      case Events.Disconnect:
        this.#lose();
        break;
      case Events.Reconnect:
        this.#restore();
        break;
      case Events.Error:
        this.#handleError(status);
        break;
      case DebugEvents.Reconnecting:
        for (const listener of this.#listeners) listener.onAttempt?.();
        break;
      case DebugEvents.StaleConnection:
        this.#log.warn('NATS server stopped answering');
        dropSocket(this.#connection);
        break;
      default:
        break;
    }
  }

  #lose(): void {
    if (this.#state !== 'connected') return;
    this.#state = 'lost';
    this.#log.warn('connection to NATS lost');
    for (const listener of this.#listeners) listener.onLost?.();
  }

  #restore(): void {
    if (this.#state !== 'lost') return;
    this.#state = 'connected';
    this.#refused = undefined;
    this.#log.info('connection to NATS restored');
    for (const listener of this.#listeners) listener.onRestored?.();
    this.#wake();
  }

  #handleError({ data, permissionContext }: Status): void {
    if (permissionContext?.operation === 'publish') {
      for (const listener of this.#listeners) listener.onPublishDenied?.(permissionContext.subject);
      return;
    }
    const code = typeof data === 'string' ? data : 'unknown';
    // Said once per outage, not at every attempt.
    if (code === this.#refused) return;
    this.#refused = code;
    if (isAuthError(code)) {
      this.#log.error('NATS refuses the credentials, trying on', { code });
      for (const listener of this.#listeners) listener.onRefused?.();
    } else this.#log.warn('NATS reports an error', { code });
  }

  #close(error: Error | undefined): void {
    if (error !== undefined) {
      this.#log.error('connection to NATS closed', { code: errorCode(error), reason: errorMessage(error) });
    }
    this.#state = 'closed';
    for (const listener of this.#listeners) listener.onLost?.();
    this.#wake();
  }

  #wake(): void {
    for (const resolve of [...this.#waiting]) resolve();
  }
}

function isAuthError(code: string): boolean {
  const codes: readonly string[] = [
    ErrorCode.AuthorizationViolation,
    ErrorCode.AuthenticationExpired,
    ErrorCode.AccountExpired,
  ];
  return codes.includes(code);
}
