import { readFileSync } from 'node:fs';
import { Coverage } from './coverage.ts';
import { isRefusal, type FuzzTarget } from './target.ts';

/** Short texts in the code as it was built: field names, kinds, marks of a format; not sentences. */
const literal = /'([\w.@+/-]{1,30})'/g;

/** The words of the code that a target's good input runs through: what such a parser compares its input with. */
export async function findWords(target: FuzzTarget): Promise<readonly string[]> {
  const coverage = new Coverage();
  try {
    coverage.take();
    for (const sample of target.samples) await runQuietly(target, sample);
    const files = new Set([...coverage.take().keys()].map((name) => name.replace(/#.*/, '')));
    const words = [...files].sort().flatMap((file) => readWords(new URL(file)));
    return [...new Set(words)];
  } finally {
    coverage.close();
  }
}

async function runQuietly(target: FuzzTarget, sample: Uint8Array): Promise<void> {
  try {
    await target.run(Buffer.from(sample));
  } catch (error) {
    if (!isRefusal(error)) throw error;
  }
}

function readWords(file: URL): readonly string[] {
  return [...readFileSync(file, 'utf8').matchAll(literal)].flatMap(([, word]) => word ?? []);
}
