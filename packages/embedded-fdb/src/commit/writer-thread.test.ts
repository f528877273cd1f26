import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { mutationTypes } from '../atomic-ops.ts';
import { openReader, openWriter } from '../sqlite-file.ts';
import type { Mutation } from '../write-set.ts';
import type { GroupOfCommits, WriterRequest } from './messages.ts';
import { packMutations } from './packed-mutations.ts';
import { WriterThread, type ThreadAnswer } from './writer-thread.ts';

const startVersion = 1;

function set(key: string, value: string): Mutation {
  return { kind: 'set', key: Buffer.from(key), value: Buffer.from(value) };
}

function write(version: number, ...mutations: readonly Mutation[]): { readonly kind: 'write' } & GroupOfCommits {
  return { kind: 'write', expected: startVersion, version, mutations: packMutations([mutations]) };
}

function open(context: TestContext): { readonly file: string; readonly start: () => WriterThread } {
  const folder = mkdtempSync(join(tmpdir(), 'swarmledger-writer-'));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'ledger.sqlite');
  openWriter(file).close();
  const start = (): WriterThread => {
    const thread = new WriterThread(file);
    context.after(() => thread.terminate());
    return thread;
  };
  return { file, start };
}

function ask(thread: WriterThread, request: WriterRequest): Promise<ThreadAnswer> {
  return new Promise((resolve) => thread.ask(request, resolve));
}

function readRows(file: string): Readonly<Record<string, string>> {
  const reader = openReader(file);
  const rows = reader.prepare('SELECT k, v FROM kv ORDER BY k').all() as { readonly k: Buffer; readonly v: Buffer }[];
  reader.close();
  return Object.fromEntries(rows.map(({ k, v }) => [k.toString(), v.toString()]));
}

test('mutations of every kind are done in their order', async (t) => {
  const { file, start } = open(t);
  const thread = start();
  const append = (key: string, text: string): Mutation => {
    const operand = Buffer.from(text);
    return { kind: 'atomic', type: mutationTypes.appendIfFits, key: Buffer.from(key), operand };
  };
  const mutations: readonly Mutation[] = [
    ...['a', 'b', 'c', 'd', 'e'].map((key) => set(key, 'old')),
    { kind: 'clear', key: Buffer.from('a') },
    { kind: 'clear_range', begin: Buffer.from('b'), end: Buffer.from('d') },
    set('c', 'new'),
    append('d', ' and more'),
    append('f', ''),
    { kind: 'stamped_key', key: Buffer.from('stamped key'), offset: 0, value: Buffer.from('1') },
    { kind: 'stamped_value', key: Buffer.from('stamped value'), value: Buffer.from('2'), offset: 0 },
  ];
  assert.equal((await ask(thread, write(7, ...mutations))).kind, 'written');
  const expected = { c: 'new', d: 'old and more', e: 'old', f: '', 'stamped key': '1', 'stamped value': '2' };
  assert.deepEqual(readRows(file), expected);
});

test('whoever finds a newer version keeps the file until it has written, or let it go', async (t) => {
  const { file, start } = open(t);
  const [first, second] = [start(), start()];
  assert.equal((await ask(first, write(7, set('a', '1')))).kind, 'written');
  assert.deepEqual(await ask(second, write(8, set('b', '1'))), { kind: 'moved', version: 7 });
  const waiting = ask(first, { ...write(9, set('a', '2')), expected: 8 });
  assert.equal((await ask(second, { ...write(8, set('b', '2')), expected: 7 })).kind, 'written');
  assert.equal((await waiting).kind, 'written');
  assert.deepEqual(await ask(second, write(10, set('b', '3'))), { kind: 'moved', version: 9 });
  assert.deepEqual(await ask(second, { kind: 'release' }), { kind: 'released' });
  assert.equal((await ask(first, { ...write(11, set('a', '3')), expected: 9 })).kind, 'written');
  assert.deepEqual(readRows(file), { a: '3', b: '2' });
});

test('a group that fails is not written at all, and says why', async (t) => {
  const { file, start } = open(t);
  const thread = start();
  const unknown: Mutation = { kind: 'atomic', type: 99, key: Buffer.from('b'), operand: Buffer.alloc(0) };
  const refused = await ask(thread, write(7, set('a', '1'), unknown));
  assert.deepEqual(refused, { kind: 'failed', message: 'operation 99 is not one that is packed', code: undefined });
  const spoiler = openWriter(file);
  spoiler.exec('ALTER TABLE kv RENAME TO hidden');
  const failed = await ask(thread, write(7, set('a', '1')));
  assert.deepEqual(failed, { kind: 'failed', message: 'no such table: kv', code: 'SQLITE_ERROR' });
  spoiler.exec('ALTER TABLE hidden RENAME TO kv');
  spoiler.close();
  assert.deepEqual(readRows(file), {});
});

test('the buffer of a group comes back and serves the next one, unless that is larger', async (t) => {
  const { file, start } = open(t);
  const thread = start();
  const first = await ask(thread, write(7, set('a', 'long'.repeat(1_000))));
  assert.ok(first.kind === 'written');
  const small = packMutations([[set('a', 'short')]], first.spare);
  assert.equal(small.buffer, first.spare);
  const second = await ask(thread, { kind: 'write', expected: 7, version: 8, mutations: small });
  assert.ok(second.kind === 'written');
  assert.deepEqual(readRows(file), { a: 'short' });
  const large = packMutations([[set('a', 'long'.repeat(100_000))]], second.spare);
  assert.notEqual(large.buffer, second.spare);
});

test('an answer can be waited for without the event loop, and a thread that ended has lost it', (t) => {
  const { file, start } = open(t);
  const thread = start();
  const answers: ThreadAnswer[] = [];
  thread.ask(write(7, set('a', '1')), (answer) => answers.push(answer));
  assert.throws(() => thread.ask({ kind: 'release' }, () => undefined), /before it has answered/);
  thread.waitForAnswer();
  assert.deepEqual(
    answers.map(({ kind }) => kind),
    ['written'],
  );
  thread.ask({ kind: 'close' }, (answer) => answers.push(answer));
  thread.waitForAnswer();
  assert.equal(thread.hasEnded, true);
  const killed = start();
  killed.ask(write(8, set('a', '2')), (answer) => answers.push(answer));
  void killed.terminate();
  assert.deepEqual(answers.slice(1), [{ kind: 'closed' }, { kind: 'lost', cause: undefined }]);
  assert.deepEqual(readRows(file), { a: '1' });
});
