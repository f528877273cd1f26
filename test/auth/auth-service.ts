import { join } from 'node:path';
import { openAuth, type AuthService, type AuthSettings } from '@swarmledger/auth';
import { openLedger, type Ledger } from '@swarmledger/ledger';
import { Secret, silentLogger } from '@swarmledger/runtime';
import { withFolder } from '../support/cli.ts';
import { withNats, type TestServer } from '../support/nats.ts';
import type { OperatorServer } from './operator-server.ts';

export const operator = { username: 'operator', password: 'correct horse battery' };
export const password = 'a long enough password';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Record<string, unknown> & { readonly error?: { readonly code: string; readonly message: string } };
}

export interface TestAuth {
  readonly service: AuthService;
  readonly ledger: Ledger;
  readonly nats: TestServer;
  readonly issuerFile: string;
  /** Of the service; a test may move it. */
  readonly clock: { offsetMs: number };
  readonly call: (method: string, path: string, token?: string, body?: unknown) => Promise<Answer>;
  /** Registers a tenant with its owner `{tenant}-owner`, and signs the owner in. */
  readonly register: (tenant: string) => Promise<string>;
  readonly signIn: (username: string, secret?: string) => Promise<string>;
  /** Of an agent, by its secret. */
  readonly clientToken: (clientId: string, clientSecret: string) => Promise<Answer>;
  /** A new service on the same data. */
  readonly restart: () => Promise<void>;
}

const generous = { points: 10_000, durationSeconds: 60 };
const noLimits = { open: generous, token: generous, failedLogin: generous, signedIn: generous };

export interface TestAuthOptions {
  /** The local one by default. */
  readonly issuer?: AuthSettings['issuer'];
  readonly limits?: Partial<typeof noLimits>;
  /** The SQL endpoint. */
  readonly sql?: AuthSettings['sql'];
  /** None by default: tenants have no data keys. */
  readonly masterKeys?: AuthSettings['masterKeys'];
  /** A server in operator mode, instead of one with a password. */
  readonly operatorServer?: OperatorServer;
}

/** The auth service with its local issuer, on a real nats-server and an embedded ledger. */
export async function withAuth<T>(body: (auth: TestAuth) => Promise<T>, options: TestAuthOptions = {}): Promise<T> {
  const { operatorServer } = options;
  if (operatorServer !== undefined) return withAuthOn(adapt(operatorServer), body, options);
  return withNats((nats) => withAuthOn(nats, body, options));
}

function adapt(nats: OperatorServer): TestServer {
  return {
    server: nats.server,
    connect: () => nats.connectHub(),
    restart: () => nats.restart(),
  };
}

async function withAuthOn<T>(
  nats: TestServer,
  body: (auth: TestAuth) => Promise<T>,
  options: TestAuthOptions,
): Promise<T> {
  return withFolder(async (folder) => {
    const issuerFile = join(folder, 'auth', 'issuer.json');
    const connection = { kind: 'embedded', file: join(folder, 'ledger.sqlite') } as const;
    const clock = { offsetMs: 0 };
    const ledger = await openLedger({ connection });
    let port = 0;
    const open = (): Promise<AuthService> =>
      openAuth(
        {
          listen: { host: '127.0.0.1', port },
          nats: { servers: nats.server.url, keysFile: options.operatorServer?.keysFile, partitions: 4 },
          sql: options.sql,
          masterKeys: options.masterKeys,
          publicUrl: undefined,
          proxies: 0,
          issuer: options.issuer ?? {
            kind: 'local',
            file: issuerFile,
            operator: { username: operator.username, password: new Secret(operator.password) },
          },
        },
        {
          openLedger: () => openLedger({ connection }),
          connectBus: () => nats.connect('auth'),
          log: silentLogger,
          clock: () => Date.now() + clock.offsetMs,
          limits: { ...noLimits, ...options.limits },
        },
      );
    const admin = await nats.connect('admin');
    await admin.ensureStreams({ partitions: 4 });
    let service = await open();
    port = Number(new URL(service.url).port);
    const call: TestAuth['call'] = async (method, path, token, input) => {
      const response = await fetch(`${service.url}${path}`, {
        method,
        headers: {
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
          ...(input === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(input === undefined ? {} : { body: typeof input === 'string' ? input : JSON.stringify(input) }),
      });
      return read(response);
    };
    const grant = async (form: Record<string, string>): Promise<Answer> => {
      const url = `${service.issuerUrl}/protocol/openid-connect/token`;
      return read(await fetch(url, { method: 'POST', body: new URLSearchParams(form) }));
    };
    const signIn: TestAuth['signIn'] = async (username, secret = password) => {
      const form = { grant_type: 'password', client_id: 'swarmledger-cli', username, password: secret };
      const { status, body: answer } = await grant(form);
      if (status !== 200) throw new Error(`cannot sign ${username} in: ${JSON.stringify(answer)}`);
      return String(answer['access_token']);
    };
    try {
      return await body({
        get service() {
          return service;
        },
        ledger,
        nats,
        issuerFile,
        clock,
        call,
        signIn,
        register: async (tenant) => {
          const { status, body: answer } = await call('POST', '/v1/register', undefined, registration(tenant));
          if (status !== 201) throw new Error(`cannot register ${tenant}: ${JSON.stringify(answer)}`);
          return signIn(`${tenant}-owner`);
        },
        clientToken: (clientId, clientSecret) =>
          grant({ grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret }),
        restart: async () => {
          await service.close();
          service = await open();
        },
      });
    } finally {
      await service.close();
      await ledger.close();
    }
  });
}

/** Every event that was published so far, as `subject bytes`: acts are published before they are answered. */
export async function readPublished(nats: TestServer): Promise<readonly string[]> {
  const bus = await nats.connect();
  const messages: string[] = [];
  for (let partition = 0; partition < 4; partition++) {
    const consumer = await bus.openPartition(partition);
    const { pending, unacknowledged } = await bus.lag(partition);
    const options = { maxMessages: 1_000, maxBytes: 1_000_000, waitMs: 1_000, signal: AbortSignal.timeout(60_000) };
    // A pull gives what has arrived so far.
    for (let left = pending + unacknowledged; left > 0;) {
      const pulled = await consumer.pull(options);
      for (const { subject, data } of pulled) messages.push(`${subject} ${Buffer.from(data).toString('latin1')}`);
      left -= pulled.length;
    }
  }
  return messages;
}

export function registration(tenant: string): Record<string, string> {
  const username = `${tenant}-owner`;
  return { tenant, project: 'web', username, email: `${username}@example.com`, password };
}

async function read(response: Response): Promise<Answer> {
  const text = await response.text();
  const body = text === '' ? {} : (JSON.parse(text) as Answer['body']);
  return { status: response.status, headers: response.headers, body };
}
