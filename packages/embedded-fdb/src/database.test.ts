import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import Sqlite from 'better-sqlite3';
import fc from 'fast-check';
import type { NativeDatabase, NativeTransaction } from 'foundationdb/dist/lib/native.js';
import { mutationTypes } from './atomic-ops.ts';
import { openEmbeddedDatabase } from './database.ts';
import { openWriter } from './sqlite-file.ts';
import type { FDBErrorClass } from './errors.ts';
import { fdbLimits } from './limits.ts';

const require = createRequire(import.meta.url);
const { default: FDBError } = require('foundationdb/dist/lib/error.js') as { default: FDBErrorClass };
const folder = mkdtempSync(join(tmpdir(), 'embedded-fdb-'));
let files = 0;

after(() => rmSync(folder, { recursive: true, force: true }));

function newFile(): string {
  files += 1;
  return join(folder, `${files}.sqlite`);
}

async function withDatabase(body: (database: NativeDatabase) => Promise<void>, file = newFile()): Promise<void> {
  const database = openEmbeddedDatabase({ file, FDBError });
  try {
    await body(database);
  } finally {
    database.close();
  }
}

/** All rows, as text. */
async function readAll(transaction: NativeTransaction): Promise<readonly (readonly [string, string])[]> {
  const { results } = await transaction.getRange('', false, 1, 'zzz', false, 1, 0, 0, -2, 1, false, false);
  return results.map(([key, value]) => [key.toString(), value.toString()]);
}

function hasCode(code: number): (error: unknown) => boolean {
  return (error) => error instanceof FDBError && error.code === code;
}

test('a transaction sees one moment, whatever is committed meanwhile', async () => {
  await withDatabase(async (database) => {
    const reader = database.createTransaction();
    assert.equal(await reader.get('a', true), undefined);
    const writer = database.createTransaction();
    writer.set('a', '1');
    await writer.commit();
    assert.equal(await reader.get('a', true), undefined);
    assert.equal((await database.createTransaction().get('a', true))?.toString(), '1');
    reader.cancel();
  });
});

test('a read that another commit made stale ends in not_committed; a snapshot read and a blind write do not', async () => {
  await withDatabase(async (database) => {
    const [serializable, snapshot, blind, range] = [0, 1, 2, 3].map(() => database.createTransaction());
    assert.ok(serializable && snapshot && blind && range);
    await serializable.get('k', false);
    await snapshot.get('k', true);
    await blind.getReadVersion();
    await range.getRange('a', false, 1, 'z', false, 1, 0, 0, -2, 1, false, false);
    const winner = database.createTransaction();
    winner.set('k', 'x');
    await winner.commit();
    for (const transaction of [serializable, snapshot, blind, range]) transaction.set('other', 'y');
    await assert.rejects(serializable.commit(), hasCode(1020));
    await assert.rejects(range.commit(), hasCode(1020));
    await snapshot.commit();
    await blind.commit();
  });
});

type Step =
  | readonly ['set', string, string]
  | readonly ['clear', string]
  | readonly ['clearRange', string, string]
  | readonly ['append', string, string];

const key = fc.constantFrom('a', 'b', 'c', 'd', 'da', 'db', 'e');
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.tuple(fc.constant('set' as const), key, fc.string({ maxLength: 3 })),
  fc.tuple(fc.constant('clear' as const), key),
  fc
    .tuple(fc.constant('clearRange' as const), key, key)
    .map(([kind, a, b]) => [kind, a < b ? a : b, a < b ? b : a] as const),
  fc.tuple(fc.constant('append' as const), key, fc.string({ minLength: 1, maxLength: 3 })),
);

function applyToModel(model: Map<string, string>, [kind, ...args]: Step): void {
  const [first = '', second = ''] = args;
  if (kind === 'set') model.set(first, second);
  if (kind === 'clear') model.delete(first);
  if (kind === 'append') model.set(first, (model.get(first) ?? '') + second);
  if (kind === 'clearRange')
    for (const name of [...model.keys()]) if (name >= first && name < second) model.delete(name);
}

function applyToTransaction(transaction: NativeTransaction, [kind, ...args]: Step): void {
  const [first = '', second = ''] = args;
  if (kind === 'set') transaction.set(first, second);
  if (kind === 'clear') transaction.clear(first);
  if (kind === 'append') transaction.atomicOp(mutationTypes.appendIfFits, first, second);
  if (kind === 'clearRange') transaction.clearRange(first, second);
}

