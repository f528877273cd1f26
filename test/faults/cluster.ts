import { randomBytes } from 'node:crypto';
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startAnalyticsServer } from '@swarmledger/analytics';
import { findNatsServer, startNatsServer } from '@swarmledger/bus';
import type { LedgerConnection } from '@swarmledger/ledger';
import { Scope, Secret, sleep } from '@swarmledger/runtime';
import { openTcpProxy, type TcpProxy } from '../edge/tcp-proxy.ts';
import type { AgentOrder } from './agent-child.ts';
import { mountDisk, type Disk } from './disks.ts';
import { findQuietPort } from './quiet-port.ts';
import { sessions, type Session } from './facts.ts';
import { Journal } from './journal.ts';
import { Part, startNode, type Launched, type NodeProcess } from './part.ts';
import { linkNames, partitions, partNames, type DiskName, type LinkName, type PartName } from './schedule.ts';

const ingestorMain = fileURLToPath(new URL('../../../services/ingestor/dist/main.js', import.meta.url));
const syncerMain = fileURLToPath(new URL('../../../services/syncer/dist/main.js', import.meta.url));
const agentMain = fileURLToPath(new URL('./agent-child.js', import.meta.url));
const clockShim = new URL('./clock-shim.js', import.meta.url).href;

const user = 'swarmledger';
/** The ledger's and the outbox's: of what a seed writes they need a part. JetStream refuses to reserve its streams on so little. */
const diskMegabytes = { hub: 256, edge: 64 } as const;
/** As a supervisor would start what ended by itself. */
const superviseMs = 500;
const logLinesKept = 60;

export interface ClusterOptions {
  readonly root: string;
  readonly run: string;
  readonly seed: number;
  /** Small ones can be filled up, and hold a seed's events, not an hour's. */
  readonly disks: 'small' | 'none';
  /** On average, between two groups of events of a session. */
  readonly agentPauseMs: number;
  /** An agent was told that its events up to this number are in the ledger. */
  readonly onCommitted: (session: Session, upTo: number) => void;
}

/** Everything of a hub and two machines at its edge, as processes of their own, joined by networks that can be harmed. */
export interface Cluster {
  readonly scope: Scope;
  readonly journal: Journal;
  readonly parts: ReadonlyMap<PartName, Part<PartName>>;
  readonly links: ReadonlyMap<LinkName, TcpProxy>;
  /** None without small disks, or where mounting is not allowed. */
  readonly disks: ReadonlyMap<DiskName, Disk>;
  readonly natsUrl: string;
  readonly engineUrl: string;
  readonly credentials: { readonly user: string; readonly password: Secret };
  readonly tenantSecret: Secret;
  readonly connection: LedgerConnection;
  readonly outboxFile: string;
  readonly root: string;
  /** Processes that ended and nobody had asked them to, with the moment and their last words. */
  readonly surprises: readonly Surprise[];
  setClock(part: PartName, offsetMs: number): void;
  /** What a process has logged last. */
  lastWords(part: PartName): readonly string[];
  /** Tells the agents to come to an end, and waits for it: it comes when what they recorded is committed. */
  stopAgents(): Promise<void>;
  part(name: PartName): Part<PartName>;
  link(name: LinkName): TcpProxy;
}

export interface Surprise {
  readonly part: PartName;
  readonly atMs: number;
  readonly lastWords: readonly string[];
}

export async function openCluster(options: ClusterOptions): Promise<Cluster> {
  const cluster = new RunningCluster(options);
  try {
    await cluster.open();
    return cluster;
  } catch (error) {
    await cluster.scope.close();
    throw error;
  }
}

class RunningCluster implements Cluster {
  readonly scope = new Scope();
  readonly journal: Journal;
  readonly parts = new Map<PartName, Part<PartName>>();
  readonly links = new Map<LinkName, TcpProxy>();
  readonly disks = new Map<DiskName, Disk>();
  readonly surprises: Surprise[] = [];
  readonly credentials = { user, password: new Secret(randomBytes(12).toString('hex')) };
  readonly tenantSecret = new Secret(randomBytes(16).toString('hex'));
  readonly root: string;
  readonly #options: ClusterOptions;
  readonly #logs = new Map<PartName, string[]>();
  readonly #agents = new Map<PartName, NodeProcess>();
  #natsPort = 0;
  #enginePort = 0;
  #isClosing = false;

