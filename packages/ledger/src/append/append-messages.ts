import { formatVersion, type TenantId, type Version } from '@swarmledger/protocol';
import { errorCode, PermanentError, TransientError } from '@swarmledger/runtime';
import type { Directories } from '../directories.ts';
import type { Store, TransactOptions } from '../fdb/store.ts';
import type { AppendMessage, AppendResult } from '../partitions.ts';
import { appendInTransaction, type AppendAttempt, type ProjectInput } from './append-transaction.ts';
import { CommitMemory } from './commit-memory.ts';
import { findContents } from './find-contents.ts';
import { prepareMessages, type PreparedProject } from './prepare.ts';
import type { MessageOutcome } from './project-writer.ts';

/** More events are two transactions from the start: an event has a 16-bit order, and may get a conflict event beside it. */
const transactionEventsMax = 20_000;
/** More bytes are two transactions from the start: with its keys it would come near FoundationDB's 10 MB. */
const transactionBytesMax = 5_000_000;
/** Directories looked up side by side: a cold start finds thousands of projects in one append. */
const projectsOpenedAtOnce = 64;
/** Directories moved, or content changed, between looking and writing: this often in a row is no accident. */
const staleAttemptsMax = 10;

export interface Appender {
  readonly store: Store;
  readonly directories: Directories;
  readonly clock: () => number;
  readonly partition: number;
  /** The lease's value; undefined: a writer beside the owner. */
  readonly lease: Buffer | undefined;
}

/** Commits messages in as few transactions as their number and length allow, usually one. */
export async function appendMessages(
  appender: Appender,
  messages: readonly AppendMessage[],
  options: TransactOptions,
): Promise<readonly AppendResult[]> {
  if (messages.length === 0) return [];
  if (exceedsTransaction(messages)) {
    if (messages.length > 1) return appendHalves(appender, messages, options);
    const events = messages[0]?.events.length ?? 0;
    if (events > transactionEventsMax) return [tooManyEvents(events)];
  }
  try {
    return await appendOnce(appender, messages, options);
  } catch (error) {
    const isTooLarge = error instanceof PermanentError && errorCode(error) === 'transaction_too_large';
    if (!isTooLarge) throw error;
    if (messages.length > 1) return appendHalves(appender, messages, options);
    return [
      { kind: 'rejected', code: 'message_too_large', message: 'the message does not fit into one ledger transaction' },
    ];
  }
}

function tooManyEvents(events: number): AppendResult {
  const message = `the message has ${events} events; one ledger transaction holds ${transactionEventsMax}`;
  return { kind: 'rejected', code: 'too_many_events', message };
}

async function appendHalves(
  appender: Appender,
  messages: readonly AppendMessage[],
  options: TransactOptions,
): Promise<readonly AppendResult[]> {
  const half = Math.ceil(messages.length / 2);
  // In order: versions follow publish order.
  const first = await appendMessages(appender, messages.slice(0, half), options);
  return [...first, ...(await appendMessages(appender, messages.slice(half), options))];
}

function exceedsTransaction(messages: readonly AppendMessage[]): boolean {
  let events = 0;
  let bytes = 0;
  for (const message of messages) {
    events += message.events.length;
    for (const { raw } of message.events) bytes += raw.length;
  }
  return events > transactionEventsMax || bytes > transactionBytesMax;
}

async function appendOnce(
  appender: Appender,
  messages: readonly AppendMessage[],
  options: TransactOptions,
): Promise<readonly AppendResult[]> {
  const prepared = prepareMessages(messages);
  const memory = new CommitMemory();
  for (let attempt = 0; attempt < staleAttemptsMax; attempt++) {
    const { projects, unknown } = await openProjects(appender, prepared, options);
    const written = await appender.store.transact(
      (tn) => appendInTransaction(tn, { ...appender, projects, memory, nowMs: appender.clock() }),
      options,
    );
    if (written.kind === 'written')
      return collectResults(appender.directories.incarnation, messages.length, written, unknown);
    appender.directories.forget(projects.map(({ place }) => place));
  }
  throw new TransientError('ledger_busy', 'the projects’ directories or contents kept changing during an append');
}

async function openProjects(
  appender: Appender,
  prepared: readonly PreparedProject[],
  options: TransactOptions,
): Promise<{ readonly projects: readonly ProjectInput[]; readonly unknown: ReadonlyMap<number, MessageOutcome> }> {
  const projects: ProjectInput[] = [];
  const unknown = new Map<number, MessageOutcome>();
  for (let at = 0; at < prepared.length; at += projectsOpenedAtOnce) {
    const wave = prepared.slice(at, at + projectsOpenedAtOnce);
    const opened = await Promise.all(wave.map((project) => openProject(appender, project, options)));
    for (const [index, project] of wave.entries()) {
      const input = opened[index];
      if (input !== undefined) projects.push(input);
      else for (const message of project.messages) unknown.set(message.index, unknownTenant(project.tenant));
    }
  }
  return { projects, unknown };
}

/** Undefined: there is no such tenant. */
async function openProject(
  { store, directories }: Appender,
  prepared: PreparedProject,
  options: TransactOptions,
): Promise<ProjectInput | undefined> {
  const place = await directories.ensureProject(prepared.tenant, prepared.project);
  if (place === undefined) return undefined;
  return { prepared, place, findings: await findContents(store, place, prepared, options) };
}

function unknownTenant(tenant: TenantId): MessageOutcome {
  return { kind: 'rejected', code: 'unknown_tenant', message: `there is no tenant ${tenant}` };
}

async function collectResults(
  incarnation: number,
  count: number,
  written: Extract<AppendAttempt, { kind: 'written' }>,
  unknown: ReadonlyMap<number, MessageOutcome>,
): Promise<readonly AppendResult[]> {
  const stamp = await written.stamp?.promise;
  const toVersion = (order: number): Version => {
    if (stamp === undefined) throw new RangeError('an event was written without a versionstamp');
    return formatVersion({ incarnation, stamp, order });
  };
  return Array.from({ length: count }, (_, index): AppendResult => {
    const outcome = written.outcomes.get(index) ?? unknown.get(index);
    if (outcome === undefined) throw new RangeError('a message of an append was lost');
    if (outcome.kind === 'rejected') return outcome;
    const events = outcome.events.map(({ eventId, at, duplicate }) => ({
      eventId,
      version: at.kind === 'before' ? at.version : toVersion(at.order),
      duplicate,
    }));
    return { kind: 'committed', events, conflicts: outcome.conflicts };
  });
}
