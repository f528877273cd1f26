import { spawn, type ChildProcess } from 'node:child_process';
import { errorMessage, type Environment } from '@swarmledger/runtime';

export interface AgentRun {
  readonly command: readonly string[];
  readonly folder: string;
  /** All that the agent gets. */
  readonly environment: Environment;
  /** Written to its standard input, which is then closed. */
  readonly input: string;
  readonly deadlineMs: number;
  readonly graceMs: number;
  /** Ends it; the signal's reason becomes the outcome's. */
  readonly signal: AbortSignal;
  readonly onLine: (source: 'stdout' | 'stderr', line: string) => void;
}

export type AgentOutcome =
  | { readonly kind: 'exited'; readonly code: number }
  | { readonly kind: 'killed'; readonly signal: string }
  | { readonly kind: 'deadline' }
  | { readonly kind: 'stopped' }
  | { readonly kind: 'not_started'; readonly reason: string };

/** Characters. An agent that prints no line ends must not fill our memory. */
const lineLengthMax = 64 * 1024;

/** Runs the agent to its end, its deadline or the signal, with everything that it started. Never throws. */
export async function runAgent(run: AgentRun): Promise<AgentOutcome> {
  const [program = '', ...args] = run.command;
  // A process group of its own: what it starts ends with it.
  const child = spawn(program, args, {
    cwd: run.folder,
    env: { ...run.environment },
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true,
  });
  let ending: 'deadline' | 'stopped' | undefined;
  let kill: NodeJS.Timeout | undefined;
  const end = (why: 'deadline' | 'stopped'): void => {
    if (ending !== undefined) return;
    ending = why;
    signalGroup(child, 'SIGTERM');
    kill = setTimeout(() => signalGroup(child, 'SIGKILL'), run.graceMs);
  };
  const onAbort = (): void => end('stopped');
  const deadline = setTimeout(() => end('deadline'), run.deadlineMs);
  run.signal.addEventListener('abort', onAbort, { once: true });
  try {
    const settled = waitForEnd(child, run);
    if (run.signal.aborted) onAbort();
    const outcome = await settled;
    return ending === undefined ? outcome : { kind: ending };
  } finally {
    clearTimeout(deadline);
    clearTimeout(kill);
    run.signal.removeEventListener('abort', onAbort);
    // What it left behind in its group ends too.
    signalGroup(child, 'SIGKILL');
  }
}

async function waitForEnd(child: ChildProcess, run: AgentRun): Promise<AgentOutcome> {
  const exited = new Promise<AgentOutcome>((resolve) => {
    child.once('error', (error) => resolve({ kind: 'not_started', reason: errorMessage(error) }));
    child.once('exit', (code, signal) => {
      resolve(code === null ? { kind: 'killed', signal: signal ?? 'unknown' } : { kind: 'exited', code });
    });
  });
  // An agent that does not read its input is no reason to fail.
  child.stdin?.on('error', () => undefined).end(run.input);
  const reading = Promise.all([readLines(child, 'stdout', run), readLines(child, 'stderr', run)]);
  const outcome = await exited;
  if (outcome.kind !== 'not_started') {
    // Whoever inherited its output would keep it open.
    signalGroup(child, 'SIGKILL');
    await reading;
  }
  return outcome;
}

async function readLines(child: ChildProcess, source: 'stdout' | 'stderr', run: AgentRun): Promise<void> {
  const stream = child[source];
  if (stream === null) return;
  const lines = new BoundedLines((line) => run.onLine(source, line));
  for await (const text of stream.setEncoding('utf8')) lines.add(String(text));
  lines.end();
}

/** Cuts text into lines; of a line above the bound only its beginning is kept. */
class BoundedLines {
  readonly #onLine: (line: string) => void;
  #line = '';
  #isCut = false;

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine;
  }

  add(text: string): void {
    const [first = '', ...rest] = text.split('\n');
    this.#append(first);
    for (const next of rest) {
      this.end();
      this.#append(next);
    }
  }

  /** Hands out what there is of a line. */
  end(): void {
    const line = this.#line.replace(/\r$/, '');
    if (line !== '') this.#onLine(this.#isCut ? `${line} [cut]` : line);
    this.#line = '';
    this.#isCut = false;
  }

  #append(text: string): void {
    const room = lineLengthMax - this.#line.length;
    this.#line += text.slice(0, room);
    if (text.length > room) this.#isCut = true;
  }
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // The group is gone.
  }
}