  constructor(options: ClusterOptions) {
    this.#options = options;
    this.root = options.root;
    this.journal = new Journal(sessions, options.onCommitted);
  }

  get natsUrl(): string {
    return `nats://127.0.0.1:${this.#natsPort}`;
  }

  get engineUrl(): string {
    return `http://127.0.0.1:${this.#enginePort}`;
  }

  get connection(): LedgerConnection {
    return { kind: 'embedded', file: join(this.#folder('hub'), 'ledger.sqlite') };
  }

  get outboxFile(): string {
    return join(this.#folder('edge'), 'outbox.sqlite');
  }

  async open(): Promise<void> {
    this.scope.defer('data', () => rm(this.root, { recursive: true, force: true, maxRetries: 5 }));
    for (const name of ['hub', 'edge'] as const) {
      mkdirSync(this.#folder(name), { recursive: true });
      if (this.#options.disks === 'none') continue;
      const disk = await mountDisk(this.#folder(name), diskMegabytes[name]);
      if (disk !== undefined) this.disks.set(name, this.scope.own(`disk ${name}`, disk));
    }
    for (const name of ['logs', 'clocks']) mkdirSync(this.#folder(name), { recursive: true });
    this.#natsPort = await findQuietPort(this.#options.seed);
    this.#enginePort = await findQuietPort(this.#natsPort);
    for (const name of linkNames) {
      const port = name.endsWith('nats') ? this.#natsPort : this.#enginePort;
      this.links.set(name, this.scope.own(name, await openTcpProxy(port)));
    }
    for (const name of partNames) {
      const launch = (): Promise<Launched> => this.#launch(name);
      this.parts.set(name, new Part({ name, launch, onSurprise: (part) => this.#onSurprise(part) }));
      this.scope.defer(name, () => this.part(name).close());
    }
    this.scope.defer('supervision', () => void (this.#isClosing = true));
    for (const part of this.parts.values()) await part.ensureRunning();
  }

  part(name: PartName): Part<PartName> {
    const part = this.parts.get(name);
    if (part === undefined) throw new RangeError(`there is no ${name}`);
    return part;
  }

  link(name: LinkName): TcpProxy {
    const link = this.links.get(name);
    if (link === undefined) throw new RangeError(`there is no link ${name}`);
    return link;
  }

  setClock(part: PartName, offsetMs: number): void {
    writeFileSync(this.#clockFile(part), String(offsetMs));
  }

  lastWords(part: PartName): readonly string[] {
    return this.#logs.get(part) ?? [];
  }

  async stopAgents(): Promise<void> {
    const names = ['online', 'edge'] as const;
    await Promise.all(
      names.map(async (name) => {
        const how = await this.part(name).leave(() => this.#agents.get(name)?.say('stop'));
        if (how !== 0) this.#keepSurprise(name);
      }),
    );
  }

  #keepSurprise(part: PartName): void {
    this.surprises.push({ part, atMs: Date.now(), lastWords: this.lastWords(part).slice(-5) });
  }

  #folder(name: string): string {
    return join(this.root, name);
  }

  #clockFile(part: PartName): string {
    return join(this.#folder('clocks'), part);
  }

  #onSurprise(part: PartName): void {
    if (this.#isClosing) return;
    this.#keepSurprise(part);
    void sleep(superviseMs).then(async () => {
      if (!this.#isClosing) await this.part(part).ensureRunning();
    });
  }

  async #launch(name: PartName): Promise<Launched> {
    switch (name) {
      case 'nats':
        return this.#launchNats();
      case 'engine':
        return startAnalyticsServer({
          dataDir: this.#folder('engine'),
          port: this.#enginePort,
          username: user,
          password: this.credentials.password,
          tenantSecret: this.tenantSecret,
        });
      case 'ingestor-0':
      case 'ingestor-1':
        return this.#launchService(name, ingestorMain, this.#ingestorEnvironment(name));
      case 'syncer':
        return this.#launchService(name, syncerMain, this.#syncerEnvironment());
      case 'online':
      case 'edge':
        return this.#launchAgents(name);
      default:
        return name satisfies never;
    }
  }

  async #launchNats(): Promise<Launched> {
    const binary = await findNatsServer(process.env);
    if (binary === undefined) throw new Error('there is no nats-server: run "npm run setup"');
    return startNatsServer({
      binary,
      dataDir: this.#folder('nats'),
      port: this.#natsPort,
      partitions,
      access: { kind: 'password', ...this.credentials },
    });
  }

  #launchService(name: PartName, script: string, environment: Readonly<Record<string, string>>): NodeProcess {
    return startNode({ script, clockShim, environment: { ...this.#clockOf(name), ...environment }, ...this.#io(name) });
  }

  #launchAgents(name: 'online' | 'edge'): NodeProcess {
    const mine = sessions
      .map((session, index) => ({ session, index, next: this.journal.progressOf(index).acked + 1 }))
      .filter(({ session }) => session.agent === name);
    const order: AgentOrder = {
      run: this.#options.run,
      seed: this.#options.seed,
      sessions: mine,
      servers: `nats://127.0.0.1:${this.link('online nats').port}`,
      user,
      password: this.credentials.password.reveal(),
      ...(name === 'edge' ? { outbox: this.outboxFile } : {}),
      pauseMs: this.#options.agentPauseMs,
    };
    const agent = startNode({
      script: agentMain,
      args: [JSON.stringify(order)],
      clockShim,
      environment: this.#clockOf(name),
      ...this.#io(name),
    });
    this.#agents.set(name, agent);
    return agent;
  }

  #io(name: PartName): { onOutput: (line: string) => void; onLog: (line: string) => void } {
    const lines: string[] = this.#logs.get(name) ?? [];
    this.#logs.set(name, lines);
    const file = join(this.#folder('logs'), `${name}.log`);
    return {
      onOutput: (line) => this.journal.read(line),
      onLog: (line) => {
        lines.push(line);
        if (lines.length > logLinesKept) lines.shift();
        appendFileSync(file, `${line}\n`);
      },
    };
  }

  #clockOf(name: PartName): Readonly<Record<string, string>> {
    return { SWARMLEDGER_TEST_CLOCK: this.#clockFile(name) };
  }

  #ingestorEnvironment(name: 'ingestor-0' | 'ingestor-1'): Readonly<Record<string, string>> {
    return {
      ...this.#hubEnvironment(this.link(`${name} nats`)),
      SWARMLEDGER_DATA: this.#folder('hub'),
      SWARMLEDGER_LEDGER: 'embedded',
      SWARMLEDGER_CLICKHOUSE_URL: `http://127.0.0.1:${this.link(`${name} engine`).port}`,
      SWARMLEDGER_CLICKHOUSE_USER: user,
      SWARMLEDGER_CLICKHOUSE_PASSWORD: this.credentials.password.reveal(),
      SWARMLEDGER_PARTITIONS: String(partitions),
      SWARMLEDGER_OWN_PARTITIONS: 'auto',
      SWARMLEDGER_AUTO_TENANTS: 'true',
    };
  }

  #syncerEnvironment(): Readonly<Record<string, string>> {
    return { ...this.#hubEnvironment(this.link('syncer nats')), SWARMLEDGER_OUTBOX: this.outboxFile };
  }

  #hubEnvironment(nats: TcpProxy): Readonly<Record<string, string>> {
    return {
      SWARMLEDGER_NATS_URL: `nats://127.0.0.1:${nats.port}`,
      SWARMLEDGER_NATS_USER: user,
      SWARMLEDGER_NATS_PASSWORD: this.credentials.password.reveal(),
      SWARMLEDGER_HEALTH_PORT: '0',
    };
  }
}
