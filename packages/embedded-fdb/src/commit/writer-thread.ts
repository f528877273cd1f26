import { MessageChannel, receiveMessageOnPort, Worker, type MessagePort } from 'node:worker_threads';
import { engineLimits } from '../limits.ts';
import type { WriterAnswer, WriterRequest, WriterSettings } from './messages.ts';

/** The thread's end came before its answer: what it was asked to write may be written. */
export type ThreadAnswer = WriterAnswer | { readonly kind: 'lost'; readonly cause: Error | undefined };

/** The thread that writes, seen from outside. It keeps the process alive only while an answer is awaited. */
export class WriterThread {
  readonly #worker: Worker;
  readonly #port: MessagePort;
  readonly #answers = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  #seen = 0;
  #onAnswer: ((answer: ThreadAnswer) => void) | undefined;
  #ended = false;

  constructor(file: string) {
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    const settings: WriterSettings = { file, port: port2, answers: this.#answers };
    // By its built name: `new URL` is not rewritten by the compiler. Flags of this process, such as --test, are not for it.
    this.#worker = new Worker(new URL('./writer-main.js', import.meta.url), {
      workerData: settings,
      transferList: [port2],
      execArgv: [],
    });
    this.#worker.unref();
    this.#worker.once('error', (error) => this.#end(error));
    this.#worker.once('exit', () => this.#end());
    this.#port.on('message', (answer: WriterAnswer) => this.#receive(answer));
    this.#port.unref();
  }

  get hasEnded(): boolean {
    return this.#ended;
  }

  /** One question at a time. `onAnswer` is called once, in a later turn of the event loop or out of `waitForAnswer`. */
  ask(request: WriterRequest, onAnswer: (answer: ThreadAnswer) => void): void {
    if (this.#onAnswer !== undefined) throw new RangeError('the writer is asked before it has answered');
    this.#onAnswer = onAnswer;
    this.#port.ref();
    this.#port.postMessage(request, request.kind === 'write' ? [request.mutations.buffer] : []);
  }

  /** Blocks this thread: a database is closed at once, as the real client is. */
  waitForAnswer(): void {
    for (const until = performance.now() + engineLimits.closeMs; performance.now() < until;) {
      const received = receiveMessageOnPort(this.#port) as { readonly message: WriterAnswer } | undefined;
      if (received !== undefined) return this.#receive(received.message);
      Atomics.wait(this.#answers, 0, this.#seen, until - performance.now());
    }
    void this.terminate();
  }

  /** Ends it at once, whatever it writes: SQLite has all of a transaction or nothing. */
  async terminate(): Promise<void> {
    this.#end();
    await this.#worker.terminate();
  }

  #receive(answer: WriterAnswer): void {
    this.#seen += 1;
    this.#settle(answer);
  }

  #settle(answer: ThreadAnswer): void {
    const onAnswer = this.#onAnswer;
    this.#onAnswer = undefined;
    this.#port.unref();
    if (answer.kind === 'closed') this.#end();
    onAnswer?.(answer);
  }

  #end(cause?: Error): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#port.close();
    this.#settle({ kind: 'lost', cause });
  }
}
