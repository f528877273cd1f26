// A run on the terminal and in pictures.
import { drawCharts } from './chart.mjs';

export function printReport(result) {
  const { stages, ingest, latency, growth, restore, edge, profile, targets } = result;
  print('each stage alone, events/s (median, and the distance from least to most as a share of it)');
  console.table(toRows(stages.median, (name) => ({ per_second: stages.median[name], spread: stages.spread[name] })));
  print('the whole: events/s, and CPU microseconds per event (which are CPU seconds per million events)');
  console.table(
    ingest.map(({ batch, bytes, median, spread }) => ({ batch, bytes, ...median, spread: spread.committed })),
  );
  print('memory of each process at its most, MB');
  console.table(result.memory);
  for (const name of ['committed', 'queryable']) {
    print(`milliseconds from publish to ${name}, single events of 300 B at a share of the maximum`);
    console.table(latency.map((each) => ({ share: each.share, per_second: each.per_second, ...each[name] })));
  }
  for (const [name, points] of Object.entries(growth)) {
    print(`growth over ${name.replaceAll('_', ', ')}: CPU microseconds per event`);
    console.table(points);
  }
  if (restore !== undefined) {
    print('restore next to git checkout');
    console.table(restore);
  }
  if (edge !== undefined) {
    print('the edge');
    console.table({
      append: edge.append,
      'drain alone': edge.outbox_alone,
      'through the hub': edge.hub.bus,
      direct: edge.hub.direct,
    });
  }
  if (profile !== undefined) {
    print('where the microseconds of a single event go in the ingestor');
    console.table(toRows(profile.us_per_event, (part) => ({ us_per_event: profile.us_per_event[part] })));
  }
  print('targets');
  console.table(
    targets.map(({ target, goal, figure, met }) => ({ target, goal, figure, '': met ? 'met' : 'NOT MET' })),
  );
  for (const { target, limit } of targets) if (limit !== undefined) print(`not met: ${target}: ${limit}`);
}

/** One picture of all curves. */
export function drawReport({ ingest, latency, growth, restore }) {
  const line = (points, name, y) => ({ name, points: points.map((point) => [point.x, point[y]]) });
  const costs = (title, xLabel, curves) => ({
    title,
    xLabel,
    yLabel: 'us of ingestor CPU per event',
    scale: 'log',
    series: curves,
  });
  const ofBytes = (bytes) => ingest.filter((each) => each.bytes === bytes).sort((a, b) => a.batch - b.batch);
  const ofBatch = (batch) => ingest.filter((each) => each.batch === batch).sort((a, b) => a.bytes - b.bytes);
  const charts = [
    {
      title: 'Committed, 300 B events',
      xLabel: 'events per message',
      yLabel: 'events/s',
      scale: 'log',
      series: ['committed', 'queryable'].map((name) => ({
        name,
        points: ofBytes(300).map(({ batch, median }) => [batch, median[name]]),
      })),
    },
    {
      title: 'Payload',
      xLabel: 'bytes of an event',
      yLabel: 'committed events/s',
      scale: 'log',
      series: [1, 100].map((batch) => ({
        name: `${batch} a message`,
        points: ofBatch(batch).map(({ bytes, median }) => [bytes, median.committed]),
      })),
    },
    ...['committed', 'queryable'].map((name) => ({
      title: `Publish to ${name}`,
      xLabel: 'share of the maximum, %',
      yLabel: 'ms',
      scale: 'linear',
      series: ['p50', 'p90', 'p99'].map((percentile) => ({
        name: percentile,
        points: latency.map((each) => [each.share * 100, each[name][percentile]]),
      })),
    })),
    costs('Events behind it', 'events in the ledger', [line(growth.events, 'batches of 100', 'ingestor_us')]),
    costs('Tenants', 'tenants', [
      line(growth.tenants, 'single', 'ingestor_us'),
      line(growth.tenants_batched, 'batches of 10', 'ingestor_us'),
    ]),
    costs('Projects of one tenant', 'projects', [line(growth.projects, 'single', 'ingestor_us')]),
  ];
  if (restore !== undefined) {
    const lengths = restore.filter(({ to_shortest }) => to_shortest !== undefined);
    const points = (name) => lengths.map((each) => [each.changes_per_file, each[name]]);
    const series = [
      { name: 'restore', points: points('restore_ms') },
      { name: 'git checkout', points: points('checkout_ms') },
    ];
    charts.push({
      title: 'Restore of 1,000 files',
      xLabel: 'changes of every file',
      yLabel: 'ms',
      scale: 'log',
      series,
    });
  }
  return drawCharts(charts);
}

function toRows(values, toRow) {
  return Object.fromEntries(Object.keys(values).map((name) => [name, toRow(name)]));
}

function print(line) {
  process.stdout.write(`${line}\n`);
}