test('own writes are read before and after the commit as a simple model has them', async () => {
  await withDatabase(async (database) => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(step, { maxLength: 8 }), { maxLength: 4 }), async (transactions) => {
        const wipe = database.createTransaction();
        wipe.clearRange('', 'zzz');
        await wipe.commit();
        const model = new Map<string, string>();
        for (const steps of transactions) {
          const transaction = database.createTransaction();
          for (const one of steps) {
            applyToModel(model, one);
            applyToTransaction(transaction, one);
            const expected = [...model].sort(([a], [b]) => (a < b ? -1 : 1));
            assert.deepEqual(await readAll(transaction), expected);
            for (const name of ['a', 'da'])
              assert.equal((await transaction.get(name, false))?.toString(), model.get(name));
          }
          await transaction.commit();
        }
        const last = database.createTransaction();
        assert.deepEqual(
          await readAll(last),
          [...model].sort(([a], [b]) => (a < b ? -1 : 1)),
        );
        last.cancel();
      }),
      { numRuns: 60 },
    );
  });
});

test('ranges obey limits, direction and selectors', async () => {
  await withDatabase(async (database) => {
    const writer = database.createTransaction();
    for (const name of ['a', 'b', 'c', 'd']) writer.set(name, name);
    await writer.commit();
    const reader = database.createTransaction();
    type Bound = readonly [key: string, orEqual: boolean, offset: number];
    const names = async (begin: Bound, end: Bound, limit: number, order?: 'reverse'): Promise<string> => {
      const mode = limit === 0 ? -2 : 0;
      const reverse = order === 'reverse';
      const { results, more } = await reader.getRange(...begin, ...end, limit, 0, mode, 1, false, reverse);
      return results.map(([name]) => name.toString()).join('') + (more ? '+' : '');
    };
    assert.equal(await names(['a', false, 1], ['d', false, 1], 0), 'abc');
    assert.equal(await names(['a', false, 1], ['z', false, 1], 2), 'ab+');
    assert.equal(await names(['a', false, 1], ['z', false, 1], 2, 'reverse'), 'dc+');
    assert.equal(await names(['a', true, 1], ['c', true, 1], 0), 'bc');
    assert.equal(await names(['a', false, 2], ['d', false, 0], 0), 'b');
    assert.equal(await names(['c', false, 1], ['b', false, 1], 0), '');
    assert.equal((await reader.getKey('c', false, 0, false)).toString(), 'b');
    assert.equal((await reader.getKey('c', true, 0, false)).toString(), 'c');
    assert.equal((await reader.getKey('a', false, 0, false)).length, 0);
    assert.deepEqual(await reader.getKey('d', true, 1, false), Buffer.from([0xff]));
    reader.cancel();
  });
});

test('versionstamps grow, and keys that are not known yet cannot be read', async () => {
  await withDatabase(async (database) => {
    let before: Buffer = Buffer.alloc(10);
    for (let round = 0; round < 5; round++) {
      const template = Buffer.concat([Buffer.from('v'), Buffer.alloc(10), Buffer.from([1, 0, 0, 0])]);
      const curious = database.createTransaction();
      curious.atomicOp(mutationTypes.setVersionstampedKey, template, 'x');
      await assert.rejects(curious.getRange('v', false, 1, 'w', false, 1, 0, 0, -2, 1, false, false), hasCode(1036));
      // A commit waits for the reads before it, and fails as they did.
      await assert.rejects(curious.commit(), hasCode(1036));
      curious.cancel();
      const transaction = database.createTransaction();
      transaction.atomicOp(mutationTypes.setVersionstampedKey, template, 'x');
      const stamp = transaction.getVersionstamp();
      await transaction.commit();
      const now = await stamp;
      assert.ok(Buffer.compare(now, before) > 0);
      before = now;
      assert.equal(
        (await database.createTransaction().get(Buffer.concat([Buffer.from('v'), now]), true))?.toString(),
        'x',
      );
    }
  });
});

