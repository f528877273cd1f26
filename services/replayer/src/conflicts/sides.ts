import { createHash } from 'node:crypto';
import {
  applyUnifiedDiff,
  conflictReasons,
  type ProjectHistory,
  type ReadOptions,
  type StoredEvent,
} from '@swarmledger/ledger';
import type { Conflict, ProjectPath, StateChange } from '@swarmledger/protocol';
import { errorCode } from '@swarmledger/runtime';
import { readWhole } from '../content.ts';

/** Sides are compared and merged in memory; larger ones are for a person. Bytes. */
export const sideBytesMax = 16 * 1024 * 1024;

/** What a path was, on one side of a conflict. */
export type Side =
  | { readonly kind: 'content'; readonly sha256: Buffer; readonly bytes: number; readonly read: () => Promise<Buffer> }
  /** Nothing: the path did not exist, or the change deleted it. */
  | { readonly kind: 'absent' }
  /** Its author named this hash, which the project never had; or none at all. */
  | { readonly kind: 'unknown'; readonly sha256?: Buffer }
  /** A diff that does not apply even to what its author named, if anything. */
  | { readonly kind: 'diff'; readonly diff: string };

export interface Sides {
  /** What the second change was made to. */
  readonly base: Side;
  /** What the first change had left there. */
  readonly first: Side;
  /** What the second change wanted to be there. */
  readonly second: Side;
  /** Which of the two the path held right after the conflict. */
  readonly standing: 'first' | 'second';
  /** Where they stand. */
  readonly path: ProjectPath;
}

/** Both sides of a conflict and what they were made of. @param second the change that came second */
export async function readSides(
  history: ProjectHistory,
  conflict: Conflict,
  second: StoredEvent & { readonly event: { readonly payload: StateChange } },
  options: ReadOptions,
): Promise<Sides> {
  const change = second.event.payload;
  const source = conflict.path as ProjectPath;
  const base = await findSide(history, source, conflict.expectedSha256, options);
  const first =
    conflict.actualSha256.length === 0 ? absent : await findSide(history, source, conflict.actualSha256, options);
  switch (conflict.reason) {
    case conflictReasons.diffRejected:
    case conflictReasons.diffBaseTooLarge: {
      const ground = base.kind === 'unknown' && conflict.reason === conflictReasons.diffBaseTooLarge ? first : base;
      return { base: ground, first, second: await applyChange(change, ground), standing: 'first', path: source };
    }
    case conflictReasons.baseMissing:
      return { base, first, second: { kind: 'unknown' }, standing: 'first', path: source };
    default: {
      // The second change was applied: what it left is what stood there at its version.
      const left = await history.pathState(second.event.branch, change.path, second.version, options);
      const applied = left === undefined ? absent : contentSide(history, change.path, left, options);
      // Who creates a path says that it begins with nothing.
      const began = conflict.reason === conflictReasons.pathExists ? absent : base;
      return { base: began, first, second: applied, standing: 'second', path: change.path };
    }
  }
}

export const absent: Side = { kind: 'absent' };

export function contentSide(
  history: ProjectHistory,
  path: string,
  content: { readonly sha256: Buffer; readonly bytes: number },
  options: ReadOptions,
): Side {
  const { sha256, bytes } = content;
  return { kind: 'content', sha256, bytes, read: () => readWhole(history, { path, sha256, bytes }, options) };
}

/** Both are there and have the same bytes, or neither is there. */
export function isSameSide(left: Side, right: Side): boolean {
  if (left.kind === 'content' && right.kind === 'content') return left.sha256.equals(right.sha256);
  return left.kind === 'absent' && right.kind === 'absent';
}

/** A content by its hash alone. */
async function findSide(
  history: ProjectHistory,
  path: string,
  sha256: Uint8Array,
  options: ReadOptions,
): Promise<Side> {
  if (sha256.length === 0) return { kind: 'unknown' };
  const hash = Buffer.from(sha256);
  let bytes = 0;
  try {
    // Nothing says its length beforehand. It is at most 64 MiB, and nothing is kept.
    for await (const piece of history.content(hash, options)) bytes += piece.length;
  } catch (error) {
    if (errorCode(error) === 'content_missing') return { kind: 'unknown', sha256: hash };
    throw error;
  }
  return contentSide(history, path, { sha256: hash, bytes }, options);
}

/** What a change that was not applied would have made of its ground. */
async function applyChange(change: StateChange, ground: Side): Promise<Side> {
  if (change.body.kind !== 'unified_diff') return { kind: 'unknown' };
  const { diff } = change.body;
  if (ground.kind !== 'content' || ground.bytes > sideBytesMax) return { kind: 'diff', diff };
  const isNamed = change.baseSha256 !== undefined && ground.sha256.equals(change.baseSha256);
  const result = applyUnifiedDiff(await ground.read(), diff, isNamed ? 'same' : 'unsaid');
  if (result === undefined) return { kind: 'diff', diff };
  const sha256 = createHash('sha256').update(result).digest();
  return { kind: 'content', sha256, bytes: result.length, read: () => Promise.resolve(result) };
}
