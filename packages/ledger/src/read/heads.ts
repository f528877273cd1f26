import type { Version } from '@swarmledger/protocol';
import type { Transaction } from '../fdb/store.ts';
import type { BranchKeys } from '../keyspace.ts';
import type { Level } from '../lineage.ts';
import { decodeHead, type HeadRecord } from '../values.ts';

export async function readHead(tn: Transaction, keys: BranchKeys): Promise<HeadRecord | undefined> {
  const value = await tn.get(keys.head);
  return value === undefined ? undefined : decodeHead(value);
}

/** The newest version that a reader of these levels sees; undefined: nothing was ever committed to them. */
export async function readLatest(tn: Transaction, levels: readonly Level[]): Promise<Version | undefined> {
  const [own] = levels;
  if (own === undefined) return undefined;
  // A fork always starts at a version that its parent has.
  return (await readHead(tn, own.keys))?.version ?? levels[1]?.until;
}
