// A Prometheus of its own (PROMETHEUS names the program; Debian's package is "prometheus"), asked as Grafana asks it.
import { spawn } from 'node:child_process';
import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { findFreePort, stopChild } from '../../packages/runtime/dist/index.js';

const scrapeSeconds = 2;
const startMs = 30_000;

/** Scrapes what `targets.json` in its folder names; `setTargets` replaces that. */
export async function startPrometheus(folder) {
  const port = await findFreePort();
  const url = `http://127.0.0.1:${port}`;
  const targets = join(folder, 'targets.json');
  const config = join(folder, 'prometheus.yml');
  writeFileSync(targets, '[]');
  writeFileSync(
    config,
    `global: { scrape_interval: ${scrapeSeconds}s }
scrape_configs:
  - job_name: swarmledger
    honor_labels: true
    file_sd_configs: [{ files: ['${targets}'], refresh_interval: 1s }]
`,
  );
  const child = spawn(
    process.env.PROMETHEUS ?? 'prometheus',
    [
      `--config.file=${config}`,
      `--storage.tsdb.path=${join(folder, 'tsdb')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--log.level=error',
    ],
    { stdio: ['ignore', 'ignore', 'inherit'] },
  );
  const failed = new Promise((_, reject) => child.once('error', reject));
  await Promise.race([failed, waitUntilReady(url)]);
  return {
    /** At once, so that two calls cannot meet, and never half written. */
    setTargets: (list) => {
      const content = list.map(({ address, instance }) => ({ targets: [address], labels: { instance } }));
      writeFileSync(`${targets}.new`, JSON.stringify(content));
      renameSync(`${targets}.new`, targets);
    },
    queryRange: (query, range) => queryRange(url, query, range),
    close: () => stopChild(child, 5_000),
  };
}

async function waitUntilReady(url) {
  const deadline = performance.now() + startMs;
  while (performance.now() < deadline) {
    const isReady = await fetch(`${url}/-/ready`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (isReady) return;
    await sleep(100);
  }
  throw new Error('Prometheus did not start');
}

/** https://prometheus.io/docs/prometheus/latest/querying/api/#range-queries */
async function queryRange(url, query, { startSeconds, endSeconds, stepSeconds }) {
  const parameters = new URLSearchParams({ query, start: startSeconds, end: endSeconds, step: stepSeconds });
  const body = await (await fetch(`${url}/api/v1/query_range?${parameters}`)).json();
  if (body.status !== 'success') throw new Error(`${query}: ${body.error}`);
  return body.data.result.map(({ metric, values }) => ({ labels: metric, values }));
}
