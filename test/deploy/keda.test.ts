import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connect } from 'nats';
import { connectBus, type Bus, type TakenJob } from '@swarmledger/bus';
import { createJob, jobStream, parseTenantId, workerConsumer } from '@swarmledger/protocol';
import { Secret } from '@swarmledger/runtime';
import { eventually, withFolder } from '../support/cli.ts';
import { withNats } from '../support/nats.ts';
import { jobsToStart, KedaScaler, type ScalerMetadata } from './keda-scaler.ts';
import { startCluster } from './nats-cluster.ts';
import { findManifest, renderOverlay } from './render.ts';

const tenant = parseTenantId('acme');
const manifests = renderOverlay('dev');

interface ScaledJobSpec {
  readonly maxReplicaCount: number;
  readonly triggers: readonly [{ readonly metadata: Omit<ScalerMetadata, 'account' | 'natsServerMonitoringEndpoint'> }];
}
const scaledJob = findManifest(manifests, 'ScaledJob', 'worker').spec as unknown as ScaledJobSpec;
const { metadata } = scaledJob.triggers[0];

function readSecret(name: string, key: string): string {
  return Buffer.from(findManifest(manifests, 'Secret', name).data?.[key] ?? '', 'base64').toString();
}

/** The trigger as it is deployed, with the Secret's values. */
const deployed: ScalerMetadata = {
  ...metadata,
  account: readSecret('nats-monitoring', 'account'),
  natsServerMonitoringEndpoint: readSecret('nats-monitoring', 'endpoint'),
};

async function submit(bus: Bus, count: number): Promise<void> {
  for (let number = 0; number < count; number++) {
    await bus.jobs.submit(tenant, createJob({ project: 'web', task: `job ${number}` }));
  }
}

async function take(bus: Bus, count: number): Promise<readonly TakenJob[]> {
  const jobs: TakenJob[] = [];
  while (jobs.length < count) {
    const job = await bus.jobs.take({ waitMs: 10_000, signal: AbortSignal.timeout(20_000) });
    assert.ok(job, 'there is a job');
    jobs.push(job);
  }
  return jobs;
}

async function untilLag(scaler: KedaScaler, lag: number): Promise<void> {
  await eventually(async () => {
    const poll = await scaler.poll();
    assert.deepEqual(poll, { lag, isActive: lag > 0 });
    return true;
  });
}

/** Through empty, backlog, in flight and drained. */
async function walkThrough(scaler: KedaScaler, bus: Bus): Promise<void> {
  const start = async (running: number): Promise<number> =>
    jobsToStart((await scaler.poll()).lag, Number(deployed.lagThreshold), running, scaledJob.maxReplicaCount);
  await untilLag(scaler, 0);
  assert.equal(await start(0), 0, 'empty: no worker');
  await submit(bus, 3);
  await untilLag(scaler, 3);
  assert.equal(await start(0), Math.min(3, scaledJob.maxReplicaCount), 'a backlog: one worker per job');
  const taken = await take(bus, 2);
  await untilLag(scaler, 3);
  assert.equal(await start(2), 1, 'what runs counts too, and is not started twice');
  const [first, second] = taken;
  await first?.ack();
  await untilLag(scaler, 2);
  second?.retryLater(0);
  await untilLag(scaler, 2);
  for (const job of await take(bus, 2)) await job.ack();
  await untilLag(scaler, 0);
  assert.equal(await start(0), 0, 'drained: back to zero');
}

test('KEDA sees no job as long as nobody made the stream, and each one from the first on after that', async () => {
  await withNats(async (nats) => {
    const endpoint = { ...deployed, natsServerMonitoringEndpoint: `127.0.0.1:${nats.server.monitoringPort}` };
    const scaler = new KedaScaler(endpoint);
    await assert.rejects(scaler.poll(), /stream not found/);
    const bus = await nats.connect();
    await bus.ensureStreams({ partitions: 4 });
    await walkThrough(scaler, bus);
    const otherAccount = new KedaScaler({ ...endpoint, account: 'OTHER' });
    await assert.rejects(otherAccount.poll(), /stream not found/, 'an account of another name is not ours');
  });
});

test('in a cluster of three KEDA follows the consumer’s leader when it moves and when its server goes', async () => {
  await withFolder(async (folder) => {
    const password = 'cluster-password';
    const cluster = await startCluster(folder, password, 2);
    const credentials = { user: 'swarmledger', password: new Secret(password) };
    try {
      const bus = await connectBus({ servers: cluster.servers, name: 'test', credentials });
      const client = await connect({ servers: [...cluster.servers], user: 'swarmledger', pass: password });
      try {
        await eventually(async () => {
          await bus.ensureStreams({ partitions: 2, replicas: 3 });
          return true;
        }, 60_000);
        // Kubernetes' DNS: the service is any of them, nats-1.<service> is that one.
        const resolve = (endpoint: string): string => {
          const node = cluster.nodes.find(({ name }) => endpoint.startsWith(`${name}.`)) ?? cluster.nodes[0];
          return `${node?.address}:${cluster.monitoringPort}`;
        };
        const nameRoute = (url: string): string =>
          `${cluster.nodes.find(({ address }) => url.startsWith(`${address}:`))?.name}.nats-headless:6222`;
        const dns = { resolve, nameRoute };
        await walkThrough(new KedaScaler(deployed, dns), bus);

        const scaler = new KedaScaler(deployed, dns);
        await submit(bus, 4);
        await untilLag(scaler, 4);
        const manager = await client.jetstreamManager();
        const leader = async (): Promise<string> =>
          (await manager.consumers.info(jobStream, workerConsumer)).cluster?.leader ?? '';
        for (let move = 0; move < 3; move++) {
          const before = await leader();
          await client.request(`$JS.API.CONSUMER.LEADER.STEPDOWN.${jobStream}.${workerConsumer}`);
          await eventually(async () => ![before, ''].includes(await leader()) || undefined);
          const [job] = await take(bus, 1);
          await untilLag(scaler, 4 - move);
          await job?.ack();
          await untilLag(scaler, 3 - move);
        }
        const lastLeader = await leader();
        const victim = cluster.nodes.find(({ name }) => name === lastLeader);
        assert.ok(victim);
        await victim.stop();
        await eventually(async () => ![lastLeader, ''].includes(await leader()) || undefined, 60_000);
        // A KEDA that starts now asks whoever answers; one that knew the old leader by its address waits for its pod to come back.
        await victim.start();
        await untilLag(scaler, 1);
        await untilLag(new KedaScaler(deployed, dns), 1);
        for (const job of await take(bus, 1)) await job.ack();
        await untilLag(scaler, 0);
      } finally {
        await client.close();
        await bus.close();
      }
    } finally {
      await cluster.close();
    }
  });
});
