import { fork, type ChildProcess } from 'node:child_process';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isRunning, PermanentError, stopChild, TransientError, type Secret } from '@swarmledger/runtime';

export interface AnalyticsServerOptions {
  readonly dataDir: string;
  /** 0: a free one. */
  readonly port: number;
  /** May write: the ingestor's user. */
  readonly username: string;
  readonly password: Secret;
  /** `analyst`, who can only read. */
  readonly analystPassword?: Secret;
  /** Makes the logins of one tenant's readers: `createTenantLogin`. */
  readonly tenantSecret?: Secret;
}

export interface AnalyticsServer {
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  /** Settles when the process has ended, for whatever reason. */
  readonly exited: Promise<void>;
  kill(signal: NodeJS.Signals): void;
  close(): Promise<void>;
}

const startMs = 30_000;
const stopMs = 8_000;
const stderrTailBytes = 4_096;

/**
 * Runs the embedded engine (chDB) as a child process with ClickHouse's HTTP interface on loopback.
 *
 * @throws PermanentError engine_running when one runs on this folder already; TransientError engine_start_failed
 */
export async function startAnalyticsServer(options: AnalyticsServerOptions): Promise<AnalyticsServer> {
  await mkdir(options.dataDir, { recursive: true });
  const pidFile = join(options.dataDir, 'engine.pid');
  const folder = join(options.dataDir, 'chdb');
  await refuseSecondEngine(pidFile, folder, options.dataDir);
  // The folder is an argument so that the process can be told from others.
  const child = fork(fileURLToPath(new URL('main.js', import.meta.url)), [folder], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    // A process group of its own: Ctrl-C in a terminal is for us alone, we stop what we started in order.
    detached: true,
    env: {
      ...process.env,
      SWARMLEDGER_ENGINE_FOLDER: folder,
      SWARMLEDGER_ENGINE_PORT: String(options.port),
      SWARMLEDGER_ENGINE_USER: options.username,
      SWARMLEDGER_ENGINE_PASSWORD: options.password.reveal(),
      ...(options.analystPassword === undefined
        ? {}
        : { SWARMLEDGER_ENGINE_ANALYST_PASSWORD: options.analystPassword.reveal() }),
      ...(options.tenantSecret === undefined
        ? {}
        : { SWARMLEDGER_ENGINE_TENANT_SECRET: options.tenantSecret.reveal() }),
    },
  });
  const exited = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
  try {
    const port = await waitForPort(child, exited);
    await writeFile(pidFile, String(child.pid));
    return {
      url: `http://127.0.0.1:${port}`,
      port,
      pid: child.pid ?? 0,
      exited,
      kill: (signal) => void child.kill(signal),
      close: async () => {
        await stopChild(child, stopMs);
        await rm(pidFile, { force: true });
      },
    };
  } catch (error) {
    await stopChild(child, stopMs);
    throw error;
  }
}

async function waitForPort(child: ChildProcess, exited: Promise<void>): Promise<number> {
  let tail = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    tail = (tail + text).slice(-stderrTailBytes);
  });
  let timer: NodeJS.Timeout | undefined;
  const listening = new Promise<number>((resolve) => {
    child.on('message', (message) => {
      if (typeof message === 'object' && 'port' in message) resolve(Number(message.port));
    });
  });
  const failed = exited.then(() => {
    const lastLine = tail.trim().split('\n').at(-1) ?? '';
    throw new TransientError('engine_start_failed', `the analytics engine did not start. Its last words: ${lastLine}`);
  });
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(
      () => reject(new TransientError('engine_start_failed', `the analytics engine did not start in ${startMs} ms`)),
      startMs,
    );
  });
  try {
    return await Promise.race([listening, failed, late]);
  } finally {
    clearTimeout(timer);
    failed.catch(() => undefined);
  }
}

async function refuseSecondEngine(pidFile: string, folder: string, dataDir: string): Promise<void> {
  const pid = Number((await readFile(pidFile, 'utf8').catch(() => '')).trim());
  if (!isRunning(pid, folder)) return;
  throw new PermanentError(
    'engine_running',
    `an analytics engine (process ${pid}) runs on ${dataDir} already: stop it first`,
  );
}
