import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mainBranch, parseBranchName, parseTagName, type Version } from '@swarmledger/protocol';
import { forkAt, resolveMoment, resolveMomentSpec } from '@swarmledger/replayer';
import { onBranch, openProject, put } from './project.ts';

const start = Date.UTC(2026, 0, 1);

test('a moment has a short name in every form, on its own branch or on the one that is asked for', async (context) => {
  const project = await openProject(context);
  const [a] = put('a', '1');
  const [first] = await project.append(a!);
  project.clock.nowMs = start + 60_000;
  const [b] = put('b', '2', { attributes: { 'swarmledger.tag': 'git:abcdef0123' } });
  const [second] = await project.append(b!);
  const history = await project.history();
  const fork = parseBranchName('try/floor');
  const moment = await resolveMoment(history, mainBranch, { kind: 'version', version: first!.version });
  await forkAt(history, fork, moment, { by: '', reason: '' });
  project.clock.nowMs = start + 120_000;
  const [third] = await project.append(...put('c', '3', onBranch(fork)));
  await history.setTag(parseTagName('release 1'), { branch: mainBranch, version: first!.version });
  const options = { nowMs: start + 180_000 };
  const cases: readonly (readonly [spec: string, branch: string, version: Version])[] = [
    ['head', 'main', second!.version],
    ['main', 'main', second!.version],
    ['try/floor', 'try/floor', third!.version],
    [first!.version, 'main', first!.version],
    [`version:${first!.version}`, 'main', first!.version],
    [a!.eventId, 'main', first!.version],
    [`after:${a!.eventId}`, 'main', first!.version],
    [`before:${b!.eventId}`, 'main', first!.version],
    ['git:abcd', 'main', second!.version],
    ['tag:release 1', 'main', first!.version],
    ['release 1', 'main', first!.version],
    ['2026-01-01T00:00:30Z', 'main', first!.version],
    ['2m ago', 'main', second!.version],
    ['at:2m ago', 'main', second!.version],
    ['now', 'main', second!.version],
    ['try/floor@now', 'try/floor', third!.version],
    ['try/floor@', 'try/floor', third!.version],
    ['try/floor@150s ago', 'try/floor', first!.version],
  ];
  for (const [spec, branch, version] of cases) {
    const found = await resolveMomentSpec(history, mainBranch, spec, options);
    assert.deepEqual([found.branch, found.version], [branch, version], spec);
  }
  const byAgents = await resolveMomentSpec(history, mainBranch, 'event-time:2026-01-01T00:00:00Z', options);
  assert.equal(byAgents.eventTimeUs, start * 1_000);
});

test('what is no moment says what would be, and what does not exist says so', async (context) => {
  const project = await openProject(context);
  await project.append(...put('a', '1'));
  const history = await project.history();
  const refusals: readonly (readonly [spec: string, code: string])[] = [
    ['yesterday', 'unknown_moment'],
    ['git:abcd', 'unknown_tag'],
    ['tag:', 'invalid_tag'],
    ['before:nothing', 'invalid_event_id'],
    ['nowhere@now', 'unknown_branch'],
    ['bad name@now', 'invalid_branch'],
    ['2025-01-01', 'before_first_event'],
    ['2999-01-01', 'time_in_future'],
    ['f'.repeat(28), 'not_ingested_yet'],
  ];
  for (const [spec, code] of refusals) {
    await assert.rejects(resolveMomentSpec(history, mainBranch, spec), { code }, spec);
  }
});
