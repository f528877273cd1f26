import { decodeHistoryRecord, mainBranch, type BranchName } from '@swarmledger/protocol';
import { PermanentError } from '@swarmledger/runtime';
import type { Directories, ProjectPlace } from '../directories.ts';
import { readLast, type Store, type Transaction } from '../fdb/store.ts';
import type { Branch, BranchPoint, Why } from '../history.ts';
import { assertWritable } from '../identity.ts';
import { encodeBranchRecord, forkDepthMax, narrow, type BranchRecord } from '../lineage.ts';
import { decodeStored } from '../values.ts';
import { readLatest } from './heads.ts';
import { unknownBranch, unknownVersion } from './read-errors.ts';

export interface ForkRequest {
  readonly name: BranchName;
  readonly from: BranchPoint;
  readonly why: Why;
  /** Unix milliseconds. */
  readonly createdAtMs: number;
}

/** Writes one record: nothing of the parent is copied. */
export async function createFork(
  { store, directories }: { readonly store: Store; readonly directories: Directories },
  place: ProjectPlace,
  request: ForkRequest,
): Promise<Branch> {
  const { name } = request;
  const key = place.keys.branchRecord(name);
  return store.transact(async (tn, attempt) => {
    await assertWritable(tn, directories.identity, directories.incarnation);
    const record = await planFork(tn, place, request);
    const value = encodeBranchRecord(record);
    const existing = await tn.get(key);
    // The answer to our own first commit may have been lost.
    if (attempt > 0 && existing?.equals(value)) return record.branch;
    if (existing !== undefined || name === mainBranch) {
      throw new PermanentError('branch_exists', `there is a branch ${name} already`);
    }
    tn.set(key, value);
    return record.branch;
  });
}

async function planFork(tn: Transaction, place: ProjectPlace, request: ForkRequest): Promise<BranchRecord> {
  const { name, from, why, createdAtMs } = request;
  const parent = await place.lineages.find(tn, from.branch);
  if (parent === undefined) throw unknownBranch(from.branch);
  if (parent.levels.length >= forkDepthMax) {
    throw new PermanentError('fork_too_deep', `branch ${from.branch} is a fork of forks ${forkDepthMax} levels deep`);
  }
  const latest = await readLatest(tn, parent.levels);
  if (latest === undefined || from.version > latest) throw unknownVersion(from.branch, from.version, latest);
  for (const { keys, until } of narrow(parent.levels, from.version)) {
    const last = await readLast(tn, keys.history.range({ until }));
    if (last === undefined) continue;
    const version = keys.history.version(last[0]);
    const { commitTimeMs } = decodeStored(`history record ${version}`, () => decodeHistoryRecord(last[1]));
    // The version of an event, whatever version was asked for: so every version that a branch sees is one.
    const branch = {
      name,
      parent: { branch: from.branch, version },
      createdBy: why.by,
      reason: why.reason,
      createdAtMs,
    };
    return { branch, forkTimeMs: commitTimeMs };
  }
  throw unknownVersion(from.branch, from.version, latest);
}
