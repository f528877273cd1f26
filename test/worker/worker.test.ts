import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { jobsSubject, parseTenantId } from '@swarmledger/protocol';
import { isRunning } from '@swarmledger/runtime';
import { readHistory, toScope } from '../ingest/events.ts';
import { eventually, uniqueScope, withHub, type Hub } from '../ingest/hub.ts';
import { readJobLog, readLines, readReport, spawnWorker, startHubForJobs, submit } from './hub.ts';

/** Reads its task, decides, changes two files, and says something. */
const goodAgent = `
import { readFileSync, writeFileSync } from 'node:fs';
const task = readFileSync(0, 'utf8');
const before = (() => { try { return readFileSync('notes/log.txt', 'utf8'); } catch { return ''; } })();
console.log(JSON.stringify({ decision: { title: 'Do ' + task, rationale: 'It was asked.', confidence: 0.8 } }));
console.log('thinking about ' + task);
const { mkdirSync } = await import('node:fs');
mkdirSync('notes', { recursive: true });
writeFileSync('notes/log.txt', before + task + '\\n');
`;

async function readJobEvents(hub: Hub, names: { readonly tenant: string; readonly project: string }) {
  return (await readHistory(await hub.openLedger(), toScope(names))).map(({ event }) => event);
}

test('a job is done: its decision, its files and its end are committed together, then it is acknowledged', async () => {
  await withHub(async (hub) => {
    await startHubForJobs(hub);
    const names = uniqueScope();
    const { tenant, job } = await submit(hub, names, 'first');
    const worker = await spawnWorker(hub, goodAgent);
    assert.equal(await worker.exited, 0, worker.logLines.join('\n'));
    const events = await readJobEvents(hub, names);
    const kinds = events.map(({ payload }) => payload.kind);
    assert.deepEqual(kinds, ['decision', 'state_change', 'system_signal']);
    assert.equal(events[1]?.parentEventId, events[0]?.eventId);
    assert.equal(events[2]?.eventId, job.id);
    assert.equal((await readReport(hub, tenant, job))?.state, 'done');
    assert.equal(await readJobLog(hub, tenant, job), 'thinking about first\n');

    // The next one begins where the first one ended.
    await submit(hub, names, 'second');
    const next = await spawnWorker(hub, goodAgent);
    assert.equal(await next.exited, 0, next.logLines.join('\n'));
    const ledger = await hub.openLedger();
    const { tenant: owner, project } = toScope(names);
    const change = (await readJobEvents(hub, names)).filter(({ payload }) => payload.kind === 'state_change').at(-1);
    assert.equal(change?.payload.kind === 'state_change' && change.payload.action, 'UPDATE');
    assert.ok(await ledger.project(owner, project));
    assert.ok(
      worker.logLines.some((line) => line.includes('"sandbox":"none"')),
      'it says that there is no sandbox',
    );
  });
});

test('a worker without a job ends by itself', async () => {
  await withHub(async (hub) => {
    await startHubForJobs(hub);
    const worker = await spawnWorker(hub, goodAgent, { SWARMLEDGER_WORKER_IDLE_MS: '100' });
    assert.equal(await worker.exited, 0);
    assert.ok(worker.logLines.some((line) => line.includes('no job came')));
  });
});

