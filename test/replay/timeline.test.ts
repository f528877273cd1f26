import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { mainBranch, type ProjectPath, type SwarmEvent } from '@swarmledger/protocol';
import {
  loadTimeline,
  plainStyle,
  renderTimeline,
  terminalStyle,
  timelineToJson,
  type TimelineFilter,
} from '@swarmledger/replayer';
import { decide, makeEvent, openProject, put, signal, type TestProject } from './project.ts';

const start = Date.UTC(2026, 0, 1, 10);

function at(afterS: number, agentId: string) {
  return { timestampUs: (start + afterS * 1_000) * 1_000, agentId };
}

function crash(message: string, fields: Partial<SwarmEvent>): SwarmEvent {
  return makeEvent({ kind: 'system_signal', signal: 'crash', severity: 'CRITICAL', message, data: '' }, fields);
}

/** Committed an hour after it happened. */
async function record(project: TestProject): Promise<void> {
  project.clock.nowMs = start + 3_600_000;
  await project.append(
    decide('the plan', at(0, 'planner')),
    ...put('a', '1', at(10, 'coder')),
    ...put('a', '2', at(20, 'coder')),
    signal('looks fine', at(30, 'tester')),
    crash('it fell over', at(40, 'tester')),
  );
  const baseSha256 = createHash('sha256').update('1').digest();
  const blind = makeEvent(
    {
      kind: 'state_change',
      path: 'a' as ProjectPath,
      action: 'UPDATE',
      body: { kind: 'content', content: Buffer.from('3') },
      mode: 0,
      baseSha256,
      contentBytes: 0,
    },
    at(100, 'rival'),
  );
  await project.append(blind);
}

async function draw(project: TestProject, columns = 60, filter: TimelineFilter = {}): Promise<readonly string[]> {
  const timeline = await loadTimeline(await project.history(), mainBranch, filter);
  return renderTimeline(timeline, plainStyle, { columns }).split('\n');
}

test('a timeline has a lane for each agent, by its own clock, and what stands out below', async (context) => {
  const project = await openProject(context);
  await record(project);
  const lines = await draw(project);
  assert.match(lines[0] ?? '', /^main: 6 events, 4 agents, by the agents' clocks$/);
  assert.match(lines[1] ?? '', /^2026-01-01 10:00:00Z to 2026-01-01 10:01:40Z \(1 min 40 s; a column is 2\.\d s\)$/);
  const lanes = lines.filter((line) => line.includes('│'));
  assert.deepEqual(
    lanes.map((line) => line.split(' ')[0]),
    ['planner', 'coder', 'tester', 'rival'],
  );
  assert.match(lanes[0] ?? '', /│◆ +│ ◆ 1$/);
  assert.match(lanes[1] ?? '', /│ +● +● +│ ● 2$/);
  assert.match(lanes[2] ?? '', /▪ +! +│ ! 1 {2}▪ 1$/);
  // The conflict is the ledger's; the lane is of who did not look.
  assert.match(lanes[3] ?? '', / +✖│ ✖ 1$/);
  assert.match(lines.at(-1) ?? '', /^2026-01-01 10:01:40Z ✖ rival {2}conflict a \(base_mismatch\)$/);
  assert.match(lines.at(-2) ?? '', /! tester {2}crash it fell over/);
  // The head and the legend are sentences: a terminal breaks them. A picture it would break.
  const picture = lines.filter((line) => /[│✖!]/.test(line) && !line.startsWith('✖'));
  assert.ok(picture.length >= 6 && picture.every((line) => [...line].length <= 60), picture.join('\n'));
});

test('by the hub’s clock, in a window, of one agent, of the latest events', async (context) => {
  const project = await openProject(context);
  await record(project);
  assert.match((await draw(project, 60, { clock: 'commit' })).join('\n'), /by the hub's clock\n2026-01-01 11:00:00Z\n/);
  const window = { sinceMs: start + 10_000, untilMs: start + 30_000 };
  assert.match((await draw(project, 60, window))[0] ?? '', /^main: 3 events, 2 agents/);
  assert.match((await draw(project, 60, { agents: ['coder'] }))[0] ?? '', /^main: 2 events, 1 agent,/);
  assert.match((await draw(project, 60, { limit: 2 }))[0] ?? '', /^main: the last 2 events; older ones are left out/);
  assert.deepEqual(await draw(project, 60, { sinceMs: start + 10_000_000 }), ['No events on main in this window.']);
});

test('many agents and one moment still fit', async (context) => {
  const project = await openProject(context);
  await project.append(
    ...Array.from({ length: 30 }, (_, index) => signal('x', at(0, `agent-${index}-${'n'.repeat(40)}`))),
  );
  const lines = await draw(project, 80);
  assert.equal(lines.filter((line) => line.includes('│')).length, 20);
  assert.ok(lines.includes('… and 10 more agents with fewer events (--agent shows one)'));
  assert.match(lines[1] ?? '', /^2026-01-01 10:00:00Z$/);
});

test('colours are only added, data is complete, and hostile names stay in their lane', async (context) => {
  const project = await openProject(context);
  await project.append(decide('x\x1b[2J', at(0, 'evil\x1b[2J\nagent')), ...put('a', '1', at(1.5, 'coder')));
  const timeline = await loadTimeline(await project.history(), mainBranch);
  const plain = renderTimeline(timeline, plainStyle, { columns: 80 });
  // eslint-disable-next-line no-control-regex -- the colours
  assert.equal(renderTimeline(timeline, terminalStyle, { columns: 80 }).replace(/\x1b\[\d+m/g, ''), plain);
  assert.ok(plain.includes('evil\\x1b[2J agent │') && !plain.includes('\x1b'));
  const json = timelineToJson(timeline);
  assert.deepEqual(json['lanes'], [
    {
      agent_id: 'evil\x1b[2J\nagent',
      agent_role: 'CODER',
      events: [{ time: '2026-01-01T10:00:00.000Z', kind: 'decision' }],
    },
    { agent_id: 'coder', agent_role: 'CODER', events: [{ time: '2026-01-01T10:00:01.500Z', kind: 'change' }] },
  ]);
});
