import { Worker, type TransferListItem } from 'node:worker_threads';
import { PermanentError, TransientError } from '@swarmledger/runtime';
import { reviveError } from '../errors.ts';
import type { Answer, Call, CallMessage, WorkerSettings } from './messages.ts';

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** The store's thread, seen from outside. It keeps the process alive only while somebody waits for it. */
export class StoreThread {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  readonly #ended: Promise<void>;
  readonly #onChanged: () => void;
  #lastId = 0;
  #failure: Error | undefined;

  private constructor(settings: WorkerSettings, onChanged: () => void) {
    this.#onChanged = onChanged;
    // By its built name: `new URL` is not rewritten by the compiler. Flags of this process, such as --test, are not for it.
    this.#worker = new Worker(new URL('./main.js', import.meta.url), { workerData: settings, execArgv: [] });
    this.#worker.on('error', (error) => {
      this.#fail(new TransientError('outbox_failed', `the outbox's thread failed: ${error.message}`, { cause: error }));
    });
    this.#ended = new Promise((resolve) => {
      this.#worker.once('exit', () => {
        this.#fail(new PermanentError('closed', 'the outbox is closed'));
        resolve();
      });
    });
  }

  /** @throws as OutboxStore's constructor */
  static async open(settings: WorkerSettings, onChanged: () => void): Promise<StoreThread> {
    const thread = new StoreThread(settings, onChanged);
    try {
      await new Promise<void>((resolve, reject) => {
        thread.#waiting.set(0, { resolve: () => resolve(), reject });
        thread.#worker.on('message', (answer: Answer) => thread.#receive(answer));
      });
    } catch (error) {
      await thread.#worker.terminate();
      throw error;
    }
    thread.#worker.unref();
    return thread;
  }

  /** The caller knows what the call answers with. */
  async call<T>(call: Call, transfers: TransferListItem[] = []): Promise<T> {
    if (this.#failure !== undefined) throw this.#failure;
    const id = ++this.#lastId;
    const answered = new Promise<unknown>((resolve, reject) => this.#waiting.set(id, { resolve, reject }));
    if (this.#waiting.size === 1) this.#worker.ref();
    this.#worker.postMessage({ id, call } satisfies CallMessage, transfers);
    return (await answered) as T;
  }

  /** Ends the thread, after what it was asked before. */
  async close(): Promise<void> {
    await this.call({ kind: 'close' });
    await this.#ended;
  }

  /** Ends it at once. */
  async terminate(): Promise<void> {
    await this.#worker.terminate();
  }

  #receive(answer: Answer): void {
    switch (answer.kind) {
      case 'changed':
        return this.#onChanged();
      case 'opened':
        return this.#settle(0)?.resolve(undefined);
      case 'not_opened':
        return this.#settle(0)?.reject(reviveError(answer.error));
      case 'answer':
        return this.#settle(answer.id)?.resolve(answer.value);
      case 'error':
        return this.#settle(answer.id)?.reject(reviveError(answer.error));
      default:
        return answer satisfies never;
    }
  }

  #settle(id: number): Waiting | undefined {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (this.#waiting.size === 0) this.#worker.unref();
    return waiting;
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    for (const { reject } of this.#waiting.values()) reject(this.#failure);
    this.#waiting.clear();
  }
}
