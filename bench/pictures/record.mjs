// Records what the pictures of docs/ show: the real services under load for some minutes, scraped by a real Prometheus, each panel's
// query asked as Grafana asks it, and one event's trace as an OpenTelemetry collector gets it.
//   node bench/pictures/record.mjs [--minutes 5] [--trajectories FOLDER]     needs prometheus; then draw with bench/pictures/draw.mjs
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { findFreePort, Scope } from '../../packages/runtime/dist/index.js';
import { startCollector } from './collector.mjs';
import { readSteps, runAgents, runEdge, runFlood, runJobs, runReaders, runTrouble } from './load.mjs';
import { startPrometheus } from './prometheus.mjs';
import { startSystem } from './system.mjs';
import { recordTrace } from './trace.mjs';

const { values } = parseArgs({
  options: { minutes: { type: 'string', default: '5' }, trajectories: { type: 'string' } },
});
const totalMs = Number(values.minutes) * 60_000;
const stepSeconds = 5;
const checkout = fileURLToPath(new URL('../../', import.meta.url));
const dashboards = join(checkout, 'deploy/observability/dashboards');
const recorded = join(checkout, 'docs/pictures/recorded');

const scope = new Scope();
try {
  const folder = await mkdtemp(join(tmpdir(), 'swarmledger-pictures-'));
  scope.defer('data', () => rm(folder, { recursive: true, force: true, maxRetries: 5 }));
  const collector = scope.own('collector', await startCollector());
  const prometheus = scope.own('prometheus', await startPrometheus(folder));
  const system = await startSystem({ folder, collector, prometheus, scope });
  const range = await runDay({ folder, system });
  const trace = await recordTrace(system, collector);
  mkdirSync(recorded, { recursive: true });
  save('trace', trace);
  for (const name of readdirSync(dashboards)) {
    const { title, panels } = JSON.parse(readFileSync(join(dashboards, name), 'utf8'));
    save(name.replace(/\.json$/, ''), {
      title,
      ...range,
      panels: await Promise.all(panels.map((panel) => ask(prometheus, panel, range))),
    });
  }
} finally {
  await scope.close();
}

/** Everything of a day in some minutes: a third of it with two ingestors, then one is killed and another comes. */
async function runDay({ folder, system }) {
  const httpPort = String(await findFreePort());
  const first = await system.startIngestor('ingestor-1');
  await system.startIngestor('ingestor-2');
  await system.startService('replayer', 'replayer-1', {
    SWARMLEDGER_ISSUER: system.issuer.url,
    SWARMLEDGER_HTTP_PORT: httpPort,
  });
  const startSeconds = Math.ceil(Date.now() / 1_000 / stepSeconds) * stepSeconds;
  const steps = readSteps(values.trajectories);
  const { signal, abort } = abortable();
  const part = (share) => sleep(totalMs * share);
  const work = [
    runAgents(system, steps, signal),
    runTrouble(system, signal),
    runFlood(system, signal),
    runEdge(system, { folder, online: part(0.4), steps, signal }),
    runJobs(system, { folder, signal }),
    runReaders(system, httpPort, signal),
  ];
  const failed = Promise.all(work);
  const end = async () => {
    await part(0.33);
    first.kill('SIGKILL');
    await part(0.07);
    await system.startIngestor('ingestor-3');
    await part(0.2);
    await system.restartAnalytics(part(0.1));
    await part(0.3);
  };
  await Promise.race([end(), failed]);
  const endSeconds = Math.floor(Date.now() / 1_000 / stepSeconds) * stepSeconds;
  abort();
  await failed;
  return { startSeconds, endSeconds, stepSeconds };
}

function abortable() {
  const controller = new AbortController();
  return { signal: controller.signal, abort: () => controller.abort() };
}

async function ask(prometheus, panel, range) {
  const { title, targets } = panel;
  const series = [];
  for (const { expr, legendFormat } of targets) {
    for (const { labels, values } of await prometheus.queryRange(expr, range)) {
      series.push({
        name: toLegend(legendFormat, labels),
        points: values.map(([time, value]) => [time - range.startSeconds, round(value)]),
      });
    }
  }
  if (series.length === 0) console.error(`nothing to see: ${title}`);
  return {
    title,
    unit: panel.fieldConfig.defaults.unit,
    gridPos: panel.gridPos,
    expressions: targets.map(({ expr }) => expr),
    series,
  };
}

/** As Grafana fills it: https://grafana.com/docs/grafana/latest/datasources/prometheus/query-editor/#legend */
function toLegend(format, labels) {
  return format.replaceAll(/\{\{\s*(\w+)\s*\}\}/g, (_, name) => labels[name] ?? '');
}

/** Four digits are more than a picture shows. Prometheus writes NaN for nothing by nothing: a gap. */
function round(value) {
  const number = Number(value);
  return Number.isFinite(number) ? Number(number.toPrecision(4)) : null;
}

function save(name, value) {
  writeFileSync(join(recorded, `${name}.json`), `${JSON.stringify(value)}\n`);
}
