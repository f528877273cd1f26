import assert from 'node:assert/strict';
import { randomInt, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { openDatabase } from './fdb/open-database.ts';
import type { LedgerConnection } from './ledger.ts';
import { formatAnswers, readRecordedAnswers, recordedSeeds, recordedSteps } from './testing/recorded-answers.ts';
import { ScheduleRunner } from './testing/run-schedule.ts';
import { createSchedule } from './testing/schedule.ts';

const clusterFile = process.env['FDB_CLUSTER_FILE'];
const hasCluster = clusterFile !== undefined && clusterFile !== '';
/** Schedules that nobody saw before, for each run on a cluster. */
const freshSchedules = 300;
const freshSteps = 60;

function openRunner(t: TestContext, connection: LedgerConnection): ScheduleRunner {
  const database = openDatabase(connection);
  t.after(() => database.close());
  return new ScheduleRunner(database, `swarmledger-test/${randomUUID()}/`);
}

function openEmbedded(t: TestContext): ScheduleRunner {
  const folder = mkdtempSync(join(tmpdir(), 'swarmledger-fidelity-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return openRunner(t, { kind: 'embedded', file: join(folder, 'ledger.sqlite') });
}

/** Both sides step by step: a difference is found where it begins. */
function assertSame(seed: number, steps: number, actual: readonly string[], expected: string): void {
  if (formatAnswers(actual) === expected) return;
  const wanted = expected.split('\t');
  const at = actual.findIndex((answer, index) => answer !== wanted[index]);
  const step = JSON.stringify(createSchedule(seed, steps)[at] ?? 'what was left at the end');
  assert.fail(`seed ${seed}, step ${at}, ${step}: "${actual[at]}", FoundationDB said "${wanted[at]}"`);
}

test('the embedded one answers transactions that run side by side as a FoundationDB 7.3 server did', async (t) => {
  const runner = openEmbedded(t);
  const recorded = readRecordedAnswers();
  assert.equal(recorded.length, recordedSeeds);
  for (const [seed, expected] of recorded.entries()) {
    assertSame(seed, recordedSteps, await runner.run(createSchedule(seed, recordedSteps)), expected);
  }
});

if (hasCluster) {
  test('this cluster answers as it is recorded', async (t) => {
    const runner = openRunner(t, { kind: 'cluster', clusterFile });
    for (const [seed, expected] of readRecordedAnswers().entries()) {
      assertSame(seed, recordedSteps, await runner.run(createSchedule(seed, recordedSteps)), expected);
    }
  });

  test('this cluster and the embedded one answer schedules that nobody saw before alike', async (t) => {
    const cluster = openRunner(t, { kind: 'cluster', clusterFile });
    const embedded = openEmbedded(t);
    const first = randomInt(2 ** 31);
    t.diagnostic(`seeds ${first} to ${first + freshSchedules - 1}`);
    for (let seed = first; seed < first + freshSchedules; seed++) {
      const schedule = createSchedule(seed, freshSteps);
      assertSame(seed, freshSteps, await embedded.run(schedule), formatAnswers(await cluster.run(schedule)));
    }
  });
}
