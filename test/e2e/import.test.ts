import assert from 'node:assert/strict';
import { chmod, mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { createClient } from '@clickhouse/client';
import {
  checkout,
  eventually,
  finish,
  startCli,
  withFolder,
  withHub,
  type Finished,
  type RunningHub,
} from '../support/cli.ts';
import { commitAll, git } from '../support/git.ts';

interface Counts {
  readonly published: number;
  readonly committed: number;
  readonly duplicates: number;
}

function readCounts({ code, stdout, stderr }: Finished): Counts {
  assert.equal(code, 0, stderr);
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Counts;
}

async function verifyFeed(
  hub: RunningHub,
): Promise<readonly { readonly ledger: number; readonly analytics: number }[]> {
  return eventually(async () => {
    const { code, stdout } = await hub.cli(['feed', 'verify', '--json']);
    if (code !== 0) return undefined;
    return stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { ledger: number; analytics: number });
  });
}

/** A repository with every kind of thing that Git can hold. */
async function makeDifficultRepository(repository: string): Promise<string> {
  git(repository, 'init', '--quiet');
  await writeFile(join(repository, 'empty'), '');
  await writeFile(join(repository, 'name with spaces.txt'), 'one\n');
  await writeFile(join(repository, 'ünïcode – 日本.txt'), 'two\n');
  await writeFile(
    join(repository, 'binary.bin'),
    Buffer.from(Array.from({ length: 70_000 }, (_, index) => (index * 7) % 256)),
  );
  await writeFile(join(repository, 'large.bin'), Buffer.alloc(1_500_000, 'swarm'));
  await writeFile(join(repository, 'run.sh'), '#!/bin/sh\n');
  await chmod(join(repository, 'run.sh'), 0o755);
  await symlink('empty', join(repository, 'link'));
  await writeFile(join(repository, 'thing'), 'a file\n');
  commitAll(repository, 'first');
  await rm(join(repository, 'thing'));
  await mkdir(join(repository, 'thing'));
  await writeFile(join(repository, 'thing/inside'), 'now a folder\n');
  await chmod(join(repository, 'run.sh'), 0o644);
  commitAll(repository, 'a file becomes a folder, a mode changes');
  git(repository, 'mv', 'name with spaces.txt', 'renamed.txt');
  git(repository, 'update-index', '--add', '--cacheinfo', `160000,${'1'.repeat(40)},vendor/sub`);
  git(repository, 'commit', '--quiet', '-m', 'a rename and a submodule');
  return git(repository, 'rev-parse', 'HEAD');
}

test('a repository with everything in it comes back as it was, and a second import adds nothing', async () => {
  await withHub(async (hub) => {
    await withFolder(async (folder) => {
      const repository = join(folder, 'repo');
      await mkdir(repository);
      const head = await makeDifficultRepository(repository);
      const target = ['-t', 'acme', '-p', 'difficult', '--json'];
      const first = readCounts(await hub.cli(['import', 'git', repository, ...target]));
      assert.ok(first.committed > 10);
      const second = await hub.cli(['import', 'git', repository, '-t', 'acme', '-p', 'difficult']);
      assert.equal(second.stdout, `3 commits: nothing new, ${first.committed} were there already\n`);
      const out = join(folder, 'out');
      const restored = await hub.cli([
        'restore',
        '-t',
        'acme',
        '-p',
        'difficult',
        '--tag',
        `git:${head.slice(0, 8)}`,
        '--out',
        out,
      ]);
      assert.equal(restored.code, 0, restored.stderr);
      // Git itself says whether it is the same tree.
      git(out, 'init', '--quiet');
      git(out, 'add', '-A');
      git(out, 'update-index', '--add', '--cacheinfo', `160000,${'1'.repeat(40)},vendor/sub`);
      assert.equal(git(out, 'write-tree'), git(repository, 'rev-parse', `${head}^{tree}`));
    });
  });
});

test('kill -9 of the ingestor in the middle of an import changes no number', async () => {
  await withHub(async (hub) => {
    const target = ['-t', 'acme', '-p', 'web', '--json'];
    const running = startCli(['--data', hub.data, 'import', 'git', checkout, ...target]);
    const finished = finish(running);
    const victims = new Set<number>();
    for (let kill = 0; kill < 3 && running.exitCode === null; kill++) {
      const pid = await eventually(async () => {
        const { ingestor } = await hub.reload();
        return victims.has(ingestor.pid) ? undefined : ingestor.pid;
      });
      // Once it works: it answers, so its partitions are being opened or read.
      await eventually(async () =>
        (await fetch(`${(await hub.reload()).ingestor.healthUrl}/healthz`)).ok ? true : undefined,
      );
      victims.add(pid);
      process.kill(pid, 'SIGKILL');
    }
    const counts = readCounts(await finished);
    assert.ok(victims.size > 0);
    assert.equal(counts.committed, counts.published);
    const again = readCounts(await hub.cli(['import', 'git', checkout, ...target]));
    assert.deepEqual([again.committed, again.duplicates], [0, counts.committed + counts.duplicates]);
    const branches = await verifyFeed(hub);
    assert.deepEqual(
      branches.map(({ ledger, analytics }) => [ledger, analytics]),
      [[counts.committed, counts.committed]],
    );
  });
});

test('@clickhouse/client over HTTP reads the engine of a running hub', async () => {
  await withHub(async (hub) => {
    const events = Array.from({ length: 20 }, (_, index) =>
      JSON.stringify({ agent_id: 'a', decision: { title: `step ${index}`, rationale: 'line one\nline "two"' } }),
    );
    assert.equal(
      readCounts(await hub.cli(['emit', '-t', 'acme', '-p', 'web', '--json'], { input: events.join('\n') })).committed,
      20,
    );
    const { url, analyst } = hub.file.analytics;
    const client = createClient({ url, username: analyst.username, password: analyst.password });
    try {
      const rows = await eventually(async () => {
        const result = await client.query({
          query: `SELECT JSONExtractString(payload_json, 'decision', 'rationale') AS rationale, count() AS events
            FROM swarmledger.swarm_events WHERE tenant_id = {tenant:String} GROUP BY rationale`,
          query_params: { tenant: 'acme' },
          format: 'JSONEachRow',
        });
        const found = await result.json<{ rationale: string; events: string }>();
        return Number(found[0]?.events) === 20 ? found : undefined;
      });
      assert.deepEqual(
        rows.map(({ rationale }) => rationale),
        ['line one\nline "two"'],
      );
      await assert.rejects(client.query({ query: 'SELECT * FROM nowhere' }), { code: '60', type: 'UNKNOWN_TABLE' });
      await assert.rejects(client.command({ query: 'DROP TABLE swarmledger.swarm_events' }), { code: '164' });
    } finally {
      await client.close();
    }
    const curl = await fetch(`${url}/?query=${encodeURIComponent('SELECT count() FROM swarmledger.swarm_events')}`, {
      headers: { authorization: `Basic ${Buffer.from(`${analyst.username}:${analyst.password}`).toString('base64')}` },
    });
    assert.deepEqual([curl.status, await curl.text()], [200, '20\n']);
  });
});
