import { connect as connectTcp } from 'node:net';
import { connectBus } from '@swarmledger/bus';
import { eventsSubject, headerNames, parseProjectId, parseTenantId } from '@swarmledger/protocol';
import { sleep, withScope } from '@swarmledger/runtime';
import type { Cluster } from './cluster.ts';
import { createRandom } from './random.ts';
import type { Recorder } from './recorder.ts';
import { partNames, type Harm, type ScheduledHarm } from './schedule.ts';

/** What harm leaves behind that the checker has to know. */
export interface HarmReport {
  /** Messages that are no events: tried, and taken by the stream. */
  hostileTried: number;
  hostileTaken: number;
  /** Harms that could not be done here, with the reason. */
  readonly skipped: string[];
}

export interface HarmDependencies {
  readonly cluster: Cluster;
  readonly recorder: Recorder;
  readonly report: HarmReport;
}

type Undo = () => Promise<void> | void;
const nothing: Undo = () => undefined;
const intruderPulls = 5;

/** Does harm, waits, and undoes it. Does not throw: what is in the way at that moment is harm too. */
export async function doHarm(dependencies: HarmDependencies, { harm, forMs }: ScheduledHarm): Promise<void> {
  const undo = await begin(dependencies, harm, forMs);
  await sleep(forMs);
  await undo();
}

async function begin(dependencies: HarmDependencies, harm: Harm, forMs: number): Promise<Undo> {
  const { cluster, report } = dependencies;
  switch (harm.kind) {
    case 'kill':
      return killPart(cluster, harm.part);
    case 'engine_gone':
      return killPart(cluster, 'engine');
    case 'pause':
    case 'pause_past_lease': {
      const part = cluster.part(harm.part);
      await part.pause();
      return () => part.resume();
    }
    case 'cut': {
      const link = cluster.link(harm.link);
      link.cut();
      return () => link.restore();
    }
    case 'cut_inside_message': {
      const link = cluster.link(harm.link);
      void link.cutAfter(harm.afterBytes);
      return () => link.restore();
    }
    case 'freeze': {
      const link = cluster.link(harm.link);
      link.freeze();
      return () => link.thaw();
    }
    case 'delay': {
      const link = cluster.link(harm.link);
      link.delay(harm.delayMs);
      return () => link.delay(0);
    }
    case 'fill_disk': {
      const disk = cluster.disks.get(harm.disk);
      if (disk === undefined) {
        report.skipped.push('fill_disk: mounting a small disk is not allowed here');
        return nothing;
      }
      await disk.fill();
      return () => disk.empty();
    }
    case 'set_clock':
      cluster.setClock(harm.part, harm.offsetMs);
      return () => cluster.setClock(harm.part, 0);
    case 'slow_reader':
      return openSlowReader(cluster);
    case 'duplicates':
      await dependencies.recorder.publishAgain(harm.messages, harm.shuffleSeed);
      return nothing;
    case 'intruder':
      void intrude(cluster, harm.partition, forMs).catch(() => undefined);
      return nothing;
    case 'hostile_input':
      await sendHostileInput(dependencies, harm.messages);
      return nothing;
    case 'restart_everything': {
      await Promise.all(partNames.map((name) => cluster.part(name).kill()));
      return () => startAll(cluster, harm.order);
    }
    default:
      return harm satisfies never;
  }
}

/** Ends every harm: everything runs, every network works, every disk has room, every clock is right. */
export async function healEverything(cluster: Cluster): Promise<void> {
  for (const link of cluster.links.values()) {
    link.restore();
    link.thaw();
    link.delay(0);
  }
  for (const disk of cluster.disks.values()) await disk.empty();
  for (const name of partNames) cluster.setClock(name, 0);
  await startAll(cluster, partNames);
}

async function killPart(cluster: Cluster, name: (typeof partNames)[number]): Promise<Undo> {
  const part = cluster.part(name);
  await part.kill();
  return () => startAll(cluster, [name]);
}

/** What cannot start now (no room for its files) is started when everything is healed. */
async function startAll(cluster: Cluster, names: readonly (typeof partNames)[number][]): Promise<void> {
  for (const name of names) {
    await cluster
      .part(name)
      .ensureRunning()
      .catch(() => undefined);
  }
}

/** The protocol as https://docs.nats.io/reference/reference-protocols/nats-protocol has it: a client library would read. */
function openSlowReader({ natsUrl, credentials }: Cluster): Undo {
  const socket = connectTcp(Number(new URL(natsUrl).port), '127.0.0.1');
  socket.on('error', () => undefined);
  const options = { verbose: false, pedantic: false, user: credentials.user, pass: credentials.password.reveal() };
  socket.write(`CONNECT ${JSON.stringify(options)}\r\nSUB ledger.> 1\r\nSUB swarm.> 2\r\n`);
  socket.pause();
  return () => void socket.destroy();
}

/** Takes a partition's messages, hands them back, and again; its owner has to come back each time. */
async function intrude({ natsUrl, credentials }: Cluster, partition: number, forMs: number): Promise<void> {
  await withScope(async (scope) => {
    const bus = scope.own('bus', await connectBus({ servers: natsUrl, name: 'intruder', credentials }));
    for (let pull = 0; pull < intruderPulls; pull++) {
      const consumer = await bus.openPartition(partition);
      const signal = AbortSignal.timeout(5_000);
      await consumer.pull({ maxMessages: 50, maxBytes: 1_000_000, waitMs: 200, signal }).catch(() => undefined);
      await consumer.close();
      await sleep(forMs / intruderPulls);
    }
  });
}

/** Bytes that are no event, events under somebody else's subject, and subjects without a tenant. */
async function sendHostileInput({ cluster, recorder, report }: HarmDependencies, messages: number): Promise<void> {
  const random = createRandom(messages);
  const [mine, theirs] = [parseTenantId('acme'), parseTenantId('globex')];
  const web = parseProjectId('web');
  await withScope(async (scope) => {
    const { natsUrl, credentials } = cluster;
    const bus = scope.own('bus', await connectBus({ servers: natsUrl, name: 'hostile', credentials }));
    for (let index = 0; index < messages; index++) {
      const [captured] = recorder.sample(1, random.below(2 ** 31));
      const isForeign = index % 3 === 0 && captured?.tenant === mine;
      const data = isForeign ? captured.data : Buffer.from(Array.from({ length: 40 }, () => random.below(256)));
      const headers = new Map(isForeign ? captured.headers : []);
      headers.delete(headerNames.messageId);
      report.hostileTried += 1;
      await bus.publisher.publishRaw(eventsSubject(theirs, web), data, headers);
      report.hostileTaken += 1;
    }
  }).catch(() => undefined);
}
