import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { fileModes, limits, mainBranch, type ReceivedEvent } from '@swarmledger/protocol';
import { pieceBytes } from './content/state.ts';
import { appendOne, collect, commit, readLatestFiles, testLedger } from './testing/backends.ts';
import { change, chunks, decision, hash, message, receive, remove, write } from './testing/events.ts';

const sliceBytes = limits.contentChunkBytesMax;

function named(path: string, content: Buffer): ReceivedEvent {
  return change(path, { body: { kind: 'content_sha256', sha256: hash(content) } });
}

testLedger('gives back content of every length', async (open) => {
  const { lease, history } = await open();
  const lengths = [0, 1, pieceBytes - 1, pieceBytes, pieceBytes + 1, 3 * pieceBytes, limits.inlineContentBytesMax];
  const contents = lengths.map((length) => randomBytes(length));
  await commit(lease, ...contents.map((content, index) => message(write(`f${index}`, content))));
  const project = await history();
  for (const content of contents) {
    assert.ok(Buffer.concat(await collect(project.content(hash(content)))).equals(content));
  }
});

testLedger('gives back many contents at once, and says which kind of wrong one is', async (open) => {
  const { lease, history } = await open();
  const contents = Array.from({ length: 250 }, (_, index) => randomBytes(index * 300));
  await commit(lease, ...contents.map((content, index) => message(write(`f${index}`, content))));
  const [staged] = chunks(randomBytes(sliceBytes + 1));
  await commit(lease, message(staged!));
  const project = await history();
  const refs = contents.map((content) => ({ sha256: hash(content), bytes: content.length }));
  assert.deepEqual(await project.contents([...refs].reverse()), [...contents].reverse());
  assert.deepEqual(await project.contents([]), []);
  const missing = { sha256: hash('never'), bytes: 5 };
  await assert.rejects(project.contents([...refs, missing]), { code: 'content_missing' });
  const falseLength = { sha256: hash(contents[9]!), bytes: 1 };
  await assert.rejects(project.contents([falseLength]), { code: 'corrupt_record' });
  assert.ok(staged!.event.payload.kind === 'content_chunk');
  const incomplete = { sha256: staged!.event.payload.sha256, bytes: sliceBytes + 1 };
  await assert.rejects(project.contents([incomplete]), { code: 'corrupt_record' });
});

testLedger('puts chunks together when a change names them', async (open) => {
  const { lease, history } = await open();
  const content = randomBytes(2 * sliceBytes + 12_345);
  const [first, second, third] = chunks(content);
  await commit(lease, message(third!));
  await commit(lease, message(first!));
  const early = await appendOne(lease, message(named('big', content)));
  assert.ok(early.kind === 'rejected' && early.code === 'content_missing', JSON.stringify(early));
  await assert.rejects(collect((await history()).content(hash(content))), { code: 'content_missing' });
  // The last chunk, the change that needs it and one that uses the same content again, in one transaction.
  await commit(lease, message(second!), message(named('big', content)), message(named('copy', content)));
  const project = await history();
  const tree = await collect(project.tree(mainBranch, (await project.latest(mainBranch))!));
  assert.deepEqual(
    tree.map(({ path, bytes }) => [path, bytes]),
    [
      ['big', content.length],
      ['copy', content.length],
    ],
  );
  assert.ok(Buffer.concat(await collect(project.content(hash(content)))).equals(content));
  const stored = await collect(project.events({ branch: mainBranch }));
  const detached = stored[0]?.event.payload;
  assert.ok(detached?.kind === 'content_chunk' && detached.data.length === 0 && detached.offset === 2 * sliceBytes);
});

testLedger('accepts chunks and their change in one message, and the empty content without any', async (open) => {
  const { lease, history } = await open();
  const content = randomBytes(sliceBytes + 1);
  await commit(lease, message(...chunks(content), named('a', content)), message(named('empty', Buffer.alloc(0))));
  const files = (await readLatestFiles(await history())) as Record<string, string>;
  assert.deepEqual(Object.keys(files), ['a', 'empty']);
  assert.equal(files['empty'], '');
  assert.equal(files['a'], content.toString());
});

testLedger('throws chunks away that do not have the hash that they claim', async (open) => {
  const { lease, history } = await open();
  const content = randomBytes(sliceBytes + 10);
  const lies = chunks(randomBytes(content.length), hash(content));
  await commit(lease, ...lies.map((lie) => message(lie)));
  const results = await lease.append([message(named('a', content)), message(decision('fine'))]);
  assert.deepEqual(
    results.map((result) => (result.kind === 'rejected' ? result.code : result.kind)),
    ['content_mismatch', 'committed'],
  );
  const after = await appendOne(lease, message(named('a', content)));
  assert.ok(after.kind === 'rejected' && after.code === 'content_missing');
  await commit(lease, ...chunks(content).map((chunk) => message(chunk)), message(named('a', content)));
  assert.deepEqual(await readLatestFiles(await history()), { a: content.toString() });
});

testLedger('nobody’s chunks can spoil another’s content', async (open) => {
  const { lease, history } = await open();
  const content = Buffer.from('the real thing');
  const other = randomBytes(sliceBytes + 1);
  // Somebody claims both hashes with other bytes, before and after the real content comes inline.
  const lie = (bytes: Buffer): ReceivedEvent => chunks(bytes, hash(content))[0]!;
  await commit(lease, message(lie(Buffer.from('lies'))), message(...chunks(other, hash(content))));
  await commit(lease, message(write('a', content)));
  await commit(lease, message(lie(Buffer.from('more lies'))));
  await commit(lease, message(named('b', content)));
  assert.deepEqual(await readLatestFiles(await history()), { a: 'the real thing', b: 'the real thing' });
});

testLedger('a change may name content that came inline right before it', async (open) => {
  const { lease, history } = await open();
  const [x, y] = [Buffer.from('x'), Buffer.from('y')];
  await commit(lease, message(write('a', x)), message(named('b', x)), message(write('c', y), named('d', y)));
  assert.deepEqual(await readLatestFiles(await history()), { a: 'x', b: 'x', c: 'y', d: 'y' });
});

testLedger('chunks that disagree on the whole’s length do not mix', async (open) => {
  const { lease } = await open();
  const content = randomBytes(sliceBytes + 10);
  const [first, second] = chunks(content);
  const longer = receive({
    kind: 'content_chunk',
    sha256: hash(content),
    offset: 0,
    totalBytes: 3 * sliceBytes,
    data: content.subarray(0, sliceBytes),
  });
  await commit(lease, message(first!), message(longer));
  await commit(lease, message(second!));
  const result = await appendOne(lease, message(named('a', content)));
  assert.ok(result.kind === 'rejected' && result.code === 'content_missing');
});

testLedger('deleting and re-creating the same content keeps it', async (open) => {
  const { lease, history } = await open();
  const link = change('link', { body: { kind: 'content', content: Buffer.from('a') }, mode: fileModes.symlink });
  await commit(lease, message(write('a', 'same'), link), message(remove('a')), message(write('b', 'same')));
  assert.deepEqual(await readLatestFiles(await history()), { b: 'same', link: 'a' });
});
