import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { connect, headers, type NatsConnection } from 'nats';
import {
  createEventId,
  encodeBatch,
  encodeEvent,
  eventFromJson,
  parseProjectId,
  parseTenantId,
} from '@swarmledger/protocol';
import { eventually, withFolder, withHub, type Finished, type RunningHub } from '../support/cli.ts';
import { commitAll, git } from '../support/git.ts';

let hub: RunningHub;
let nats: NatsConnection;
let stopHub: () => void;
let stopped: Promise<void>;

before(async () => {
  await new Promise<void>((resolve, reject) => {
    stopped = withHub(async (running) => {
      hub = running;
      const { url, user, password } = running.file.nats;
      nats = await connect({ servers: url, user, pass: password });
      const stop = new Promise<void>((release) => (stopHub = release));
      resolve();
      await stop;
      await nats.close();
    });
    stopped.catch(reject);
  });
});

after(async () => {
  stopHub();
  await stopped;
});

/** Exactly one sentence on stderr, nothing on stdout, and exit code 2. */
function assertOneSentence({ code, stdout, stderr }: Finished, pattern: RegExp): void {
  assert.equal(code, 2, stderr);
  assert.equal(stdout, '');
  const lines = stderr
    .trim()
    .split('\n')
    .filter((line) => !line.startsWith('warning: '));
  assert.equal(lines.length, 1, stderr);
  assert.match(lines[0] ?? '', pattern);
}

const target = (project: string): readonly string[] => ['-t', 'acme', '-p', project, '--json'];

test('an empty repository, no repository and an unknown revision are one sentence each', async () => {
  await withFolder(async (folder) => {
    assertOneSentence(await hub.cli(['import', 'git', join(folder, 'nothing'), ...target('a')]), /^swarmledger: /);
    assertOneSentence(await hub.cli(['import', 'git', folder, ...target('a')]), /not a Git repository/i);
    git(folder, 'init', '--quiet');
    assertOneSentence(await hub.cli(['import', 'git', folder, ...target('a')]), /no commits|empty/i);
    commitAll(folder, 'first');
    assertOneSentence(await hub.cli(['import', 'git', folder, '--revision', 'nope', ...target('a')]), /nope/);
  });
});

test('a shallow clone is imported from where it was cut, with a warning', async () => {
  await withFolder(async (folder) => {
    const origin = join(folder, 'origin');
    await mkdir(origin);
    git(origin, 'init', '--quiet');
    for (const name of ['a', 'b', 'c']) {
      await writeFile(join(origin, name), name);
      commitAll(origin, name);
    }
    git(folder, 'clone', '--quiet', '--depth', '1', `file://${origin}`, 'shallow');
    const { code, stdout, stderr } = await hub.cli(['import', 'git', join(folder, 'shallow'), ...target('shallow')]);
    assert.equal(code, 0, stderr);
    assert.match(stderr, /^warning: .*shallow/);
    assert.equal((JSON.parse(stdout) as { committed: number }).committed, 4);
  });
});

test('a truncated trajectory and a file that is none are one sentence each, and publish nothing', async () => {
  await withFolder(async (folder) => {
    await writeFile(join(folder, 'cut.traj'), '{"trajectory": [{"thought": "I wi');
    assertOneSentence(
      await hub.cli(['import', 'trajectory', join(folder, 'cut.traj'), ...target('traj')]),
      /cut\.traj/,
    );
    await writeFile(join(folder, 'other.traj'), '[1, 2]');
    assertOneSentence(
      await hub.cli(['import', 'trajectory', join(folder, 'other.traj'), ...target('traj')]),
      /other\.traj/,
    );
    assertOneSentence(await hub.cli(['log', ...target('traj')]), /unknown|no project/i);
  });
});

test('a line that is no event stops emit with its number, or is skipped and counted', async () => {
  const good = '{"agent_id":"a","decision":{"title":"t"}}';
  const input = `${good}\n{"agent_id":"a"}\n${good}\n`;
  assertOneSentence(await hub.cli(['emit', ...target('emit')], { input }), /line 2/);
  const { code, stdout } = await hub.cli(['emit', '--skip-bad', ...target('emit')], { input });
  assert.equal(code, 0);
  const counts = JSON.parse(stdout) as { committed: number; skipped_lines: number };
  assert.deepEqual([counts.committed, counts.skipped_lines], [2, 1]);
});

