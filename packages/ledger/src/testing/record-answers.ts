import { writeFileSync } from 'node:fs';
import { openDatabase } from '../fdb/open-database.ts';
import { answersFile, formatAnswers, recordedSeeds, recordedSteps } from './recorded-answers.ts';
import { ScheduleRunner } from './run-schedule.ts';
import { createSchedule } from './schedule.ts';

/*
 * Writes down what the cluster of FDB_CLUSTER_FILE answers to every recorded schedule:
 *   FDB_CLUSTER_FILE=... node packages/ledger/dist/testing/record-answers.js
 * To be run again when the schedules change, on a real server only.
 */
const clusterFile = process.env['FDB_CLUSTER_FILE'];
if (clusterFile === undefined) throw new Error('FDB_CLUSTER_FILE names no cluster');
const database = openDatabase({ kind: 'cluster', clusterFile });
const runner = new ScheduleRunner(database, 'swarmledger-record/');
const lines: string[] = [];
for (let seed = 0; seed < recordedSeeds; seed++) {
  lines.push(formatAnswers(await runner.run(createSchedule(seed, recordedSteps))));
}
writeFileSync(answersFile, lines.join('\n'));
database.close();
