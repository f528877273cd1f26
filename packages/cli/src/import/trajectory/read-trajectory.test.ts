import { strict as assert } from 'node:assert';
import { existsSync, mkdtempSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { decodeEvent, parseBranchName, parseProjectId, parseTenantId, type SwarmEvent } from '@swarmledger/protocol';
import type { EventGroup } from '../event-group.ts';
import { blobId } from '../git/event-tree.ts';
import { trajectoryName } from './load-trajectory.ts';
import { readTrajectory } from './read-trajectory.ts';

const target = {
  tenant: parseTenantId('acme'),
  project: parseProjectId('trajectories'),
  branch: parseBranchName('main'),
};

type Scope = { after(undo: () => void): void };

function save(t: Scope, content: unknown, name = 'run.traj'): string {
  const dir = mkdtempSync(join(tmpdir(), 'swarmledger-traj-'));
  t.after(() => rmSync(dir, { recursive: true, force: true }));
  const file = join(dir, name);
  writeFileSync(file, typeof content === 'string' || Buffer.isBuffer(content) ? content : JSON.stringify(content));
  return file;
}

async function read(file: string, name?: string): Promise<EventGroup[]> {
  const groups: EventGroup[] = [];
  for await (const group of readTrajectory({ ...target, file, ...(name === undefined ? {} : { name }) })) {
    for (const [index, raw] of group.encoded.entries()) {
      assert.equal(decodeEvent(raw, target).eventId, group.events[index]?.eventId);
    }
    groups.push(group);
  }
  return groups;
}

function show({ payload }: SwarmEvent): string {
  switch (payload.kind) {
    case 'decision':
      return `decision ${payload.title}`;
    case 'state_change':
      return `${payload.action} ${payload.path}`;
    case 'system_signal':
      return `${payload.signal} ${payload.severity}`;
    default:
      return payload.kind;
  }
}

const state = JSON.stringify({ open_file: 'n/a', working_dir: '/repo' });
const run = {
  environment: 'main',
  history: [
    { role: 'system', content: 'You are an agent.' },
    { role: 'user', content: 'An example.', is_demo: true },
    { role: 'user', content: 'Fix the bug.' },
  ],
  trajectory: [
    {
      thought: 'First a file.',
      action: 'create a.py\n',
      observation: '[File: /repo/a.py (1 lines total)]\n1:\n',
      state,
    },
    {
      thought: 'Then some text.',
      action: 'edit 1:1\nimport nothing\nend_of_edit\n',
      observation: '[File: /repo/a.py (1 lines total)]\n1:import nothing\nFile updated.\n',
      state,
      execution_time: 0.5,
    },
    {
      thought: 'Run it.',
      action: 'python a.py\n',
      observation:
        'Traceback (most recent call last):\n  File "a.py"\nModuleNotFoundError: No module named \'nothing\'\n',
      state,
    },
    { thought: 'Away with it.', action: 'rm a.py', observation: '', state },
  ],
  info: {
    exit_status: 'submitted (exit_cost)',
    submission: '',
    model_stats: { tokens_sent: 1_000, tokens_received: 20, instance_cost: 0.25, api_calls: 4 },
  },
};

test('a step is one group: the decision, its command, what it changed, what came of it', async (t) => {
  const groups = await read(save(t, run));
  assert.deepEqual(
    groups.map(({ label, last, events }) => [label, last, events.map(show)]),
    [
      ['run start', true, ['task INFO']],
      ['run step 1', true, ['decision create a.py', 'command INFO', 'CREATE run/a.py', 'observation INFO']],
      ['run step 2', true, ['decision edit 1:1', 'command INFO', 'UPDATE run/a.py', 'observation INFO']],
      ['run step 3', true, ['decision python a.py', 'command INFO', 'observation ERROR', 'crash ERROR']],
      ['run step 4', true, ['decision rm a.py', 'command INFO', 'DELETE run/a.py', 'observation INFO']],
      ['run end', true, ['crash ERROR']],
    ],
  );
  const events = groups.flatMap((group) => group.events);
  assert.deepEqual(
    events.map(({ sequence }) => sequence),
    events.map((_, index) => index + 1),
  );
  assert.ok(events.every(({ agentId, agentRole }) => agentId === 'run' && agentRole === 'CODER'));
  const [decision, ...rest] = groups[1]!.events;
  assert.ok(rest.every(({ parentEventId }) => parentEventId === decision?.eventId));
  const crash = groups[3]!.events[3]!.payload;
  assert.ok(crash.kind === 'system_signal');
  assert.equal(crash.message, "ModuleNotFoundError: No module named 'nothing'");
});

test('the cost of the whole run is on its last decision, once', async (t) => {
  const decisions = (await read(save(t, run)))
    .flatMap((group) => group.events)
    .flatMap(({ payload }) => (payload.kind === 'decision' ? [payload] : []));
  assert.deepEqual(
    decisions.map(({ inputTokens }) => inputTokens),
    [0, 0, 0, 1_000],
  );
  assert.deepEqual(
    decisions.map(({ costUsd }) => costUsd),
    [0, 0, 0, 0.25],
  );
  assert.equal(decisions[1]?.rationale, 'Then some text.');
});

test('the same file gives the same bytes; another file, name or project gives other ids', async (t) => {
  const file = save(t, run);
  const groups = await read(file);
  assert.deepEqual(await read(file), groups);
  assert.deepEqual(await read(save(t, run)), groups);
  const ids = (from: readonly EventGroup[]): string[] =>
    from.flatMap(({ events }) => events.map(({ eventId }) => eventId));
  const longer = await read(save(t, { ...run, environment: 'other' }));
  const renamed = await read(file, 'other');
  assert.equal(new Set([groups, longer, renamed].flatMap(ids)).size, ids(groups).length * 3);
  assert.ok(renamed.flatMap(({ events }) => events.map(show)).includes('CREATE other/a.py'));
});

test('how a run ended is its last signal', async (t) => {
  const endings: [unknown, string][] = [
    [{ exit_status: 'submitted' }, 'submission INFO'],
    [{ exit_status: 'submitted (exit_context)' }, 'crash ERROR'],
    [{ exit_status: 'exit_error' }, 'crash CRITICAL'],
    [{ exit_status: 'exit_forfeit' }, 'exit WARNING'],
    [{ exit_status: 1 }, 'crash CRITICAL'],
    [{ exit_status: null }, 'crash ERROR'],
    [{}, 'crash ERROR'],
  ];
  for (const [info, expected] of endings) {
    const groups = await read(save(t, { ...run, info }));
    assert.equal(show(groups.at(-1)!.events.at(-1)!), expected, JSON.stringify(info));
  }
});

test('a run that failed before its first step, or has no end, is still a run', async (t) => {
  assert.deepEqual(
    (await read(save(t, { trajectory: [], info: { exit_status: 'exit_error' } }))).map(({ label }) => label),
    ['run end'],
  );
  assert.equal((await read(save(t, { trajectory: run.trajectory }))).length, 4);
});

test('a chat alone is read as steps, demonstrations left out, contents in parts joined', async (t) => {
  const prompt = '\n(Open file: n/a)\n(Current directory: /repo)\nbash-$';
  const history = [
    { role: 'system', content: 'You are an agent.' },
    { role: 'assistant', content: 'A demonstration', action: 'ls', is_demo: true },
    { role: 'user', content: `Fix it.${prompt}` },
    { role: 'assistant', content: 'Look first.', thought: 'Look first.', action: 'ls' },
    { role: 'tool', content: [{ type: 'text', text: `a.py${prompt}` }] },
    { role: 'assistant', content: 'Nothing to do.' },
  ];
  const events = (await read(save(t, { history }))).flatMap((group) => group.events);
  assert.deepEqual(events.map(show), [
    'task INFO',
    'decision ls',
    'command INFO',
    'observation INFO',
    'decision Nothing to do.',
    'observation INFO',
  ]);
  const output = events[3]!.payload;
  assert.ok(output.kind === 'system_signal');
  assert.deepEqual(JSON.parse(output.data), { output: 'a.py' });
});

test('texts of any length and any characters stay within a message', async (t) => {
  const huge = '\u0001\ud800"é'.repeat(500_000);
  const groups = await read(save(t, { trajectory: [{ thought: huge, action: huge, observation: huge, state }] }));
  for (const { encoded } of groups) assert.ok(encoded.reduce((sum, raw) => sum + raw.length, 0) < 1_000_000);
  assert.equal(groups.at(-1)?.last, true);
});

test('what is no trajectory is refused in one sentence with the file and the field', async (t) => {
  const [step] = run.trajectory;
  const bad: [unknown, RegExp][] = [
    ['', /it is empty/],
    [JSON.stringify(run).slice(0, 500), /it is not complete JSON/],
    ['not json', /it is not complete JSON/],
    [Buffer.from([0x22, 0xe9, 0x22]), /it is not UTF-8/],
    [[], /its content is not an object/],
    ['null', /its content is missing/],
    [{}, /neither "trajectory" nor "history"/],
    [{ trajectory: {} }, /: trajectory is not a list/],
    [{ trajectory: [step, 7] }, /: trajectory\[1\] is not an object/],
    [{ trajectory: [{ ...step, action: undefined }] }, /: trajectory\[0\]\.action is missing/],
    [{ trajectory: [{ ...step, action: ['ls'] }] }, /: trajectory\[0\]\.action is not a text/],
    [{ trajectory: [{ ...step, observation: null }] }, /: trajectory\[0\]\.observation is missing/],
    [{ trajectory: [{ ...step, thought: 7 }] }, /: trajectory\[0\]\.thought is not a text/],
    [{ trajectory: [{ ...step, execution_time: 'long' }] }, /: trajectory\[0\]\.execution_time is not a number/],
    [{ trajectory: [step], info: 'fine' }, /: info is not an object/],
    [{ history: [{ content: 'x' }] }, /: history\[0\]\.role is missing/],
  ];
  for (const [content, problem] of bad) {
    const file = save(t, content);
    await assert.rejects(read(file), (error: Error & { code?: string }) => {
      assert.equal(error.code, 'trajectory_invalid');
      assert.ok(error.message.startsWith(JSON.stringify(file)));
      assert.match(error.message, problem);
      return true;
    });
  }
});

test('a file that is missing, no file or too large is refused before it is read', async (t) => {
  const file = save(t, run);
  await assert.rejects(read(`${file}.not`), /does not exist/);
  await assert.rejects(read(resolve(file, '..')), /is not a file/);
  truncateSync(file, 200_000_001);
  await assert.rejects(read(file), /has 200000001 bytes, more than the 200000000/);
});

test("a run's name is a path segment, whatever its file is called", () => {
  assert.equal(trajectoryName('/x/marshmallow-1867.traj'), 'marshmallow-1867');
  assert.equal(trajectoryName('a b/../c: d\\e.traj'), 'c-d-e');
  assert.equal(trajectoryName('.git.traj'), 'git');
  assert.equal(trajectoryName('...traj'), 'trajectory');
  assert.equal(trajectoryName('日本.traj'), '日本');
  assert.equal(Buffer.byteLength(trajectoryName(`${'🐝'.repeat(200)}.traj`)) <= 240, true);
});

const given = resolve(import.meta.dirname, '../../../../../../shared/data/swe-agent-trajectories');

test('the real runs: every step a decision, every path below its run, what was submitted as it was submitted', async (t) => {
  if (!existsSync(given)) {
    t.skip(`the trajectories are not at ${given}`);
    return;
  }
  const files = readdirSync(given).filter((name) => name.endsWith('.traj'));
  assert.equal(files.length, 12);
  const contents = new Map<string, string>();
  const kinds = new Map<string, number>();
  for (const name of files) {
    for (const event of (await read(join(given, name))).flatMap((group) => group.events)) {
      const kind = show(event).split(' ', 1)[0] ?? '';
      kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
      const { payload } = event;
      if (payload.kind !== 'state_change') continue;
      assert.ok(payload.path.startsWith(`${trajectoryName(name)}/`));
      if (payload.body.kind === 'content')
        contents.set(payload.path, Buffer.from(payload.body.content).toString('utf8'));
    }
  }
  assert.equal(kinds.get('decision'), 126);
  assert.equal(kinds.get('crash'), 4);
  // The blob id that the agents' own `git diff` names.
  const fixed = ['test-repo-i1', 'function-calling-simple'].map(
    (name) => contents.get(`${name}/tests/missing_colon.py`) ?? '',
  );
  for (const text of fixed) assert.match(blobId(Buffer.from(text)), /^5857437/);
  assert.equal(contents.get('ctf-babyencryption/decrypt.py')?.split('\n').length, 8);
});
