import type { EventId } from '@swarmledger/protocol';
import type { SwarmLedger } from '../client.ts';
import type { ChangeInput, DecisionInput } from '../payloads.ts';
import { readContent, takeSnapshot, type FileState, type Snapshot, type SnapshotOptions } from './snapshot.ts';

export interface RunOptions extends DecisionInput {
  /** The project's folder; its files' paths are those of the project. Absent: no files are watched. */
  readonly folder?: string;
  /** Names that are left out, wherever they stand, beside `.git`, `node_modules` and `.swarmledger`. */
  readonly ignore?: readonly string[];
}

const ignoredAlways = ['.git', 'node_modules', '.swarmledger'];
const filesMax = 50_000;

/**
 * Records a function's run: the decision before it, each file that it created, changed or deleted with the hash of what was there
 * before, and how it ended. Everything names the decision as its parent.
 *
 * @returns what `body` returns
 * @throws what `body` throws, after what it did was recorded; PermanentError too_many_files
 */
export async function recordRun<T>(
  ledger: SwarmLedger,
  options: RunOptions,
  body: (decision: EventId) => T | Promise<T>,
): Promise<T> {
  const { folder, ignore = [], ...decision } = options;
  const snapshotOptions: SnapshotOptions = { ignore: new Set([...ignoredAlways, ...ignore]), filesMax };
  const before = folder === undefined ? undefined : await takeSnapshot(folder, snapshotOptions);
  const parent = await ledger.recordDecision(decision);
  const startMs = performance.now();
  const finish = async (outcome: { readonly ok: boolean; readonly error?: string }): Promise<void> => {
    const durationMs = Math.round(performance.now() - startMs);
    const files =
      folder === undefined || before === undefined
        ? 0
        : await recordChanges(ledger, { folder, before, parent }, snapshotOptions);
    await ledger.recordSignal({
      kind: 'run',
      message: outcome.ok ? `${decision.title}: done` : `${decision.title}: failed`,
      severity: outcome.ok ? 'INFO' : 'ERROR',
      data: { duration_ms: durationMs, files, ...(outcome.error === undefined ? {} : { error: outcome.error }) },
      parent,
    });
  };
  let result: T;
  try {
    result = await body(parent);
  } catch (error) {
    // The function's own error is what its caller has to see.
    await finish({ ok: false, error: error instanceof Error ? error.message : String(error) }).catch(() => undefined);
    throw error;
  }
  await finish({ ok: true });
  return result;
}

/** Returns how many. */
async function recordChanges(
  ledger: SwarmLedger,
  run: { readonly folder: string; readonly before: Snapshot; readonly parent: EventId },
  options: SnapshotOptions,
): Promise<number> {
  const { folder, before, parent } = run;
  const after = await takeSnapshot(folder, options, before);
  let count = 0;
  for (const [path, old] of before) {
    if (after.has(path)) continue;
    await ledger.recordChange({ path, action: 'DELETE', base: old.sha256, parent });
    count += 1;
  }
  for (const [path, now] of after) {
    const change = await describeChange(folder, { path, old: before.get(path), now });
    if (change === undefined) continue;
    await ledger.recordChange({ ...change, parent });
    count += 1;
  }
  return count;
}

async function describeChange(
  folder: string,
  { path, old, now }: { readonly path: string; readonly old: FileState | undefined; readonly now: FileState },
): Promise<ChangeInput | undefined> {
  if (old?.sha256 === now.sha256 && old.mode === now.mode) return undefined;
  const base = old === undefined ? {} : { base: old.sha256 };
  if (old?.sha256 === now.sha256) return { path, action: 'UPDATE', mode: now.mode, ...base };
  // Read again: what is recorded is what was hashed, whoever still writes.
  const file = await readContent(folder, path);
  if (file === undefined) return undefined;
  return { path, action: old === undefined ? 'CREATE' : 'UPDATE', content: file.content, mode: file.mode, ...base };
}
