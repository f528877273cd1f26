// Guards against slow decay: measures again and compares ratios with those of the last full run that is committed. Ends with 1 when one
// has left its tolerance.    npm run bench:check
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { compareRatios, readRatios } from './ratios.mjs';
import { plans, runAll } from './run.mjs';

const folder = fileURLToPath(new URL('results/', import.meta.url));
// Named by date, so the last one by name is the newest.
const file = (existsSync(folder) ? readdirSync(folder) : [])
  .filter((name) => name.endsWith('-full.json'))
  .sort()
  .at(-1);
if (file === undefined) throw new Error('bench/results holds no full run to compare with: npm run bench');
const recorded = JSON.parse(readFileSync(`${folder}${file}`, 'utf8')).ratios;

const result = await runAll(plans.check, (what) => process.stderr.write(`${what}\n`));
const rows = compareRatios(recorded, readRatios(result));
process.stdout.write(`compared with ${file}\n`);
console.table(rows);
if (rows.some(({ held }) => !held)) process.exitCode = 1;
