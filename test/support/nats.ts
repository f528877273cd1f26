import { connectBus, findNatsServer, startNatsServer, type Bus, type NatsServer } from '@swarmledger/bus';
import { Secret } from '@swarmledger/runtime';
import { withFolder } from './cli.ts';

const user = 'hub';
const password = new Secret('test-password');
export const natsCredentials = { user, password };

export interface TestServer {
  readonly server: NatsServer;
  connect(name?: string): Promise<Bus>;
  /** As after a power cut: the same data, the same port. */
  restart(): Promise<void>;
}

/** A real nats-server on a new folder. Fails when there is none: a silent skip would look green. */
export async function withNats<T>(body: (nats: TestServer) => Promise<T>, partitions = 4): Promise<T> {
  const binary = await findNatsServer(process.env);
  if (binary === undefined) throw new Error('there is no nats-server: run "npm run setup"');
  return withFolder(async (dataDir) => {
    let server = await startNatsServer({
      binary,
      dataDir,
      port: 0,
      partitions,
      access: { kind: 'password', user, password },
    });
    const buses: Bus[] = [];
    try {
      return await body({
        get server() {
          return server;
        },
        connect: async (name = 'test') => {
          const bus = await connectBus({ servers: server.url, name, credentials: natsCredentials });
          buses.push(bus);
          return bus;
        },
        restart: async () => {
          server = await startNatsServer({
            binary,
            dataDir,
            port: server.port,
            partitions,
            access: { kind: 'password', user, password },
          });
        },
      });
    } finally {
      for (const bus of buses) await bus.close();
      await server.close();
    }
  });
}
