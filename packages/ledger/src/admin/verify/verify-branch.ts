import { type BranchName, type PathRecord, type StateChange, type Version } from '@swarmledger/protocol';
import { conflictEventId } from '../../append/conflict-event.ts';
import { decodeContentState } from '../../content/state.ts';
import type { Transaction } from '../../fdb/store.ts';
import { stampOf } from '../../feed/read-group.ts';
import type { StoredEvent } from '../../history.ts';
import type { BranchKeys } from '../../keyspace.ts';
import { readPages } from '../../read/pages.ts';
import { loadStoredEvent } from '../../read/stored-events.ts';
import { decodeEventPlace, decodePathChange, decodePathState, type HeadRecord, type PathState } from '../../values.ts';
import type { Verifying } from './verify-ledger.ts';

export interface BranchFound {
  readonly events: number;
  readonly commits: number;
  /** Entries of the path index that history accounts for. */
  readonly pathChanges: number;
}

/** Reads a branch's history and looks up what each event must have left behind. */
export async function verifyBranch(
  verifying: Verifying,
  branch: BranchName,
  head: HeadRecord | undefined,
): Promise<BranchFound> {
  const { place, project, until, where, findings, options } = verifying;
  const keys = project.keys.branch(branch);
  let events = 0;
  let commits = 0;
  let pathChanges = 0;
  let previous: StoredEvent | undefined;
  for await (const rows of readPages(place.store, keys.history.range({ until }), options)) {
    const page: StoredEvent[] = [];
    for (const [key, value] of rows) {
      page.push(await loadStoredEvent(place.store, project.keys, keys.history.version(key), value, options));
    }
    for (const [index, stored] of page.entries()) {
      const { event, version, commitTimeMs } = stored;
      const isElsewhere =
        event.tenant !== project.tenant || event.project !== project.project || event.branch !== branch;
      if (isElsewhere) findings.add(where, `event ${event.eventId} at ${version} says that it belongs elsewhere`);
      const before: StoredEvent | undefined = page[index - 1] ?? previous;
      if (before !== undefined && before.commitTimeMs > commitTimeMs)
        findings.add(where, `branch ${branch} goes back in time at ${version}`);
      if (before !== undefined && !isSameCommit(before, stored)) {
        commits += 1;
        await verifyTime(verifying, keys, before);
      }
    }
    pathChanges += await verifyEntries(verifying, keys, page);
    events += page.length;
    findings.counts.events += page.length;
    previous = page.at(-1) ?? previous;
  }
  if (previous !== undefined) {
    commits += 1;
    await verifyTime(verifying, keys, previous);
  }
  if (head?.version !== previous?.version || (head?.events ?? 0) !== events) {
    findings.add(
      where,
      `branch ${branch} has ${events} events up to ${previous?.version ?? 'nothing'}, its head says ${head?.events ?? 0} up to ${head?.version ?? 'nothing'}`,
    );
  }
  return { events, commits, pathChanges };
}

function isSameCommit(a: StoredEvent, b: StoredEvent): boolean {
  return stampOf(a.version) === stampOf(b.version);
}

async function verifyTime(
  { place, where, findings, options }: Verifying,
  keys: BranchKeys,
  last: StoredEvent,
): Promise<void> {
  const entry = await place.store.read((tn) => tn.get(keys.time(last.commitTimeMs, last.version)), options);
  if (entry === undefined) findings.add(where, `the commit that ends at ${last.version} is not in the time index`);
}

/** One page of events against the event index and the path index. Returns the path entries that belong to them. */
async function verifyEntries(
  { place, project, where, findings, options }: Verifying,
  keys: BranchKeys,
  page: readonly StoredEvent[],
): Promise<number> {
  let pathChanges = 0;
  await place.store.read(async (tn) => {
    pathChanges = 0;
    const problems: string[] = [];
    await Promise.all(
      page.map(async (stored) => {
        const { event, version } = stored;
        const value = await tn.get(project.keys.event(event.eventId));
        if (value === undefined || decodeEventPlace(value).version !== version)
          problems.push(`event ${event.eventId} at ${version} is not in the event index`);
        if (event.payload.kind !== 'state_change') return;
        const { missing, found } = await findPathEntries(tn, keys, stored, event.payload);
        pathChanges += found;
        if (missing === undefined) return;
        const conflict = await tn.get(project.keys.event(conflictEventId(event)));
        const isRejected = conflict !== undefined && found === 0;
        if (!isRejected) problems.push(missing);
      }),
    );
    for (const problem of problems) findings.add(where, problem);
  }, options);
  return pathChanges;
}