test('limits have the codes of FoundationDB', async () => {
  await withDatabase(async (database) => {
    const transaction = database.createTransaction();
    assert.throws(() => transaction.set(Buffer.alloc(fdbLimits.keyBytesMax + 1), ''), hasCode(2102));
    assert.throws(() => transaction.set('k', Buffer.alloc(fdbLimits.valueBytesMax + 1)), hasCode(2103));
    assert.throws(() => transaction.set(Buffer.from([0xff]), ''), hasCode(2004));
    assert.throws(() => transaction.clearRange('b', 'a'), hasCode(2005));
    assert.throws(() => transaction.atomicOp(99 as number, 'k', 'v'), hasCode(2018));
    for (let index = 0; index < 101; index++) transaction.set(`k${index}`, Buffer.alloc(fdbLimits.valueBytesMax));
    await assert.rejects(transaction.commit(), hasCode(2101));
    await assert.rejects(transaction.onError(2101), hasCode(2101));
    await transaction.onError(1020);
    transaction.cancel();
    await assert.rejects(transaction.get('k', false), hasCode(1025));
    const timed = database.createTransaction();
    timed.setOption(500, 1);
    await new Promise((resolve) => setTimeout(resolve, 10));
    await assert.rejects(timed.get('k', false), hasCode(1031));
  });
});

test('a watch fires for a change, also by another process, and not for the same value', async () => {
  const file = newFile();
  await withDatabase(async (database) => {
    await withDatabase(async (other) => {
      const transaction = database.createTransaction();
      const watch = transaction.watch('k', true);
      await transaction.commit();
      const writer = other.createTransaction();
      writer.set('k', 'v');
      await writer.commit();
      assert.equal(await watch.promise, true);
      const again = database.createTransaction();
      const cancelled = again.watch('k', true);
      await again.commit();
      cancelled.cancel();
      assert.equal(await cancelled.promise, false);
    }, file);
  }, file);
});

test('reads without end let timers run', async () => {
  await withDatabase(async (database) => {
    let fired = false;
    setTimeout(() => (fired = true), 5);
    const deadlineMs = performance.now() + 5_000;
    for (let transaction = database.createTransaction(); !fired; transaction = database.createTransaction()) {
      await transaction.get('k', true);
      transaction.cancel();
      assert.ok(performance.now() < deadlineMs, 'the event loop never turned');
    }
  });
});

test('a read does not see what its transaction writes after it was asked for', async () => {
  await withDatabase(async (database) => {
    const transaction = database.createTransaction();
    const reads: Promise<Buffer | undefined>[] = [];
    const startedMs = performance.now();
    // Some of the answers have to wait for the event loop.
    while (performance.now() - startedMs < 30) reads.push(transaction.get('k', false));
    transaction.set('k', 'later');
    assert.ok((await Promise.all(reads)).every((value) => value === undefined));
    assert.equal((await transaction.get('k', false))?.toString(), 'later');
    transaction.cancel();
  });
});

test('a value that is cleared or replaced alone leaves no bytes behind once the file is closed', async () => {
  const file = newFile();
  await withDatabase(async (database) => {
    const write = async (key: string, value: string | undefined): Promise<void> => {
      const transaction = database.createTransaction();
      if (value === undefined) transaction.clear(key);
      else transaction.set(key, value);
      await transaction.commit();
    };
    for (let index = 0; index < 200; index++) await write(`key ${index}`, 'x'.repeat(100));
    await write('key 50', 'the first secret');
    await write('key 50', 'the second secret');
    await write('key 50', undefined);
    await write('key 60', 'what stays');
  }, file);
  const bytes = readFileSync(file);
  assert.ok(bytes.includes('what stays') && !bytes.includes(' secret'));
});

test('what waits when the database is closed is on the disk, and is answered', async () => {
  const file = newFile();
  const database = openEmbeddedDatabase({ file, FDBError });
  const commits = Array.from({ length: 600 }, async (_, index) => {
    const writer = database.createTransaction();
    writer.set(`k${index}`, 'v');
    await writer.commit();
  });
  const late = database.createTransaction();
  late.set('late', 'v');
  database.close();
  await Promise.all(commits);
  await assert.rejects(late.commit(), hasCode(1101));
  await withDatabase(async (again) => {
    const reader = again.createTransaction();
    assert.equal((await readAll(reader)).length, 600);
    reader.cancel();
  }, file);
});

test('a commit behind one of another process is written, unless it read what may have changed', async () => {
  const file = newFile();
  await withDatabase(async (mine) => {
    await withDatabase(async (theirs) => {
      const commit = async (database: NativeDatabase, key: string, read?: string): Promise<void> => {
        const transaction = database.createTransaction();
        if (read !== undefined) await transaction.get(read, false);
        if (read !== undefined) await commit(theirs, 'between');
        transaction.set(key, 'v');
        await transaction.commit();
      };
      for (let round = 0; round < 5; round++) {
        await commit(mine, `mine ${round}`);
        await commit(theirs, `theirs ${round}`);
      }
      await assert.rejects(commit(mine, 'refused', 'mine 1'), hasCode(1020));
      await commit(mine, 'last');
      const reader = theirs.createTransaction();
      assert.equal((await readAll(reader)).length, 12);
      reader.cancel();
    }, file);
  }, file);
});

