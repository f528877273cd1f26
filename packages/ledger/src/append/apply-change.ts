import { fileModes, type PathRecord, type StateChange } from '@swarmledger/protocol';
import type { ContentWriter } from '../content/content-writer.ts';
import { readSmallContent } from '../content/read-content.ts';
import type { Transaction } from '../fdb/store.ts';
import type { ProjectKeys } from '../keyspace.ts';
import { applyUnifiedDiff, diffBaseBytesMax } from './apply-diff.ts';
import type { BranchWriter } from './branch-writer.ts';
import { conflictReasons, type ConflictReason } from './conflict-event.ts';
import { hashBytes, type PreparedEvent } from './prepare.ts';

export interface ChangeTarget {
  readonly tn: Transaction;
  readonly keys: ProjectKeys;
  readonly branch: BranchWriter;
  readonly contents: ContentWriter;
}

export interface ConflictFound {
  readonly reason: ConflictReason;
  /** Where: a move has two paths. */
  readonly path: string;
  /** What was there instead, a deletion included. */
  readonly found: PathRecord | undefined;
}

type NewContent = { readonly sha256: Uint8Array; readonly bytes: number };

/**
 * Applies a state change to the path index. A change that did not know what it changed is applied all the same; one that
 * cannot be applied leaves the path as it is. Both are reported: nothing is overwritten silently and nothing is refused.
 */
export async function applyChange(
  target: ChangeTarget,
  prepared: PreparedEvent,
  change: StateChange,
  order: number,
): Promise<ConflictFound | undefined> {
  const { branch } = target;
  const source = change.previousPath ?? change.path;
  const found = branch.path(source);
  const replaced = branch.path(change.path);
  const about = { eventId: prepared.event.eventId, parentEventId: prepared.event.parentEventId };
  const gone: PathRecord = { exists: false, contentSha256: new Uint8Array(), contentBytes: 0, mode: 0, ...about };
  let content: NewContent | undefined;
  if (change.action === 'DELETE') {
    branch.changePath(change.path, gone, order);
  } else {
    const resolved = await resolveContent(target, prepared, change, found);
    if (typeof resolved === 'string') return { reason: resolved, path: source, found };
    content = resolved;
    const base = found?.exists === true ? found : replaced;
    const mode = change.mode || (base?.exists === true ? base.mode : 0) || fileModes.regular;
    if (change.previousPath !== undefined && change.previousPath !== change.path) {
      branch.changePath(change.previousPath, gone, order);
    }
    const record = { exists: true, contentSha256: content.sha256, contentBytes: content.bytes, mode, ...about };
    branch.changePath(change.path, record, order);
  }
  if (!matchesBase(change, found)) return { reason: conflictReasons.baseMismatch, path: source, found };
  if (content !== undefined && overwritesUnseen(change, replaced, content)) {
    return { reason: conflictReasons.pathExists, path: change.path, found: replaced };
  }
  return undefined;
}

function matchesBase(change: StateChange, found: PathRecord | undefined): boolean {
  if (change.baseSha256 === undefined) return true;
  return found?.exists === true && Buffer.from(found.contentSha256).equals(change.baseSha256);
}

/** Whoever creates a path, or moves one there, says that nothing is there; unless it names what it replaces. */
function overwritesUnseen(change: StateChange, replaced: PathRecord | undefined, content: NewContent): boolean {
  if (replaced?.exists !== true || Buffer.from(replaced.contentSha256).equals(content.sha256)) return false;
  if (change.action === 'RENAME') return change.previousPath !== change.path;
  return change.action === 'CREATE' && change.baseSha256 === undefined;
}

/** The path's new content, stored; or why there is none. */
async function resolveContent(
  target: ChangeTarget,
  prepared: PreparedEvent,
  change: StateChange,
  found: PathRecord | undefined,
): Promise<NewContent | ConflictReason> {
  const { contents } = target;
  const { body } = change;
  switch (body.kind) {
    case 'content': {
      // prepare.ts took it out of the event.
      const { sha256, bytes } = prepared.content ?? hashBytes(body.content);
      contents.put(sha256, bytes);
      return { sha256, bytes: bytes.length };
    }
    case 'content_sha256': {
      const bytes = contents.verifiedBytes(body.sha256);
      // The message was checked before any of its events was written.
      if (bytes === undefined) throw new RangeError('a change names content that is not verified');
      return { sha256: body.sha256, bytes };
    }
    case 'none':
      if (found?.exists !== true) return conflictReasons.baseMissing;
      return { sha256: found.contentSha256, bytes: found.contentBytes };
    case 'unified_diff':
      return patch(target, change, body.diff, found);
    default:
      return body satisfies never;
  }
}

async function patch(
  { tn, keys, contents }: ChangeTarget,
  change: StateChange,
  diff: string,
  found: PathRecord | undefined,
): Promise<NewContent | ConflictReason> {
  if (found?.exists !== true) return conflictReasons.diffRejected;
  if (found.contentBytes > diffBaseBytesMax) return conflictReasons.diffBaseTooLarge;
  // Content never changes, so reading it can conflict with nothing.
  const base = await readSmallContent(
    tn.snapshot(),
    keys.content(found.contentSha256),
    found.contentSha256,
    found.contentBytes,
  );
  const isNamed = change.baseSha256 !== undefined && matchesBase(change, found);
  const result = applyUnifiedDiff(base, diff, isNamed ? 'same' : 'unsaid');
  if (result === undefined) return conflictReasons.diffRejected;
  const { sha256 } = hashBytes(result);
  if (!contents.isLoaded(sha256)) await contents.load(sha256);
  contents.put(sha256, result);
  return { sha256, bytes: result.length };
}
