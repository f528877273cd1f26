import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import Sqlite from 'better-sqlite3';
import { openEmbeddedDatabase } from './database.ts';

class FDBError extends Error {
  readonly code: number;

  constructor(description: string, code: number) {
    super(description);
    this.code = code;
  }
}

const pageBytes = 8_192;
const key = (number: number): Buffer => Buffer.from(`key ${String(number).padStart(5, '0')}`);

test('a damaged page is io_error to who reads it, the other pages are read, and nothing is thrown where nobody listens', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'swarmledger-damage-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'ledger.sqlite');
  const written = openEmbeddedDatabase({ file, FDBError });
  const writing = written.createTransaction();
  for (let number = 0; number < 400; number++) writing.set(key(number), Buffer.alloc(500, number));
  await writing.commit();
  written.close();

  const bytes = readFileSync(file);
  // A leaf in the middle: the tree above it is whole.
  const at = bytes.indexOf(key(200));
  bytes.fill(0xff, at - (at % pageBytes), at - (at % pageBytes) + pageBytes);
  writeFileSync(file, bytes);

  const damaged = openEmbeddedDatabase({ file, FDBError });
  t.after(() => damaged.close());
  const codes: number[] = [];
  for (let number = 0; number < 400; number++) {
    const reading = damaged.createTransaction();
    try {
      assert.deepEqual(await reading.get(key(number), true), Buffer.alloc(500, number));
    } catch (error) {
      assert.ok(error instanceof FDBError, String(error));
      codes.push(error.code);
    }
    reading.cancel();
  }
  assert.ok(codes.length > 0 && codes.length < 100, `${codes.length} of 400`);
  assert.deepEqual([...new Set(codes)], [1510]);
});

test('a value that is no longer bytes is io_error to who reads it', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'swarmledger-damage-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'ledger.sqlite');
  openEmbeddedDatabase({ file, FDBError }).close();
  const damaging = new Sqlite(file);
  damaging.prepare('INSERT INTO kv (k, v) VALUES (?, ?)').run(key(1), 'a text');
  damaging.close();

  const damaged = openEmbeddedDatabase({ file, FDBError });
  t.after(() => damaged.close());
  const isDamage = (error: unknown): boolean => error instanceof FDBError && error.code === 1510;
  await assert.rejects(damaged.createTransaction().get(key(1), true), isDamage);
  await assert.rejects(damaged.createTransaction().get(key(1), false), isDamage);
});
