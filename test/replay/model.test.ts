import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { fileModes, mainBranch, type SwarmEvent, type Version } from '@swarmledger/protocol';
import { resolveMoment, restore } from '@swarmledger/replayer';
import { withScope, type Scope } from '@swarmledger/runtime';
import { describeFile, readFolder } from './folder.ts';
import { openProjectIn, put, remove, rename } from './project.ts';

type Files = ReadonlyMap<string, { readonly mode: number; readonly content: string }>;

interface Step {
  readonly kind: 'put' | 'remove' | 'rename';
  readonly path: string;
  readonly to: string;
  readonly mode: number;
  readonly content: string;
}

// No name is a folder of another: such trees cannot be restored, and have a test of their own.
const path = fc.constantFrom('a', 'b', 'a.txt', 'd/x', 'd/y/z', 'd/é', 'e/😀', 'e/-');
const step: fc.Arbitrary<Step> = fc.record({
  kind: fc.constantFrom('put' as const, 'put' as const, 'remove' as const, 'rename' as const),
  path,
  to: path,
  mode: fc.constantFrom(fileModes.regular, fileModes.executable, fileModes.symlink),
  content: fc.constantFrom('', 'one', 'two', 'x'.repeat(95_000)),
});

/** What the step does to the files, and the events that say so; undefined when it makes no sense on them. */
function apply(
  files: Files,
  { kind, path: from, to, mode, content }: Step,
): { readonly files: Files; readonly event: SwarmEvent } | undefined {
  const next = new Map(files);
  const file = files.get(from);
  switch (kind) {
    case 'put': {
      const text = mode === fileModes.symlink ? 'a.txt' : content;
      next.set(from, { mode, content: text });
      return { files: next, event: only(put(from, text, { mode })) };
    }
    case 'remove':
      if (!next.delete(from)) return undefined;
      return { files: next, event: remove(from) };
    case 'rename':
      if (file === undefined || from === to) return undefined;
      next.delete(from);
      next.set(to, file);
      return { files: next, event: rename(from, to) };
    default:
      return kind satisfies never;
  }
}

function only<T>(items: readonly T[]): T {
  const [item] = items;
  assert.ok(item !== undefined && items.length === 1);
  return item;
}

function describe(files: Files): Record<string, string> {
  const shown = [...files].map(([name, { mode, content }]) => [
    name,
    mode === fileModes.symlink ? `-> ${content}` : describeFile(mode & 0o777, content),
  ]);
  return Object.fromEntries(shown) as Record<string, string>;
}

test('restoring at every version gives what a model of the project says, whatever happened', async () => {
  const commits = fc.array(fc.array(step, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(commits, (steps) => withScope((scope) => checkHistory(scope, steps))),
    { numRuns: 25, interruptAfterTimeLimit: 20_000 },
  );
});

async function checkHistory(scope: Scope, commits: readonly (readonly Step[])[]): Promise<void> {
  const project = await openProjectIn(scope);
  const states: { readonly version: Version; readonly files: Files }[] = [];
  let files: Files = new Map();
  for (const steps of commits) {
    const after: Files[] = [];
    const events: SwarmEvent[] = [];
    for (const item of steps) {
      const applied = apply(files, item);
      if (applied === undefined) continue;
      files = applied.files;
      after.push(files);
      events.push(applied.event);
    }
    const appended = await project.append(...events);
    appended.forEach(({ version }, index) => states.push({ version, files: after[index] ?? new Map() }));
  }
  if (states.length === 0) return;
  const history = await project.history();
  for (const [index, state] of states.entries()) {
    const moment = await resolveMoment(history, mainBranch, { kind: 'version', version: state.version });
    const directory = join(project.folder, `at-${index}`);
    await restore(history, { moment, directory });
    assert.deepEqual(await readFolder(directory), describe(state.files), `version ${index}`);
  }
}
