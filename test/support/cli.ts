import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

/** The checkout that the tests run in: dist/support -> the root. */
export const checkout = fileURLToPath(new URL('../../..', import.meta.url));
const program = join(checkout, 'packages/cli/bin/swarmledger.js');

export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly input?: string;
  readonly cwd?: string;
  readonly environment?: Readonly<Record<string, string>>;
}

/** Runs `swarmledger` to its end. */
export async function runCli(args: readonly string[], options: RunOptions = {}): Promise<Finished> {
  const child = startCli(args, options);
  child.stdin?.end(options.input ?? '');
  return finish(child);
}

export function startCli(args: readonly string[], options: RunOptions = {}): ChildProcess {
  return spawn(process.execPath, [program, ...args], {
    cwd: options.cwd ?? checkout,
    env: { ...process.env, NO_COLOR: '1', ...options.environment },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
}

export async function finish(child: ChildProcess): Promise<Finished> {
  let stdout = '';
  let stderr = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  return { code, stdout, stderr };
}

/** Tries until `body` gives something, or the deadline is over. @throws the last error, or that nothing came */
export async function eventually<T>(
  body: () => Promise<T | undefined> | T | undefined,
  deadlineMs = 30_000,
): Promise<T> {
  const endMs = performance.now() + deadlineMs;
  let last: unknown = new Error(`nothing came within ${deadlineMs} ms`);
  while (performance.now() < endMs) {
    try {
      const value = await body();
      if (value !== undefined) return value;
    } catch (error) {
      last = error;
    }
    await sleep(25);
  }
  throw last;
}

export async function withFolder<T>(body: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'swarmledger-test-'));
  try {
    return await body(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** What a test needs of `hub.json`. */
export interface RunningHub {
  readonly data: string;
  readonly file: {
    readonly pid: number;
    readonly nats: { readonly url: string; readonly user: string; readonly password: string; readonly pid: number };
    readonly analytics: {
      readonly url: string;
      readonly username: string;
      readonly password: string;
      readonly analyst: { readonly username: string; readonly password: string };
    };
    readonly auth?: { readonly url: string; readonly issuerUrl: string; readonly pid: number };
    readonly ingestor: { readonly pid: number; readonly healthUrl: string };
  };
  /** `hub.json` as it is now: a child that was started again has another pid. */
  reload(): Promise<RunningHub['file']>;
  cli(args: readonly string[], options?: RunOptions): Promise<Finished>;
}

/** Runs `swarmledger up` on a new data folder, and stops it as Ctrl-C does. */
export async function withHub<T>(body: (hub: RunningHub) => Promise<T>): Promise<T> {
  return withFolder((data) => withHubOn(data, body));
}

/** The same on a data folder that is there. */
export async function withHubOn<T>(
  data: string,
  body: (hub: RunningHub) => Promise<T>,
  options: readonly string[] = [],
): Promise<T> {
  const child = startCli(['--data', data, 'up', '--json', ...options]);
  const ended = finish(child);
  const reload = async (): Promise<RunningHub['file']> =>
    JSON.parse(await readFile(join(data, 'hub.json'), 'utf8')) as RunningHub['file'];
  try {
    await new Promise<void>((resolve, reject) => {
      child.stdout?.once('data', () => resolve());
      void ended.then(({ stderr }) => reject(new Error(`the hub did not start: ${stderr}`)));
    });
    const cli = (args: readonly string[], options?: RunOptions): Promise<Finished> =>
      runCli(['--data', data, ...args], options);
    return await body({ data, file: await reload(), reload, cli });
  } finally {
    child.kill('SIGINT');
    await ended;
  }
}
