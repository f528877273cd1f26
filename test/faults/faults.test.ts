import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const main = fileURLToPath(new URL('./main.js', import.meta.url));
/** Harm of many kinds: a disk that is full, a restart of everything, lease races, clocks, a lost engine. */
const seed = 1;

test('a hub that is harmed in every way loses, doubles, reorders and crosses nothing', async () => {
  // A run that finds something ends with 1, and says on stdout what.
  const { stdout } = await promisify(execFile)(process.execPath, [main, '--seed', String(seed), '--short']).catch(
    (error: unknown) => error as { readonly stdout: string },
  );
  const last = stdout.trim().split('\n').at(-1) ?? '';
  assert.match(last, /^seeds=1 faults=\d+ events=\d+ lost=0 doubled=0 reordered=0 crossed=0 seconds=\d+$/, stdout);
  assert.ok(Number(/events=(\d+)/.exec(last)?.[1]) > 0, stdout);
});

test('wrong options end with the usage and exit code 2', async () => {
  await assert.rejects(promisify(execFile)(process.execPath, [main, '--seed', 'x']), (error: unknown) => {
    assert.ok(error instanceof Error && 'code' in error && 'stderr' in error);
    assert.equal(error.code, 2);
    assert.match(String(error.stderr), /--seed N/);
    return true;
  });
});