test('wrong names and options are one sentence with a way out', async () => {
  assertOneSentence(await hub.cli(['log', '-t', 'Acme.*', '-p', 'x']), /tenant "Acme/);
  assertOneSentence(await hub.cli(['log', '-t', 'nobody', '-p', 'x']), /nobody/);
  assertOneSentence(await hub.cli(['restore', '-t', 'acme', '-p', 'emit', '--at', 'soon', '-o', '/tmp/never']), /time/);
  assertOneSentence(
    await hub.cli(['restore', '-t', 'acme', '-p', 'emit', '--tag', 'nope', '-o', '/tmp/never']),
    /nope/,
  );
  assertOneSentence(await hub.cli(['sql', 'SELEC 1']), /Syntax error/);
  assertOneSentence(await hub.cli(['sql', "SELECT * FROM file('/etc/passwd')"]), /readers cannot call file/);
  assertOneSentence(await hub.cli(['show', '-t', 'acme', '-p', 'emit', 'not-an-id']), /not-an-id/);
  assertOneSentence(await hub.cli(['dlq', 'drop']), /--all/);
});

interface Letter {
  readonly number: number;
  readonly reason: string;
  readonly subject: string;
}

async function lettersOf(tenant: string): Promise<readonly Letter[]> {
  const { stdout } = await hub.cli(['dlq', 'ls', '-t', tenant, '--json']);
  return stdout
    .trim()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Letter);
}

test('whatever is published, the bad is in the dead letters with its reason and the good is committed', async () => {
  const scope = { tenant: parseTenantId('hostile'), project: parseProjectId('web') };
  const other = { tenant: parseTenantId('victim'), project: parseProjectId('web') };
  const event = (from: typeof scope): Uint8Array =>
    encodeEvent(eventFromJson({ agent_id: 'a', decision: { title: 't' } }, from));
  const raw = (fields: string): Uint8Array => Buffer.from(fields, 'hex');
  const batch = headers();
  batch.set('Swarm-Content', 'batch');
  const jetStream = nats.jetstream();
  const subject = 'swarm.hostile.web.events';
  await jetStream.publish(subject, event(scope));
  await jetStream.publish(subject, Buffer.from('not protobuf at all'));
  await jetStream.publish(subject, event(other));
  await jetStream.publish(subject, raw('3205616765'));
  await jetStream.publish(subject, encodeBatch(createEventId(), [event(scope), event(other)], { compress: false }), {
    headers: batch,
  });
  await jetStream.publish(subject, Buffer.from('not a batch'), { headers: batch });
  await jetStream.publish(subject, encodeBatch(createEventId(), [event(scope), event(scope)], { compress: true }), {
    headers: batch,
  });
  const letters = await eventually(async () => {
    const found = await lettersOf('hostile');
    return found.length >= 5 ? found : undefined;
  });
  assert.deepEqual(letters.map(({ reason }) => reason).sort(), [
    'tenant_mismatch',
    'tenant_mismatch',
    'undecodable',
    'undecodable',
    'undecodable',
  ]);
  const { stdout } = await hub.cli(['log', '-t', 'hostile', '-p', 'web', '--json']);
  assert.equal(stdout.trim().split('\n').length, 3);
  assertOneSentence(await hub.cli(['log', '-t', 'victim', '-p', 'web']), /victim/);
  // Put back, they are refused again; dropped, they are gone.
  const replayed = await hub.cli(['dlq', 'replay', '-t', 'hostile', '--reason', 'undecodable']);
  assert.match(replayed.stdout, /^3 dead letters put back/);
  await eventually(async () => ((await lettersOf('hostile')).length === 5 ? true : undefined));
  assert.match((await hub.cli(['dlq', 'drop', '-t', 'hostile'])).stdout, /^5 dead letters removed/);
  assert.deepEqual(await lettersOf('hostile'), []);
});
