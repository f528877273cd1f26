import { spawn, type ChildProcess } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  errorMessage,
  findFreePort,
  isRunning,
  PermanentError,
  sleep,
  stopChild,
  TransientError,
  type Secret,
} from '@swarmledger/runtime';
import type { HubKeys } from '../operator/hub-keys.ts';
import { formatOperatorConfig } from '../operator/server-config.ts';
import { formatServerConfig, type ServerAccess } from './config.ts';

export interface NatsServerOptions {
  readonly binary: string;
  /** Configuration, pid file and streams. */
  readonly dataDir: string;
  /** 0: a free one. */
  readonly port: number;
  readonly partitions: number;
  readonly access:
    | { readonly kind: 'password'; readonly user: string; readonly password: Secret }
    | { readonly kind: 'operator'; readonly keys: HubKeys };
}

export interface NatsServer {
  readonly url: string;
  readonly port: number;
  readonly monitoringPort: number;
  readonly pid: number;
  /** Settles when the process has ended, for whatever reason. */
  readonly exited: Promise<void>;
  kill(signal: NodeJS.Signals): void;
  close(): Promise<void>;
}

const startMs = 15_000;
const stopMs = 8_000;
const pollMs = 20;
/** Servers that are started until one has its ports. */
const portAttempts = 5;
/** Of the server's log, for the error message when it does not start. */
const logTailBytes = 4_096;

/**
 * Runs a nats-server on loopback as a child process, and waits until it is healthy.
 *
 * @throws PermanentError nats_running when one runs on this data folder already; TransientError nats_start_failed with the
 *   server's last words
 */
export async function startNatsServer(options: NatsServerOptions): Promise<NatsServer> {
  await mkdir(options.dataDir, { recursive: true });
  const pidFile = join(options.dataDir, 'nats-server.pid');
  const configFile = join(options.dataDir, 'nats-server.conf');
  await refuseSecondServer(pidFile, configFile, options.dataDir);
  for (let attempt = 1; ; attempt++) {
    try {
      return await startOnce(options, { pidFile, configFile });
    } catch (error) {
      if (attempt === portAttempts || !hasLostItsPort(error, options.port)) throw error;
    }
  }
}

async function startOnce(
  options: NatsServerOptions,
  { pidFile, configFile }: { readonly pidFile: string; readonly configFile: string },
): Promise<NatsServer> {
  const port = options.port === 0 ? await findFreePort() : options.port;
  const monitoringPort = await findFreePort();
  const storeDir = join(options.dataDir, 'jetstream');
  const access = await describeAccess(options);
  const text = formatServerConfig({ port, monitoringPort, storeDir, access, pidFile });
  // A password may be in it: for its owner only.
  await writeFile(configFile, text, { mode: 0o600 });
  // A process group of its own: Ctrl-C in a terminal is for us alone, we stop what we started in order.
  const child = spawn(options.binary, ['-c', configFile], { stdio: ['ignore', 'ignore', 'pipe'], detached: true });
  const running = new ServerProcess(child, port, monitoringPort);
  try {
    await running.waitUntilHealthy();
    return running;
  } catch (error) {
    await running.close();
    throw error;
  }
}

/** Between finding a port free and listening on it somebody took it, be it for a connection of theirs. One that was asked for is not ours to change. */
function hasLostItsPort(error: unknown, askedFor: number): boolean {
  const words = errorMessage(error);
  return words.includes('address already in use') && (askedFor === 0 || !words.includes(`:${askedFor},`));
}

async function describeAccess({ access, partitions, dataDir }: NatsServerOptions): Promise<ServerAccess> {
  if (access.kind === 'password') return { ...access, password: access.password.reveal(), partitions };
  const resolverDir = join(dataDir, 'accounts');
  await mkdir(resolverDir, { recursive: true, mode: 0o700 });
  const text = await formatOperatorConfig(access.keys, { partitions, resolverDir, revocations: {} });
  return { kind: 'operator', text };
}

class ServerProcess implements NatsServer {
  readonly port: number;
  readonly monitoringPort: number;
  readonly exited: Promise<void>;
  readonly #child: ChildProcess;
  #logTail = '';
  #failure: string | undefined;

  constructor(child: ChildProcess, port: number, monitoringPort: number) {
    this.#child = child;
    this.port = port;
    this.monitoringPort = monitoringPort;
    this.exited = new Promise((resolve) => {
      child.once('exit', (code, signal) => {
        this.#failure ??= `it ended with ${signal ?? `exit code ${code}`}`;
        resolve();
      });
      child.once('error', (error) => {
        this.#failure ??= error.message;
        resolve();
      });
    });
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#logTail = (this.#logTail + text).slice(-logTailBytes);
    });
  }

  get url(): string {
    return `nats://127.0.0.1:${this.port}`;
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  async close(): Promise<void> {
    if (this.#child.pid !== undefined) await stopChild(this.#child, stopMs);
  }

  async waitUntilHealthy(): Promise<void> {
    const deadlineMs = performance.now() + startMs;
    while (performance.now() < deadlineMs) {
      if (this.#failure !== undefined) throw this.#startFailed(this.#failure);
      if (await this.#isHealthy()) return;
      await sleep(pollMs);
    }
    throw this.#startFailed(`it was not healthy after ${startMs} ms`);
  }

  async #isHealthy(): Promise<boolean> {
    try {
      const response = await fetch(`http://127.0.0.1:${this.monitoringPort}/healthz`, {
        signal: AbortSignal.timeout(1_000),
      });
      await response.text();
      return response.ok;
    } catch {
      return false;
    }
  }

  #startFailed(why: string): Error {
    const lastLine = this.#logTail.trim().split('\n').at(-1) ?? '';
    return new TransientError('nats_start_failed', `nats-server did not start: ${why}. Its last words: ${lastLine}`);
  }
}

async function refuseSecondServer(pidFile: string, configFile: string, dataDir: string): Promise<void> {
  const pid = Number((await readFile(pidFile, 'utf8').catch(() => '')).trim());
  if (!isRunning(pid, configFile)) return;
  throw new PermanentError('nats_running', `a nats-server (process ${pid}) runs on ${dataDir} already: stop it first`);
}
