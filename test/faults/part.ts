import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** A process as whatever started it hands it over. */
export interface Launched {
  readonly pid: number;
  readonly exited: Promise<unknown>;
  kill(signal: NodeJS.Signals): void;
}

export interface PartOptions<Name extends string> {
  readonly name: Name;
  readonly launch: () => Promise<Launched>;
  /** It ended and nobody had asked it to. */
  readonly onSurprise: (name: Name) => void;
}

type State = 'down' | 'running' | 'paused';

/** A process that is killed, paused and started again. Calls are done one after the other. */
export class Part<Name extends string = string> {
  readonly name: Name;
  readonly #options: PartOptions<Name>;
  #process: Launched | undefined;
  /** The last one that was started, which may be ending. */
  #latest: Launched | undefined;
  #state: State = 'down';
  #isLeaving = false;
  #isClosed = false;
  #last: Promise<unknown> = Promise.resolve();

  constructor(options: PartOptions<Name>) {
    this.name = options.name;
    this.#options = options;
  }

  /** 0 when it is down. */
  get pid(): number {
    return this.#process?.pid ?? 0;
  }

  get state(): State {
    return this.#state;
  }

  /** Starts it unless it runs or was closed, wakes it up when it is paused. */
  ensureRunning(): Promise<void> {
    return this.#next(async () => {
      if (this.#state === 'paused') {
        this.#process?.kill('SIGCONT');
        this.#state = 'running';
      }
      if (this.#isClosed || this.#process !== undefined) return;
      const launched = await this.#options.launch();
      this.#process = launched;
      this.#latest = launched;
      this.#state = 'running';
      void launched.exited.then(() => this.#onExit(launched));
    });
  }

  /** kill -9. Resolves when it is gone. */
  kill(): Promise<void> {
    return this.#next(() => this.#end('SIGKILL'));
  }

  /** kill -9 for good: nothing starts it again. */
  close(): Promise<void> {
    this.#isClosed = true;
    // Somebody may be waiting for an end that does not come by itself any more.
    this.#latest?.kill('SIGKILL');
    return this.kill();
  }

  pause(): Promise<void> {
    return this.#next(async () => {
      if (this.#state !== 'running') return;
      this.#process?.kill('SIGSTOP');
      this.#state = 'paused';
    });
  }

  /** Wakes it up; nothing when it is down. */
  resume(): Promise<void> {
    return this.#next(async () => {
      if (this.#state !== 'paused') return;
      this.#process?.kill('SIGCONT');
      this.#state = 'running';
    });
  }

  /** SIGTERM. Resolves with how long it took, milliseconds. */
  stop(): Promise<number> {
    return this.#next(async () => {
      const startMs = performance.now();
      await this.#end('SIGTERM');
      return performance.now() - startMs;
    });
  }

  /** Waits until it has ended by itself, after `ask` has asked it to. Resolves with how it ended. */
  leave(ask: () => void): Promise<unknown> {
    return this.#next(async () => {
      const running = this.#process;
      if (running === undefined) return 'down';
      this.#isLeaving = true;
      ask();
      const how = await running.exited;
      this.#isLeaving = false;
      this.#process = undefined;
      this.#state = 'down';
      return how;
    });
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const running = this.#process;
    if (running === undefined) return;
    // First, so that its end is no surprise.
    this.#process = undefined;
    this.#state = 'down';
    running.kill(signal);
    running.kill('SIGCONT');
    await running.exited;
  }

  #onExit(launched: Launched): void {
    if (this.#process !== launched || this.#isLeaving) return;
    this.#process = undefined;
    this.#state = 'down';
    this.#options.onSurprise(this.name);
  }

  #next<T>(body: () => Promise<T>): Promise<T> {
    const result = this.#last.then(body);
    this.#last = result.catch(() => undefined);
    return result;
  }
}

export interface NodeProcessOptions {
  readonly script: string;
  readonly args?: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly clockShim: string;
  readonly onOutput?: (line: string) => void;
  readonly onLog: (line: string) => void;
}

export interface NodeProcess extends Launched {
  readonly exited: Promise<number | string>;
  /** Says one line on its standard input. */
  say(line: string): void;
}

/** A process of ours; it ends with this one, however this one ends. */
export function startNode(options: NodeProcessOptions): NodeProcess {
  const child = spawn(process.execPath, ['--import', options.clockShim, options.script, ...(options.args ?? [])], {
    stdio: ['pipe', 'pipe', 'pipe', 'ipc'],
    env: { PATH: process.env['PATH'], ...options.environment },
  });
  const { stdin, stdout, stderr } = child;
  if (stdin === null || stdout === null || stderr === null) throw new Error('the process has no pipes');
  createInterface({ input: stdout }).on('line', (line) => options.onOutput?.(line));
  createInterface({ input: stderr }).on('line', options.onLog);
  // It may be gone before it reads.
  stdin.on('error', () => undefined);
  const exited = new Promise<number | string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    // Not with its exit: what it said last is still to be read then.
    child.once('close', (code, signal) => resolve(code ?? signal ?? 'gone'));
  });
  return {
    pid: child.pid ?? 0,
    exited,
    kill: (signal) => void child.kill(signal),
    say: (line) => void stdin.write(`${line}\n`),
  };
}
