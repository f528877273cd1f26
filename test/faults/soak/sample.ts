import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { readResidentBytes } from '../../ingest/hub.ts';
import type { Cluster } from '../cluster.ts';
import { partNames, type PartName } from '../schedule.ts';
import { readWaiting } from '../waiting.ts';

/** What a running hub uses at one moment. */
export interface Sample {
  readonly atSeconds: number;
  /** Events that agents were told are recorded, since the start. */
  readonly acked: number;
  /** By process that runs: resident bytes without mapped files, and open file handles (Linux). */
  readonly parts: Readonly<Partial<Record<PartName, { readonly bytes: number; readonly handles: number }>>>;
  /** Bytes on the disk, by what lies there. */
  readonly disk: Readonly<Record<DiskUse, number>>;
  /** What is on its way: messages in the streams, events in the outbox, commits that are not in ClickHouse. */
  readonly waiting: number;
}

/** The ledger and ClickHouse keep everything; the streams and the outbox keep what is on its way. */
export const diskUses = ['hub', 'engine', 'nats', 'edge'] as const;
export type DiskUse = (typeof diskUses)[number];

/** @throws when a server is away at that moment */
export async function takeSample(cluster: Cluster, startMs: number): Promise<Sample> {
  const waiting = await countWaiting(cluster);
  const parts = Object.fromEntries(
    await Promise.all(
      partNames
        .map((name) => [name, cluster.part(name).pid] as const)
        .filter(([, pid]) => pid > 0)
        .map(async ([name, pid]) => [name, await readProcess(pid)] as const),
    ),
  ) as Sample['parts'];
  const disk = Object.fromEntries(
    await Promise.all(diskUses.map(async (use) => [use, await readFolderBytes(join(cluster.root, use))] as const)),
  ) as Sample['disk'];
  const acked = [...cluster.journal.all().values()].reduce((sum, progress) => sum + progress.acked, 0);
  return { atSeconds: Math.round((performance.now() - startMs) / 1_000), acked, parts, disk, waiting };
}

async function countWaiting(cluster: Cluster): Promise<number> {
  const { outbox, streams, feed } = await readWaiting(cluster);
  const messages = streams.reduce((sum, { pending, unacknowledged }) => sum + pending + unacknowledged, 0);
  return outbox.events + messages + feed.pendingCommits;
}

async function readProcess(pid: number): Promise<{ readonly bytes: number; readonly handles: number }> {
  const handles = await readdir(`/proc/${pid}/fd`);
  return { bytes: await readResidentBytes(pid), handles: handles.length };
}

async function readFolderBytes(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const sizes = entries
    .filter((entry) => entry.isFile())
    // Files come and go meanwhile.
    .map((entry) =>
      stat(join(entry.parentPath, entry.name)).then(
        ({ blocks }) => blocks * 512,
        () => 0,
      ),
    );
  return (await Promise.all(sizes)).reduce((sum, bytes) => sum + bytes, 0);
}
