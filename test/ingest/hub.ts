import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { openAnalytics } from '@swarmledger/analytics';
import { connectBus, findNatsServer, startNatsServer, type Bus, type NatsServer } from '@swarmledger/bus';
import { defaultIngestPolicy, openIngestor, type Ingestor, type IngestPolicy } from '@swarmledger/ingestor';
import { openLedger, type Ledger, type LedgerConnection } from '@swarmledger/ledger';
import { eventually as untilFound } from '../support/cli.ts';
import { createLogger, Scope, Secret, silentLogger, stopChild, type Logger } from '@swarmledger/runtime';

const ingestorMain = fileURLToPath(new URL('../../../services/ingestor/dist/main.js', import.meta.url));
const user = 'swarmledger';
/** Nothing listens there: ClickHouse is down. */
export const nowhere = 'http://127.0.0.1:1';

export interface Hub {
  readonly nats: NatsServer;
  readonly bus: Bus;
  readonly dataDir: string;
  readonly connection: LedgerConnection;
  readonly password: Secret;
  readonly scope: Scope;
  /** Where SDKs connect to. */
  readonly address: {
    readonly servers: string;
    readonly credentials: { readonly user: string; readonly password: Secret };
  };
  openBus(): Promise<Bus>;
  openLedger(): Promise<Ledger>;
}

export interface IngestorSetup {
  readonly policy?: Partial<IngestPolicy>;
  readonly autoTenants?: boolean;
  readonly analyticsUrl?: string;
  readonly log?: Logger;
  /** Puts faults between the ingestor and the real things. */
  readonly withFaults?: { readonly bus?: (bus: Bus) => Bus; readonly ledger?: (ledger: Ledger) => Ledger };
}

/** Runs `body` with a nats-server and an embedded ledger's file of its own, and hands everything back afterwards. */
export async function withHub(body: (hub: Hub) => Promise<void>, partitions = 2): Promise<void> {
  const scope = new Scope();
  try {
    const dataDir = await mkdtemp(join(tmpdir(), 'swarmledger-ingest-'));
    scope.defer('data', () => rm(dataDir, { recursive: true, force: true, maxRetries: 5 }));
    const password = new Secret(randomBytes(12).toString('hex'));
    const nats = scope.own('nats', await startNats(dataDir, password, partitions));
    const address = { servers: nats.url, credentials: { user, password } };
    const openBus = async (): Promise<Bus> => scope.own('bus', await connectBus({ ...address, name: 'test' }));
    const connection: LedgerConnection = { kind: 'embedded', file: join(dataDir, 'ledger.sqlite') };
    const bus = await openBus();
    await bus.ensureStreams({ partitions });
    const open = async (): Promise<Ledger> => scope.own('ledger', await openLedger({ connection }));
    await body({ nats, bus, dataDir, connection, password, scope, address, openBus, openLedger: open });
  } finally {
    await scope.close();
  }
}

export async function startNats(dataDir: string, password: Secret, partitions: number, port = 0): Promise<NatsServer> {
  const binary = await findNatsServer(process.env);
  if (binary === undefined) throw new Error('no nats-server was found: run the tests with `npm test`');
  return startNatsServer({
    binary,
    dataDir: join(dataDir, 'nats'),
    port,
    partitions,
    access: { kind: 'password', user, password },
  });
}

/** An ingestor in this process, closed with the hub. */
export async function startIngestor(hub: Hub, setup: IngestorSetup = {}): Promise<Ingestor> {
  const log = setup.log ?? silentLogger;
  const ingestor = await openIngestor(
    {
      health: { host: '127.0.0.1', port: 0 },
      partitions: 2,
      ownPartitions: [0, 1],
      autoTenants: setup.autoTenants ?? true,
      streams: { bytesMax: 1_000_000_000, replicas: 1 },
      policy: { ...defaultIngestPolicy, ...setup.policy },
    },
    {
      log,
      connectBus: async () => {
        const bus = await connectBus({ ...hub.address, name: 'ingestor' });
        return setup.withFaults?.bus?.(bus) ?? bus;
      },
      openLedger: async () => {
        const ledger = await openLedger({ connection: hub.connection });
        return setup.withFaults?.ledger?.(ledger) ?? ledger;
      },
      openAnalytics: () =>
        openAnalytics({ url: setup.analyticsUrl ?? nowhere, username: user, password: hub.password }),
    },
  );
  return hub.scope.own('ingestor', ingestor);
}

