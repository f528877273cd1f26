// DESIGN.md section 14: each target, the figure of a run, and for one that is not met the measurement that says what the limit is.
import { cpus } from 'node:os';
import { ingestStages } from './stages.mjs';
import { round } from './statistics.mjs';

/** @returns rows of {target, goal, figure, met, limit} */
export function judge({ stages, ingest, latency, latency_without_copy, growth, restore, edge }) {
  const single = ingest.find(({ batch, bytes }) => batch === 1 && bytes === 300).median;
  const hundred = ingest.find(({ batch, bytes }) => batch === 100 && bytes === 300).median;
  const slowest = ingestStages.reduce((a, b) => (stages.median[a] <= stages.median[b] ? a : b));
  const half = latency.find(({ share }) => share === 0.5);
  const rows = [
    atLeast('single events, to the slowest stage alone', 0.6, single.committed / stages.median[slowest], () =>
      explainSingle(single, slowest, stages.median[slowest]),
    ),
    atLeast('batches of 100, to single events', 3, hundred.committed / single.committed, () => {
      const { ledger_append: alone, ledger_append_100: inBatches } = stages.median;
      return (
        `a single event costs the ingestor ${round(single.ingestor_us)} us, one of a batch ${round(hundred.ingestor_us)} us; the ledger alone appends ` +
        `${Math.round(alone)}/s singly and ${Math.round(inBatches)}/s in batches of 100, ${round(inBatches / alone)} times as many`
      );
    }),
    below('publish to commit at half the maximum, p99 ms', 50, half.committed.p99, () => {
      const { committed, busy_cores } = latency_without_copy;
      const rest = `without ClickHouse p50 ${committed.p50}, p99 ${committed.p99} ms, ${sumOf(busy_cores)} cores busy`;
      return `${explainLatency(half, 'committed')}; ${rest}`;
    }),
    below('publish to queryable at half the maximum, p99 ms', 1_500, half.queryable.p99, () =>
      explainLatency(half, 'queryable'),
    ),
    below('ingestor memory behind the most events, MB', 300, growth.events.at(-1).ingestor_mb, () => {
      const [first, last] = [growth.events[0], growth.events.at(-1)];
      return `${first.ingestor_mb} MB behind ${first.x} events, ${last.ingestor_mb} MB behind ${last.x}: a hundred times the history`;
    }),
    ...[
      ['single events', growth.tenants],
      ['batches of 10', growth.tenants_batched],
    ].map(([name, curve]) => judgeTenants(name, curve, growth.tenants_ledger)),
  ];
  if (restore !== undefined) rows.push(...judgeRestore(restore));
  if (edge !== undefined) rows.push(judgeEdge(edge));
  return rows;
}

function explainSingle({ ingestor_us, nats_us, engine_us, committed }, slowest, alone) {
  const total = ingestor_us + nats_us + engine_us;
  const ceiling = Math.round((cpus().length * 1e6) / total);
  return (
    `${slowest} alone does ${Math.round(alone)}/s; together an event costs ${round(ingestor_us)} us in the ingestor, ${round(nats_us)} us in ` +
    `nats-server, ${round(engine_us)} us in the engine: these cores end at ${ceiling}/s where the copy keeps up; it did ${Math.round(committed)}/s`
  );
}

function explainLatency(half, name) {
  const { p50, p90, p99, p99_spread, max } = half[name];
  const busy = Object.entries(half.busy_cores);
  return (
    `at ${half.per_second}/s: p50 ${p50}, p90 ${p90}, p99 ${p99} (spread ${p99_spread}), most ${max} ms; the publisher's own event loop p99 ${half.publisher_loop_p99_ms} ms; ` +
    `${sumOf(half.busy_cores)} of ${cpus().length} cores were busy (${busy.map(([name, cores]) => `${name} ${cores}`).join(', ')})`
  );
}

function sumOf(busyCores) {
  return round(Object.values(busyCores).reduce((sum, cores) => sum + cores, 0));
}

function judgeTenants(name, curve, ledger) {
  const [first, last] = [curve[0], curve.at(-1)];
  return below(`${name}: cost at ${last.x} tenants, to ${first.x}`, 1.1, last.ingestor_us / first.ingestor_us, () => {
    const [few, many] = [ledger[0], ledger.at(-1)];
    return (
      `${first.ingestor_us} us an event at ${first.x}, ${last.ingestor_us} us at ${last.x}; single events cost the ledger alone ${few.ledger_us} us and ` +
      `${many.ledger_us} us, ${round(many.ledger_us / few.ledger_us)} times as much: an append reads 3 keys and writes 3 for each ` +
      `project that it touches (2 directory entries and the head; head, time, usage), looks a project's event ids up with one read, and writes 2 keys for each event`
    );
  });
}

function judgeRestore(restore) {
  const worst = restore.reduce((a, b) => (a.to_checkout >= b.to_checkout ? a : b));
  const longest = restore.filter(({ to_shortest }) => to_shortest !== undefined).at(-1);
  return [
    below(`restore of ${worst.files} files, to git checkout`, 2, worst.to_checkout, () => {
      return `what is restored is flushed, git flushes nothing: to a checkout with a sync behind it, ${worst.to_checkout_sync}`;
    }),
    below(`restore behind ${longest.changes_per_file} times the history`, 1.2, longest.to_shortest, () => {
      return `${longest.restore_ms} ms, from least to most ${longest.restore_spread} ms`;
    }),
  ];
}

function judgeEdge({ hub, outbox_alone }) {
  return atLeast('outbox drain through the hub, events/s', 20_000, hub.bus.per_second, () => {
    return (
      `the outbox alone does ${outbox_alone.per_second}/s at ${outbox_alone.cpu_us_per_event} us of CPU an event; with the hub on the same cores ` +
      `${hub.bus.cpu_us_per_event} us here, messages of ${hub.bus.batch_events}, ${hub.bus.latency_ms} ms each`
    );
  });
}

function atLeast(target, goal, figure, explain) {
  return toRow(target, `>= ${goal}`, figure, figure >= goal, explain);
}

function below(target, goal, figure, explain) {
  return toRow(target, `<= ${goal}`, figure, figure <= goal, explain);
}

function toRow(target, goal, figure, met, explain) {
  return { target, goal, figure: round(figure), met, ...(met ? {} : { limit: explain() }) };
}
