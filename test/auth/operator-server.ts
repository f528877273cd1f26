import { join } from 'node:path';
import {
  accountPublicKey,
  connectBus,
  createHubCredentials,
  createHubKeys,
  createUserKey,
  encodeHubUserJwt,
  encodeTenantUserJwt,
  findNatsServer,
  pushAccount,
  saveHubKeys,
  startNatsServer,
  type Bus,
  type HubKeys,
  type NatsServer,
} from '@swarmledger/bus';
import { parseTenantId } from '@swarmledger/protocol';
import { Secret } from '@swarmledger/runtime';
import { withFolder } from '../support/cli.ts';

export interface User {
  readonly publicKey: string;
  readonly seed: string;
  readonly jwt: string;
}

export interface OperatorServer {
  readonly server: NatsServer;
  readonly account: string;
  /** As they are now; a test may replace them, and push. */
  keys: HubKeys;
  readonly hub: Bus;
  /** Where the keys were at the start. */
  readonly keysFile: string;
  /** Another connection of the hub's own. */
  readonly connectHub: () => Promise<Bus>;
  readonly user: (tenant: string, lifeMs?: number) => Promise<User>;
  readonly connect: (user: User) => Promise<Bus>;
  readonly push: (revocations?: Readonly<Record<string, number>>) => Promise<void>;
  /** The same data, the same port. */
  readonly restart: () => Promise<void>;
}

const partitions = 4;

/** A real nats-server in operator mode, with streams. */
export async function withOperatorServer<T>(body: (nats: OperatorServer) => Promise<T>): Promise<T> {
  const binary = await findNatsServer(process.env);
  if (binary === undefined) throw new Error('there is no nats-server: run "npm run setup"');
  return withFolder(async (dataDir) => {
    let keys = createHubKeys(Date.now());
    const keysFile = join(dataDir, 'hub-keys.json');
    await saveHubKeys(keysFile, keys);
    const start = (port: number): Promise<NatsServer> =>
      startNatsServer({ binary, dataDir, port, partitions, access: { kind: 'operator', keys } });
    let server = await start(0);
    const buses: Bus[] = [];
    const open = async (user: User): Promise<Bus> => {
      const issue = async (): Promise<{ jwt: string; expiresAtMs: number }> => ({
        jwt: user.jwt,
        expiresAtMs: Infinity,
      });
      const credentials = { kind: 'jwt', seed: new Secret(user.seed), issue } as const;
      const bus = await connectBus({ servers: server.url, name: 'test', credentials });
      buses.push(bus);
      return bus;
    };
    const hubUser = createUserKey();
    try {
      const hub = await open({ ...hubUser, jwt: await encodeHubUserJwt(keys, hubUser.publicKey) });
      await hub.ensureStreams({ partitions });
      return await body({
        get server() {
          return server;
        },
        get keys() {
          return keys;
        },
        set keys(next) {
          keys = next;
        },
        account: accountPublicKey(keys),
        hub,
        keysFile,
        connectHub: async () => {
          const bus = await connectBus({ servers: server.url, name: 'hub', credentials: createHubCredentials(keys) });
          buses.push(bus);
          return bus;
        },
        user: async (tenant, lifeMs = 60_000) => {
          const pair = createUserKey();
          const claims = { publicKey: pair.publicKey, tenant: parseTenantId(tenant), expiresAtMs: Date.now() + lifeMs };
          return { ...pair, jwt: await encodeTenantUserJwt(keys, claims) };
        },
        connect: open,
        push: (revocations = {}) => pushAccount(server.url, keys, { partitions, revocations }),
        restart: async () => {
          await server.close();
          server = await start(server.port);
        },
      });
    } finally {
      for (const bus of buses) await bus.close();
      await server.close();
    }
  });
}