test('a worker that is killed in the middle: the job is given out again and done once', async () => {
  await withHub(async (hub) => {
    await startHubForJobs(hub);
    const names = uniqueScope();
    const started = join(hub.dataDir, 'started');
    const agent = `
      import { appendFileSync, writeFileSync } from 'node:fs';
      appendFileSync(${JSON.stringify(started)}, process.env.AGENT_ATTEMPT + ' ' + process.pid + '\\n');
      writeFileSync('a.txt', 'attempt ' + process.env.AGENT_ATTEMPT);
      console.log(JSON.stringify({ decision: { title: 'Try', rationale: 'again' } }));
      if (process.env.AGENT_ATTEMPT === '1') await new Promise((resolve) => setTimeout(resolve, 60_000));
    `;
    const { tenant, job } = await submit(hub, names, 'x');
    const first = await spawnWorker(hub, agent);
    await eventually(async () => (await readLines(started)).length === 1);
    first.kill('SIGKILL');
    await first.exited;
    const second = await spawnWorker(hub, agent, { SWARMLEDGER_WORKER_IDLE_MS: '20000' });
    assert.equal(await second.exited, 0, second.logLines.join('\n'));
    const lines = await readLines(started);
    assert.deepEqual(
      lines.map((line) => line.split(' ')[0]),
      ['1', '2'],
    );
    const events = await readJobEvents(hub, names);
    assert.deepEqual(
      events.map(({ payload }) => payload.kind),
      ['decision', 'state_change', 'system_signal'],
    );
    assert.equal((await readReport(hub, tenant, job))?.state, 'done');
    // Given out once more, as after an ack that was lost: it is not done again.
    await hub.bus.publisher.publishRaw(jobsSubject(tenant), Buffer.from(JSON.stringify(toWire(job))));
    const third = await spawnWorker(hub, agent);
    assert.equal(await third.exited, 0);
    assert.ok(third.logLines.some((line) => line.includes('already_done')));
    assert.equal((await readLines(started)).length, 2);
    process.kill(Number(lines[0]?.split(' ')[1]), 'SIGKILL');
  });
});

test('a deadline ends the agent and what it started; after the last attempt the job is a dead letter', async () => {
  await withHub(async (hub) => {
    await startHubForJobs(hub);
    const names = uniqueScope();
    const children = join(hub.dataDir, 'children');
    const agent = `
      import { spawn } from 'node:child_process';
      import { appendFileSync, writeFileSync } from 'node:fs';
      process.on('SIGTERM', () => undefined);
      const child = spawn('sleep', ['600'], { stdio: 'ignore' });
      appendFileSync(${JSON.stringify(children)}, child.pid + '\\n');
      writeFileSync('half.txt', 'half');
      console.log(JSON.stringify({ decision: { title: 'Wait', rationale: 'for ever' } }));
      setInterval(() => undefined, 1_000);
    `;
    const { tenant, job } = await submit(hub, names, 'x', 700);
    const environment = { SWARMLEDGER_WORKER_ATTEMPTS: '2', SWARMLEDGER_WORKER_GRACE_MS: '200' };
    const first = await spawnWorker(hub, agent, environment);
    assert.equal(await first.exited, 0, first.logLines.join('\n'));
    assert.equal((await readReport(hub, tenant, job))?.state, 'retrying');
    const second = await spawnWorker(hub, agent, environment);
    assert.equal(await second.exited, 0, second.logLines.join('\n'));
    const report = await readReport(hub, tenant, job);
    assert.deepEqual([report?.state, report?.attempt], ['failed', 2]);
    assert.match(report?.reason ?? '', /longer than its deadline/);
    assert.equal(await hub.bus.deadLetters.count(), 1);
    for await (const letter of hub.bus.deadLetters.list({ tenant: names.tenant })) {
      assert.deepEqual([letter.reason, letter.subject], ['job_failed', jobsSubject(tenant)]);
    }
    const events = await readJobEvents(hub, names);
    assert.deepEqual(
      events.map(({ payload }) => payload.kind),
      ['decision', 'system_signal'],
      'no half-made file',
    );
    const pids = (await readLines(children)).map(Number);
    assert.equal(pids.length, 2);
    await eventually(() => pids.every((pid) => !isRunning(pid, 'sleep')));
  });
});

