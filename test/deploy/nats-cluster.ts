import { spawn } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findNatsServer } from '@swarmledger/bus';
import { partitionMapping } from '@swarmledger/protocol';
import { findFreePort, stopChild } from '@swarmledger/runtime';
import { eventually } from '../support/cli.ts';

export interface ClusterNode {
  readonly name: string;
  readonly address: string;
  start(): Promise<void>;
  stop(): Promise<void>;
}

export interface Cluster {
  readonly nodes: readonly ClusterNode[];
  readonly servers: readonly string[];
  readonly monitoringPort: number;
  close(): Promise<void>;
}

/** Where KEDA would find them in Kubernetes; the addresses here are the loopback's. */
const hosts = ['127.0.0.1', '127.0.0.2', '127.0.0.3'] as const;
const startMs = 60_000;

/** Three servers as deploy/k8s/base/nats.conf makes them: same ports, three addresses, an account HUB, nobody advertised. */
export async function startCluster(folder: string, password: string, partitions: number): Promise<Cluster> {
  const binary = await findNatsServer(process.env);
  if (binary === undefined) throw new Error('there is no nats-server: run "npm run setup"');
  const [port, routePort, monitoringPort] = [await findFreePort(), await findFreePort(), await findFreePort()];
  const { from, to } = partitionMapping(partitions);
  const nodes = await Promise.all(
    hosts.map(async (address, index) => {
      const name = `nats-${index}`;
      await mkdir(join(folder, name), { recursive: true });
      const file = join(folder, name, 'nats.conf');
      await writeFile(
        file,
        `server_name: ${name}
listen: "${address}:${port}"
http: "${address}:${monitoringPort}"
jetstream { store_dir: ${JSON.stringify(join(folder, name, 'data'))} }
cluster {
  name: swarmledger
  listen: "${address}:${routePort}"
  no_advertise: true
  routes: [ ${hosts.map((host) => `"nats://${host}:${routePort}"`).join(', ')} ]
}
accounts { HUB {
  jetstream: enabled
  users: [ { user: swarmledger, password: ${JSON.stringify(password)} } ]
  mappings: { ${JSON.stringify(from)}: ${JSON.stringify(to)} }
} }
`,
      );
      let child: ReturnType<typeof spawn> | undefined;
      return {
        name,
        address,
        start: async () => {
          child = spawn(binary, ['-c', file], { stdio: 'ignore' });
          await eventually(
            async () => (await fetch(`http://${address}:${monitoringPort}/healthz`)).ok || undefined,
            startMs,
          );
        },
        stop: async () => {
          if (child !== undefined) await stopChild(child, 10_000);
          child = undefined;
        },
      };
    }),
  );
  const close = async (): Promise<void> => {
    for (const node of nodes) await node.stop();
  };
  try {
    await Promise.all(nodes.map((node) => node.start()));
  } catch (error) {
    await close();
    throw error;
  }
  return { nodes, servers: hosts.map((host) => `nats://${host}:${port}`), monitoringPort, close };
}
