import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parser } from '@prometheus-io/lezer-promql';
import { checkout } from '../support/cli.ts';
import { parseDeployFile, readDeployFile, renderOverlay } from './render.ts';

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly for: string;
  readonly labels: { readonly severity: string };
  readonly annotations: { readonly summary: string; readonly runbook_url: string };
}

interface Dashboard {
  readonly uid: string;
  readonly title: string;
  readonly panels: readonly {
    readonly title: string;
    readonly fieldConfig: { readonly defaults: { readonly unit: string } };
    readonly targets: readonly { readonly expr: string }[];
  }[];
}

const alerts = parseDeployFile('observability/alerts.yaml') as {
  readonly groups: readonly { readonly rules: readonly Rule[] }[];
};
const rules = alerts.groups.flatMap((group) => group.rules);
const dashboards = readdirSync(join(checkout, 'deploy/observability/dashboards')).map(
  (name) => JSON.parse(readDeployFile(`observability/dashboards/${name}`)) as Dashboard,
);
const expressions = [
  ...rules.map(({ alert, expr }) => ({ where: alert, expr })),
  ...dashboards.flatMap(({ title, panels }) =>
    panels.flatMap((panel) => panel.targets.map(({ expr }) => ({ where: `${title}: ${panel.title}`, expr }))),
  ),
];

/** What the code counts: the names that it gives to its registry, each with an argument behind it. */
const exported = new Set(
  execFileSync('git', ['grep', '-hoE', "'swarmledger_[a-z_]+',", '--', 'packages/*/src/*.ts', 'services/*/src/*.ts'], {
    cwd: checkout,
    encoding: 'utf8',
  })
    .split('\n')
    .map((name) => name.replaceAll(/[',]/g, '')),
);

test('every expression of every alert and dashboard is PromQL, and names only metrics that the code exports', () => {
  const used = new Set<string>();
  for (const { where, expr } of expressions) {
    parser.parse(expr).iterate({
      enter: (node) => {
        assert.ok(!node.type.isError, `${where}: ${expr} is not PromQL at ${node.from}`);
      },
    });
    const names = expr.match(/swarmledger_[a-z_]+/g) ?? [];
    assert.ok(names.length > 0 || expr.includes('up{'), `${where} asks nothing of ours`);
    for (const name of names) {
      const base = name.replace(/_(bucket|sum|count)$/, '');
      assert.ok(exported.has(name) || exported.has(base), `${where}: nothing exports ${name}`);
      used.add(exported.has(name) ? name : base);
    }
  }
  const metrics = [...exported].filter((name) => name.startsWith('swarmledger_') && name !== 'swarmledger_');
  assert.deepEqual(
    metrics.filter((name) => !used.has(name)).sort(),
    [],
    'what is counted and shown nowhere is not worth counting',
  );
});

test('every alert has a severity, a sentence and a runbook that says what it means, where to look and what to do', () => {
  const folder = join(checkout, 'docs/runbooks');
  for (const { alert, labels, annotations } of rules) {
    assert.match(labels.severity, /^(warning|critical)$/, alert);
    assert.ok(annotations.summary.length > 10, alert);
    assert.equal(annotations.runbook_url, `docs/runbooks/${alert}.md`);
    assert.ok(existsSync(join(folder, `${alert}.md`)), `${alert} has no runbook`);
    const runbook = readFileSync(join(folder, `${alert}.md`), 'utf8');
    for (const section of ['## What it means', '## Where to look', '## What to do'])
      assert.ok(runbook.includes(section));
  }
  const names = new Set(rules.map(({ alert }) => `${alert}.md`));
  assert.deepEqual(
    readdirSync(folder).filter((name) => !names.has(name)),
    [],
    'a runbook without an alert',
  );
});

test('the alert on partitions counts as many as are deployed', () => {
  const partitions = renderOverlay('production').find(({ metadata }) => metadata.name.startsWith('ingestor-config'))
    ?.data?.['SWARMLEDGER_PARTITIONS'];
  assert.match(rules.find(({ alert }) => alert === 'PartitionsUnowned')?.expr ?? '', new RegExp(`< ${partitions}$`));
});

test('each dashboard has a name of its own and a unit on every panel', () => {
  assert.equal(new Set(dashboards.map(({ uid }) => uid)).size, dashboards.length);
  for (const { title, panels } of dashboards) {
    assert.ok(panels.length > 0, title);
    for (const panel of panels) assert.ok(panel.fieldConfig.defaults.unit !== '', `${title}: ${panel.title}`);
  }
});