test('a job is cancelled while it runs, and before it runs', async () => {
  await withHub(async (hub) => {
    await startHubForJobs(hub);
    const names = uniqueScope();
    const started = join(hub.dataDir, 'started');
    const agent = `
      import { appendFileSync } from 'node:fs';
      appendFileSync(${JSON.stringify(started)}, 'x\\n');
      setInterval(() => undefined, 1_000);
    `;
    const { tenant, job } = await submit(hub, names, 'x');
    const worker = await spawnWorker(hub, agent);
    await eventually(async () => (await readLines(started)).length === 1);
    await hub.bus.jobs.cancel(tenant, job.id);
    assert.equal(await worker.exited, 0, worker.logLines.join('\n'));
    assert.equal((await readReport(hub, tenant, job))?.state, 'cancelled');
    const waiting = await submit(hub, names, 'y');
    await hub.bus.jobs.cancel(tenant, waiting.job.id);
    const next = await spawnWorker(hub, agent);
    assert.equal(await next.exited, 0, next.logLines.join('\n'));
    assert.equal((await readReport(hub, tenant, waiting.job))?.state, 'cancelled');
    assert.equal((await readLines(started)).length, 1, 'the second one never ran');
  });
});

test('SIGTERM gives the job back at once, within ten seconds', async () => {
  await withHub(async (hub) => {
    await startHubForJobs(hub, 60_000);
    const names = uniqueScope();
    const started = join(hub.dataDir, 'started');
    const agent = `
      import { appendFileSync } from 'node:fs';
      appendFileSync(${JSON.stringify(started)}, 'x\\n');
      if (process.env.AGENT_ATTEMPT === '1') setInterval(() => undefined, 1_000);
    `;
    const { tenant, job } = await submit(hub, names, 'x');
    const worker = await spawnWorker(hub, agent);
    await eventually(async () => (await readLines(started)).length === 1);
    const startMs = performance.now();
    worker.kill('SIGTERM');
    assert.equal(await worker.exited, 0, worker.logLines.join('\n'));
    assert.ok(performance.now() - startMs < 10_000);
    // Far before ack_wait is over.
    const next = await spawnWorker(hub, agent);
    assert.equal(await next.exited, 0, next.logLines.join('\n'));
    assert.equal((await readReport(hub, tenant, job))?.state, 'done');
  });
});

test('a message that is no job is a dead letter, and blocks nobody', async () => {
  await withHub(async (hub) => {
    await startHubForJobs(hub);
    const names = uniqueScope();
    const tenant = parseTenantId(names.tenant);
    await hub.bus.publisher.publishRaw(jobsSubject(tenant), Buffer.from('{"task": 5}'));
    await hub.bus.publisher.publishRaw('swarm.NOT_LEGAL.jobs', Buffer.from('{}'));
    const { job } = await submit(hub, names, 'good');
    for (let run = 0; run < 3; run++) assert.equal(await (await spawnWorker(hub, goodAgent)).exited, 0);
    assert.equal((await readReport(hub, tenant, job))?.state, 'done');
    assert.equal(await hub.bus.deadLetters.count(), 2);
  });
});

test('the agent gets nothing of the environment but what is named', async () => {
  await withHub(async (hub) => {
    await startHubForJobs(hub);
    const { tenant, job } = await submit(hub, uniqueScope(), 'x');
    const worker = await spawnWorker(hub, 'console.log(Object.keys(process.env).sort().join());', {
      SWARMLEDGER_WORKER_PASS_ENV: 'MODEL_KEY',
      MODEL_KEY: 'named',
      OTHER_SECRET: 'not named',
    });
    assert.equal(await worker.exited, 0, worker.logLines.join('\n'));
    assert.equal(
      await readJobLog(hub, tenant, job),
      'AGENT_ATTEMPT,AGENT_BRANCH,AGENT_JOB_ID,AGENT_PROJECT,AGENT_TENANT,HOME,MODEL_KEY,PATH,TMPDIR\n',
    );
    assert.ok(!worker.logLines.some((line) => line.includes(hub.password.reveal())), 'no password in the log');
    const refused = await spawnWorker(hub, '', { SWARMLEDGER_WORKER_PASS_ENV: 'SWARMLEDGER_NATS_PASSWORD' });
    assert.equal(await refused.exited, 2);
  });
});

function toWire(job: Parameters<typeof readReport>[2]): Readonly<Record<string, unknown>> {
  const { id, project, branch, task, submittedAtMs } = job;
  return { id, project, branch, task, submitted_at_ms: submittedAtMs };
}
