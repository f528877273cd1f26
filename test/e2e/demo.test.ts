import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { checkout, runCli } from '../support/cli.ts';

const trajectories = join(checkout, '../shared/data/swe-agent-trajectories');

test('the demo brings this repository in, restores it byte for byte and agrees on every number', async () => {
  const extra = existsSync(trajectories) ? ['--trajectories', trajectories] : [];
  const { code, stdout, stderr } = await runCli(['demo', '--json', ...extra]);
  assert.equal(code, 0, stderr);
  const summary = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Record<string, unknown>;
  assert.equal(summary['restore_matches'], true);
  assert.ok(Number(summary['published']) > 50);
  assert.equal(summary['committed'], summary['published']);
  assert.equal(summary['analytics_rows'], summary['published']);
  assert.equal(summary['duplicates'], 0);
  assert.equal(summary['dead_lettered'], 0);
  assert.ok(Number(summary['restored_files']) > 100);
});

test('the demo answers its three questions with rows', async () => {
  const { code, stdout, stderr } = await runCli(['demo']);
  assert.equal(code, 0, stderr);
  assert.match(stdout, /What led up to the crash[^]*rounding-agent +Floor after adding a half/);
  assert.match(stdout, /rewritten too often[^]*round\.mjs +4/);
  assert.match(stdout, /Why was this changed[^]*round\.mjs +CREATE +rounding-agent +Use Math\.round/);
});

test('a repository that cannot be imported is one sentence, and no stack trace', async () => {
  const { code, stderr } = await runCli(['demo', '--repository', '/nonexistent']);
  assert.equal(code, 2);
  assert.match(stderr, /^swarmledger: .+\n$/);
});