export interface IngestorProcess {
  readonly pid: number;
  readonly healthUrl: string;
  readonly logLines: readonly string[];
  kill(signal: NodeJS.Signals): void;
  /** Exit code, or the signal that ended it. */
  readonly exited: Promise<number | string>;
}

/** An ingestor as in production: `node services/ingestor/dist/main.js`. */
export async function spawnIngestor(
  hub: Pick<Hub, 'dataDir' | 'password' | 'scope'> & { readonly address: { readonly servers: string } },
  environment: Readonly<Record<string, string>> = {},
): Promise<IngestorProcess> {
  const child = spawn(process.execPath, [ingestorMain], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: {
      PATH: process.env['PATH'],
      SWARMLEDGER_NATS_URL: hub.address.servers,
      SWARMLEDGER_NATS_USER: user,
      SWARMLEDGER_NATS_PASSWORD: hub.password.reveal(),
      SWARMLEDGER_DATA: hub.dataDir,
      SWARMLEDGER_LEDGER: 'embedded',
      SWARMLEDGER_CLICKHOUSE_URL: nowhere,
      SWARMLEDGER_CLICKHOUSE_USER: user,
      SWARMLEDGER_CLICKHOUSE_PASSWORD: hub.password.reveal(),
      SWARMLEDGER_HEALTH_PORT: '0',
      SWARMLEDGER_PARTITIONS: '2',
      SWARMLEDGER_AUTO_TENANTS: 'true',
      ...environment,
    },
  });
  hub.scope.defer('ingestor process', () => stopChild(child, 5_000));
  const exited = new Promise<number | string>((resolve) => {
    child.once('exit', (code, signal) => resolve(code ?? signal ?? 'gone'));
  });
  const logLines: string[] = [];
  // Whoever waits for it would otherwise only see that nothing answers.
  void exited.then((how) => typeof how === 'number' && how !== 0 && console.error(logLines.slice(-5).join('\n')));
  const port = await readHealthPort(child, logLines, exited);
  return {
    pid: child.pid ?? 0,
    healthUrl: `http://127.0.0.1:${port}`,
    logLines,
    kill: (signal) => void child.kill(signal),
    exited,
  };
}

async function readHealthPort(child: ChildProcess, logLines: string[], exited: Promise<unknown>): Promise<number> {
  return new Promise<number>((resolve, reject) => {
    if (child.stderr === null) throw new Error('the ingestor has no stderr');
    createInterface({ input: child.stderr }).on('line', (line) => {
      logLines.push(line);
      const port = /"health server listens","port":(\d+)/.exec(line)?.[1];
      if (port !== undefined) resolve(Number(port));
    });
    void exited.then((how) => reject(new Error(`the ingestor ended (${String(how)}): ${logLines.join('\n')}`)));
  });
}

/** Tries until `check` neither throws nor returns false. */
export function eventually<T>(check: () => T | Promise<T>, timeoutMs = 45_000): Promise<Exclude<T, false>> {
  return untilFound(async () => {
    const result = await check();
    return result === false ? undefined : (result as Exclude<T, false>);
  }, timeoutMs);
}

export async function isReady(healthUrl: string): Promise<boolean> {
  return (await fetch(`${healthUrl}/readyz`)).ok;
}

/** Resident memory, bytes (Linux), without mapped files: those are the kernel's cache. */
export async function readResidentBytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/RssAnon:\s+(\d+) kB/.exec(status)?.[1] ?? 0) * 1_024;
}

/** A logger whose lines a test can read. */
export function captureLog(): { readonly log: Logger; readonly lines: readonly { level: string; message: string }[] } {
  const lines: { level: string; message: string }[] = [];
  const write = (line: string): void => void lines.push(JSON.parse(line) as { level: string; message: string });
  return { log: createLogger({ level: 'debug', service: 'test', write }), lines };
}

/** Unique names, so that tests of one server do not meet. */
export function uniqueScope(): { readonly tenant: string; readonly project: string } {
  return { tenant: `t-${randomBytes(4).toString('hex')}`, project: 'web' };
}
