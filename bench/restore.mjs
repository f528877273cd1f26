// How long a restore takes, next to `git checkout` of the same tree in the same run: against the size of the tree, and against the length
// of the history behind it. Durability on: a restore is flushed to the disk; git checkout flushes nothing, so it is also timed with
// a `sync` of its file system behind it.
//   node bench/restore.mjs [--files 100,1000,5000] [--history 1,10,30] [--runs 7] [--in FOLDER] [--json]
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { openLedger } from '../packages/ledger/dist/index.js';
import {
  decodeEvent,
  encodeEvent,
  fileModes,
  mainBranch,
  parseProjectId,
  parseTenantId,
} from '../packages/protocol/dist/index.js';
import { resolveMoment, restore } from '../services/replayer/dist/index.js';
import { makeEnvelope } from './events.mjs';
import { hasFlag, option, textOption } from './options.mjs';
import { median, round } from './statistics.mjs';

const numbers = (name, fallback) => textOption(name, fallback).split(',').map(Number);
const sizes = numbers('files', '100,1000,5000');
const lengths = numbers('history', '1,10,30');
const runs = option('runs', 7);
const folder = mkdtempSync(join(textOption('in', tmpdir()), 'swarmledger-bench-'));

const tenant = parseTenantId('bench');
/** Files of the tree whose history grows. */
const historyFiles = 1_000;
const eventsPerAppend = 500;
const bytesPerAppend = 900_000;
let random = 42;

const ledger = await openLedger({ connection: { kind: 'embedded', file: join(folder, 'ledger.sqlite') } });
try {
  await ledger.tenants.ensure(tenant);
  const lease = await ledger.partitions.acquire(0, 'bench');
  const cases = [];
  for (const files of sizes) cases.push(await prepare(lease, `tree-${files}`, makeTree(files), 1));
  const tree = makeTree(historyFiles);
  for (const length of lengths) cases.push(await prepare(lease, `history-${length}`, tree, length));
  // In turn, forth and back, so that what else the machine does meets all of them alike.
  for (let run = 0; run < runs; run++) {
    for (const each of run % 2 === 0 ? cases : cases.toReversed()) await measure(each, run);
  }
  const shortest = cases.find(({ name }) => name.startsWith('history'));
  const results = cases.map((each) => summarise(each, shortest));
  if (hasFlag('json')) process.stdout.write(`${JSON.stringify(results)}\n`);
  else console.table(results);
} finally {
  await ledger.close();
  rmSync(folder, { recursive: true, force: true });
}

/** One project with one tree, changed as often as asked for: the last round is the tree itself. */
async function prepare(lease, name, tree, changes) {
  const project = parseProjectId(name);
  for (let left = changes - 1; left >= 0; left--) await append(lease, project, tree, left);
  const repository = makeRepository(name, tree);
  const history = await ledger.project(tenant, project);
  const moment = await resolveMoment(history, mainBranch, { kind: 'head' });
  return { name, tree, changes, repository, history, moment, times: { restore: [], checkout: [], synced: [] } };
}

/** Nothing is removed before the end: ext4 makes files slowly where thousands were removed within the last minute. */
async function measure({ name, repository, history, moment, times }, run) {
  const directory = join(folder, `out-${name}-${run}`);
  const clone = join(folder, `clone-${name}-${run}`);
  times.restore.push(await time(() => restore(history, { moment, directory })));
  git(folder, 'clone', '--quiet', '--no-checkout', '--shared', repository, clone);
  execFileSync('sync', ['-f', folder]);
  times.checkout.push(await time(() => git(clone, 'checkout', '--quiet', 'HEAD')));
  const flushMs = await time(() => execFileSync('sync', ['-f', clone]));
  times.synced.push(times.checkout.at(-1) + flushMs);
  execFileSync('sync', ['-f', folder]);
}

function summarise({ name, tree, changes, times }, shortest) {
  const bytes = tree.reduce((sum, { content }) => sum + content.length, 0);
  return {
    what: name,
    files: tree.length,
    mb: round(bytes / 1e6),
    changes_per_file: changes,
    restore_ms: round(median(times.restore)),
    restore_spread: range(times.restore),
    checkout_ms: round(median(times.checkout)),
    checkout_spread: range(times.checkout),
    checkout_sync_ms: round(median(times.synced)),
    to_checkout: round(median(times.restore) / median(times.checkout)),
    to_checkout_sync: round(median(times.restore) / median(times.synced)),
    ...(name.startsWith('history')
      ? { to_shortest: round(median(times.restore) / median(shortest.times.restore)) }
      : {}),
  };
}

/** Files as source trees have them: most of a few kB, some of hundreds, in folders of about twenty. */
function makeTree(files) {
  return Array.from({ length: files }, (_, index) => {
    const bytes = Math.min(300_000, Math.round(300 * Math.exp(nextRandom() * nextRandom() * 7)));
    const content = Buffer.from(`file ${index}\n`.repeat(Math.ceil(bytes / 10)).slice(0, bytes));
    return { path: `src/d${Math.floor(index / 400)}/e${Math.floor(index / 20)}/file-${index}.ts`, content };
  });
}

function nextRandom() {
  random = (random * 1_103_515_245 + 12_345) % 2 ** 31;
  return random / 2 ** 31;
}

async function append(lease, project, tree, left) {
  let events = [];
  let bytes = 0;
  const commit = async () => {
    if (events.length > 0) await lease.append([{ tenant, project, events }]);
    events = [];
    bytes = 0;
  };
  for (const { path, content } of tree) {
    const body = left === 0 ? content : Buffer.concat([Buffer.from(`round ${left}\n`), content.subarray(0, 500)]);
    const raw = encodeEvent(makeEnvelope({ tenant, project }, makeChange(path, body)));
    if (events.length >= eventsPerAppend || bytes + raw.length > bytesPerAppend) await commit();
    events.push({ event: decodeEvent(raw), raw });
    bytes += raw.length;
  }
  await commit();
}

function makeChange(path, content) {
  return {
    kind: 'state_change',
    path,
    action: 'UPDATE',
    body: { kind: 'content', content },
    mode: fileModes.regular,
    contentBytes: 0,
  };
}

function makeRepository(name, tree) {
  const repository = join(folder, `repository-${name}`);
  mkdirSync(repository);
  git(repository, 'init', '--quiet');
  for (const { path, content } of tree) {
    mkdirSync(dirname(join(repository, path)), { recursive: true });
    writeFileSync(join(repository, path), content);
  }
  git(repository, 'add', '--all');
  git(repository, '-c', 'user.name=bench', '-c', 'user.email=bench@localhost', 'commit', '--quiet', '-m', 'tree');
  git(repository, 'repack', '-adq');
  return repository;
}

function git(directory, ...command) {
  execFileSync('git', command, { cwd: directory, stdio: ['ignore', 'ignore', 'inherit'] });
}

async function time(action) {
  const startMs = performance.now();
  await action();
  return performance.now() - startMs;
}

function range(values) {
  return `${Math.round(Math.min(...values))}-${Math.round(Math.max(...values))}`;
}
