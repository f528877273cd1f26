import { encodeFeedRecord } from '@swarmledger/protocol';
import { toDay, TransientError } from '@swarmledger/runtime';
import type { Directories, ProjectPlace } from '../directories.ts';
import type { Transaction } from '../fdb/store.ts';
import { toFeedRecords } from '../feed/feed-records.ts';
import { assertWritable } from '../identity.ts';
import { encodeCount } from '../values.ts';
import type { CommitMemory } from './commit-memory.ts';
import type { ContentFindings } from './find-contents.ts';
import type { PreparedProject } from './prepare.ts';
import { ProjectWriter, type MessageOutcome } from './project-writer.ts';

/** One project's part of an append. */
export interface ProjectInput {
  readonly prepared: PreparedProject;
  readonly place: ProjectPlace;
  readonly findings: ContentFindings;
}

export interface AppendInput {
  readonly directories: Directories;
  readonly partition: number;
  /** The lease's value; another one, or none, means that the partition has another owner. Undefined: it is not asked for. */
  readonly lease: Buffer | undefined;
  readonly projects: readonly ProjectInput[];
  readonly memory: CommitMemory;
  readonly nowMs: number;
}

export type AppendAttempt =
  /** Something that was found out before the transaction does not hold any more. Nothing was written. */
  | { readonly kind: 'stale' }
  | {
      readonly kind: 'written';
      readonly outcomes: ReadonlyMap<number, MessageOutcome>;
      /** Resolves after the commit; awaiting it inside the transaction would never end. Absent: no event was written. */
      readonly stamp:
        | {
            readonly promise: Promise<Buffer>;
            /** Kept until then: the addon destroys a transaction that nobody refers to, and its promises with it. */
            readonly of: Transaction;
          }
        | undefined;
    };

/**
 * The body of an append's transaction. It may run several times, also after a commit whose answer was lost, and computes
 * everything from what it reads.
 *
 * @throws TransientError lease_lost
 */
export async function appendInTransaction(tn: Transaction, input: AppendInput): Promise<AppendAttempt> {
  const { directories, partition, projects, memory, nowMs } = input;
  const writers = projects.map(({ prepared, place, findings }) => ({
    prepared,
    place,
    writer: new ProjectWriter(tn, place, { prepared, findings, nowMs }),
  }));
  const [lease, isCurrent, ...loads] = await Promise.all([
    // Fencing: whoever takes the partition over writes this key, and so this transaction conflicts.
    input.lease === undefined
      ? assertWritable(tn, directories.identity, directories.incarnation)
      : tn.get(directories.leases.lease(partition)),
    directories.isCurrent(
      tn,
      projects.map(({ place }) => place),
    ),
    ...writers.map(({ writer }) => writer.load()),
  ]);
  if (input.lease !== undefined && !(lease instanceof Buffer && lease.equals(input.lease))) throw leaseLost(partition);
  if (!isCurrent || loads.includes('stale')) return { kind: 'stale' };
  memory.noteKnown(writers.map(({ prepared, writer }) => ({ prepared, known: writer.known })));

  const outcomes = new Map<number, MessageOutcome>();
  let order = 0;
  for (const { prepared, writer } of writers) {
    for (const message of prepared.messages) {
      const { outcome, added } = await writer.append(message, order);
      outcomes.set(message.index, outcome);
      order += added;
    }
    writer.finish();
  }
  const resolved = memory.resolve(
    writers.map(({ prepared }) => prepared),
    outcomes,
  );
  if (order === 0) return { kind: 'written', outcomes: resolved, stamp: undefined };
  writeFeed(tn, input, writers);
  countUsage(tn, writers, nowMs);
  return { kind: 'written', outcomes: resolved, stamp: { ...tn.getVersionstamp(), of: tn } };
}

type Writers = readonly { readonly place: ProjectPlace; readonly writer: ProjectWriter }[];

function writeFeed(tn: Transaction, { directories, partition }: AppendInput, writers: Writers): void {
  const commits = directories.feed.commits(partition);
  const records = toFeedRecords(writers.flatMap(({ writer }) => writer.spans));
  records.forEach((record, index) => tn.setVersionstampedKeyRaw(commits.next(index), encodeFeedRecord(record)));
  tn.add(directories.feed.news(partition), encodeCount(1));
}

function countUsage(tn: Transaction, writers: Writers, nowMs: number): void {
  const day = toDay(nowMs);
  const counts = new Map<string, { readonly key: Buffer; events: number }>();
  for (const { place, writer } of writers) {
    const count = counts.get(place.tenant) ?? { key: place.tenantKeys.usage(day), events: 0 };
    count.events += writer.chargedEvents;
    counts.set(place.tenant, count);
  }
  for (const { key, events } of counts.values()) if (events > 0) tn.add(key, encodeCount(events));
}

export function leaseLost(partition: number): TransientError {
  return new TransientError('lease_lost', `partition ${partition} was taken over by another owner`);
}
