// Everything about speed in one run on this machine: npm run bench [-- --quick] [-- --json]
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { hasFlag } from './options.mjs';
import { readRatios } from './ratios.mjs';
import { drawReport, printReport } from './report.mjs';
import { plans, runAll } from './run.mjs';
import { judge } from './targets.mjs';

const folder = fileURLToPath(new URL('results/', import.meta.url));
const name = hasFlag('quick') ? 'quick' : 'full';
const startMs = performance.now();
const say = (what) => process.stderr.write(`${Math.round((performance.now() - startMs) / 1_000)} s: ${what}\n`);

const result = await runAll(plans[name], say);
result.minutes = Math.round((performance.now() - startMs) / 6_000) / 10;
result.targets = judge(result);
result.ratios = readRatios(result);
mkdirSync(folder, { recursive: true });
const base = `${folder}${result.at.slice(0, 10)}-${name}`;
writeFileSync(`${base}.json`, `${JSON.stringify(result, null, 2)}\n`);
writeFileSync(`${base}.svg`, drawReport(result));
if (hasFlag('json')) process.stdout.write(`${JSON.stringify(result)}\n`);
else printReport(result);