test('a commit that SQLite refuses is io_error, and the next one is written', async () => {
  const file = newFile();
  await withDatabase(async (database) => {
    const spoiler = openWriter(file);
    spoiler.exec('ALTER TABLE kv RENAME TO hidden');
    const commit = async (): Promise<void> => {
      const transaction = database.createTransaction();
      transaction.set('k', 'v');
      await transaction.commit();
    };
    await assert.rejects(commit(), hasCode(1510));
    spoiler.exec('ALTER TABLE hidden RENAME TO kv');
    spoiler.close();
    await commit();
  }, file);
});

test('a file that is something else, damaged or newer is one sentence', () => {
  const text = newFile();
  writeFileSync(text, 'just some text, longer than a header');
  assert.throws(() => openEmbeddedDatabase({ file: text, FDBError }), /is not a ledger file/);
  const foreign = newFile();
  const database = new Sqlite(foreign);
  database.exec('CREATE TABLE t (x)');
  database.close();
  assert.throws(() => openEmbeddedDatabase({ file: foreign, FDBError }), /another program/);
  const newer = newFile();
  openEmbeddedDatabase({ file: newer, FDBError }).close();
  const bumped = new Sqlite(newer);
  bumped.pragma('user_version = 99');
  bumped.close();
  assert.throws(() => openEmbeddedDatabase({ file: newer, FDBError }), /upgrade SwarmLedger/);
});

const counter = `
import { createRequire } from 'node:module';
const [modulePath, requireFrom, file, rounds] = process.argv.slice(1);
const { installEmbeddedModule } = await import(modulePath);
const require = createRequire(requireFrom);
installEmbeddedModule(require, file);
const fdb = require('foundationdb');
fdb.setAPIVersion(630);
const db = fdb.open();
process.stdout.write('ready\\n');
for (let i = 0; i < Number(rounds); i++) {
  await db.doTn(async (tn) => {
    const value = Number((await tn.get('n')) ?? 0);
    tn.set('n', String(value + 1));
    tn.set('mine-' + process.pid, String(i + 1));
  });
}
db.close();
`;

const opener = `
const [modulePath, require, file, atMs] = process.argv.slice(1);
const { openEmbeddedDatabase } = await import(modulePath);
const FDBError = (await import('node:module')).createRequire(require)('foundationdb/dist/lib/error.js').default;
while (Date.now() < Number(atMs));
openEmbeddedDatabase({ file, FDBError }).close();
`;

test('processes that open a new file at the same moment all get it', async () => {
  const modulePath = new URL('index.js', import.meta.url).href;
  for (let round = 0; round < 5; round++) {
    const args = [modulePath, import.meta.filename, newFile(), String(Date.now() + 500)];
    const codes = Array.from({ length: 6 }, async () => {
      const child = spawn(process.execPath, ['--input-type=module', '-e', opener, ...args], { stdio: 'inherit' });
      return once(child, 'close');
    });
    assert.deepEqual(
      (await Promise.all(codes)).map(([code]: unknown[]) => code),
      Array(6).fill(0),
    );
  }
});

test('several processes lose no update, and a killed one leaves whole commits behind', async () => {
  const file = newFile();
  const modulePath = new URL('index.js', import.meta.url).href;
  const start = (rounds: number): ReturnType<typeof spawn> =>
    spawn(
      process.execPath,
      ['--input-type=module', '-e', counter, modulePath, import.meta.filename, file, String(rounds)],
      {
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
  const finished = [start(150), start(150)].map(
    (child) => new Promise<number | null>((resolve) => child.once('close', resolve)),
  );
  const victim = start(100_000);
  await new Promise((resolve) => victim.stdout?.once('data', resolve));
  const victimEnded = new Promise((resolve) => victim.once('close', resolve));
  assert.deepEqual(await Promise.all(finished), [0, 0]);
  victim.kill('SIGKILL');
  await victimEnded;
  await withDatabase(async (database) => {
    const transaction = database.createTransaction();
    const rows = await readAll(transaction);
    const total = Number(rows.find(([name]) => name === 'n')?.[1]);
    const parts = rows.filter(([name]) => name.startsWith('mine-')).map(([, value]) => Number(value));
    assert.equal(
      parts.reduce((sum, part) => sum + part, 0),
      total,
    );
    assert.ok(total >= 300);
    transaction.cancel();
  }, file);
});
