// What two runs are compared by: ratios of figures of one run, as machines are noisy and not alike. A ratio has to stay above its
// recorded value times (1 - tolerance), or, where less is better, below it times (1 + tolerance).
import { round } from './statistics.mjs';

/** Wide where two processes that share cores are compared, narrow where CPU time of one process is. */
const tolerances = { throughput: 0.35, cpu: 0.25, size: 0.3 };

/** The ratios of a run, each with the side that is better. */
export function readRatios({ stages, ingest, growth }) {
  const of = (batch) => ingest.find((each) => each.batch === batch && each.bytes === 300)?.median;
  const [single, hundred] = [of(1), of(100)];
  const [first, last] = [growth.tenants[0], growth.tenants.find(({ x }) => x === 1_000)];
  return {
    single_to_ledger_append: higher(single.committed / stages.median.ledger_append, tolerances.throughput),
    hundred_to_single: higher(hundred.committed / single.committed, tolerances.throughput),
    queryable_to_committed: higher(single.queryable / single.committed, tolerances.throughput),
    append_to_decode: higher(stages.median.ledger_append / stages.median.decode_validate, tolerances.throughput),
    single_cpu_to_batched: lower(single.ingestor_us / hundred.ingestor_us, tolerances.cpu),
    nats_cpu_to_ingestor: lower(single.nats_us / single.ingestor_us, tolerances.cpu),
    cost_at_1000_tenants: lower(last.ingestor_us / first.ingestor_us, tolerances.cpu),
    memory_behind_more_events: lower(growth.events.at(-1).ingestor_mb / growth.events[0].ingestor_mb, tolerances.size),
  };
}

/** One row per recorded ratio. */
export function compareRatios(recorded, current) {
  return Object.entries(recorded).map(([name, { value, better, tolerance }]) => {
    const now = current[name]?.value;
    const bound = better === 'higher' ? value * (1 - tolerance) : value * (1 + tolerance);
    const held = now !== undefined && (better === 'higher' ? now >= bound : now <= bound);
    return { ratio: name, recorded: value, now, bound: round(bound, 3), held };
  });
}

function higher(value, tolerance) {
  return { value: round(value, 3), better: 'higher', tolerance };
}

function lower(value, tolerance) {
  return { value: round(value, 3), better: 'lower', tolerance };
}