/** The entries that a change makes, unless it could not be applied: then it has a conflict event and none of them. */
async function findPathEntries(
  tn: Transaction,
  keys: BranchKeys,
  { event, version }: StoredEvent,
  change: StateChange,
): Promise<{ readonly missing: string | undefined; readonly found: number }> {
  const expected: (readonly [path: string, exists: boolean])[] = [[change.path, change.action !== 'DELETE']];
  const movesFrom = change.action !== 'DELETE' && change.previousPath !== change.path ? change.previousPath : undefined;
  if (movesFrom !== undefined) expected.push([movesFrom, false]);
  let found = 0;
  let missing: string | undefined;
  for (const [path, exists] of expected) {
    const value = await tn.get(keys.path(path).at(version));
    const record = value === undefined ? undefined : decodePathChange(version, value);
    if (record !== undefined) found += 1;
    if (record === undefined || !isEntryOf(record, event.eventId, exists, change)) {
      missing ??= `the change ${event.eventId} at ${version} is not in the path index of ${path} as it was made`;
    }
  }
  return { missing, found };
}

function isEntryOf(record: PathRecord, eventId: string, exists: boolean, change: StateChange): boolean {
  if (record.eventId !== eventId || record.exists !== exists) return false;
  if (!exists || change.body.kind !== 'content_sha256') return true;
  return Buffer.from(record.contentSha256).equals(change.body.sha256);
}

/** The time index has as many entries as there are commits; that each commit has one was seen already. */
export async function verifyTimes(
  { place, project, until, where, findings, options }: Verifying,
  branch: BranchName,
  commits: number,
): Promise<void> {
  const keys = project.keys.branch(branch);
  let entries = 0;
  for await (const rows of readPages(place.store, keys.times(), options)) {
    for (const [key] of rows) if (keys.timeVersion(key) <= until) entries += 1;
  }
  if (entries !== commits)
    findings.add(where, `branch ${branch} has ${commits} commits and ${entries} entries in its time index`);
}

/** The path index in its own order: no entry without its event, each path's newest state is its last change, content is there. */
export async function verifyPaths(verifying: Verifying, branch: BranchName, accounted: number): Promise<void> {
  const { place, project, until, where, findings, options } = verifying;
  const keys = project.keys.branch(branch);
  let entries = 0;
  let last: { readonly path: string; readonly change: PathState; readonly isNewest: boolean } | undefined;
  let paths = 0;
  for await (const rows of readPages(place.store, keys.pathChanges(), options)) {
    const contents = new Map<string, { readonly change: PathState; readonly path: string }>();
    for (const [key, value] of rows) {
      const { path, version } = keys.pathChange(key);
      const change = decodePathChange(version, value);
      if (last !== undefined && last.path !== path) {
        paths += 1;
        await verifyState(verifying, keys, last);
        last = undefined;
      }
      const isNewest = version <= until;
      last = { path, change, isNewest };
      if (!isNewest) continue;
      entries += 1;
      if (change.exists) contents.set(Buffer.from(change.contentSha256).toString('hex'), { change, path });
    }
    await verifyReferences(verifying, contents);
  }
  if (last !== undefined) {
    paths += 1;
    await verifyState(verifying, keys, last);
  }
  findings.counts.pathChanges += entries;
  if (entries !== accounted)
    findings.add(where, `branch ${branch} has ${entries} entries in its path index, history accounts for ${accounted}`);
  await verifyStateCount(verifying, keys, paths);
}

async function verifyState(
  { place, where, findings, options }: Verifying,
  keys: BranchKeys,
  { path, change, isNewest }: { readonly path: string; readonly change: PathState; readonly isNewest: boolean },
): Promise<void> {
  // A change that came while this runs: the state belongs to a later one still, perhaps.
  if (!isNewest) return;
  const value = await place.store.read((tn) => tn.get(keys.state(path)), options);
  const state = value === undefined ? undefined : decodePathState(value);
  const isSame =
    state !== undefined &&
    (state.version > change.version ||
      (state.version === change.version &&
        state.exists === change.exists &&
        state.mode === change.mode &&
        Buffer.from(state.contentSha256).equals(change.contentSha256)));
  if (!isSame)
    findings.add(where, `the newest state of ${path} on ${keys.name} is not its last change, ${change.version}`);
}

async function verifyStateCount(
  { place, where, until, findings, options }: Verifying,
  keys: BranchKeys,
  paths: number,
): Promise<void> {
  let states = 0;
  let later: Version | undefined;
  for await (const rows of readPages(place.store, keys.states(), options)) {
    for (const [, value] of rows) {
      const { version } = decodePathState(value);
      states += 1;
      if (version > until) later = version;
    }
  }
  // New paths may have come since the path index was read.
  if (states !== paths && later === undefined)
    findings.add(where, `branch ${keys.name} has ${states} newest states for ${paths} paths`);
}

async function verifyReferences(
  { place, project, where, findings, options }: Verifying,
  contents: ReadonlyMap<string, { readonly change: PathState; readonly path: string }>,
): Promise<void> {
  const entries = [...contents.values()];
  const values = await place.store.read(
    (tn) => Promise.all(entries.map(({ change }) => tn.get(project.keys.content(change.contentSha256).state))),
    options,
  );
  for (const [index, { change, path }] of entries.entries()) {
    const value = values[index];
    const state = value === undefined ? undefined : decodeContentState(value);
    if (state?.kind !== 'verified' || state.bytes !== change.contentBytes)
      findings.add(where, `${path} at ${change.version} names content that is not there whole`);
  }
}
