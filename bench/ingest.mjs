// The whole way of events: publish -> JetStream -> ledger -> ClickHouse, in a hub whose every part is a process of its own.
import { setTimeout as sleep } from 'node:timers/promises';
import { makeMessages, makeScopes, publishAll } from './events.mjs';
import { countRows, waiting } from './rig.mjs';
import { memoryMb, measureCpu } from './usage.mjs';

const partMs = 120_000;

/** Waits for `check`, which is asked again after `everyMs`. */
export async function until(check, everyMs, what) {
  const deadlineMs = performance.now() + partMs;
  while (!(await check())) {
    if (performance.now() > deadlineMs) throw new Error(`after ${partMs / 1_000} s still not: ${what}`);
    await sleep(everyMs);
  }
}

/**
 * Events per second, twice. `live`: the publisher runs beside the hub, on the same cores. `backlog`: everything is in the streams
 * before the ingestor goes on (it is stopped with SIGSTOP meanwhile), so that nobody else is the limit. Then the CPU microseconds
 * that each process spends on an event of the backlog.
 */
export async function measureIngest(hub, ingestor, { events, batch, bytes, scopes = makeScopes({}) }) {
  const live = await time(hub, events, () => publishAll(hub.bus, makeMessages({ events, batch, bytes, scopes })));
  process.kill(ingestor.pid, 'SIGSTOP');
  let published;
  try {
    const messages = makeMessages({ events, batch, bytes, scopes });
    const startMs = performance.now();
    await publishAll(hub.bus, messages);
    published = perSecond(events, startMs);
  } finally {
    process.kill(ingestor.pid, 'SIGCONT');
  }
  let backlog;
  const pids = { ingestor: ingestor.pid, nats: hub.nats.pid, engine: hub.engine.pid };
  const cpu = await measureCpu(pids, async () => (backlog = await time(hub, events, () => undefined)));
  const perEvent = (seconds) => (seconds * 1e6) / events;
  return {
    published,
    live_committed: live.committed,
    live_queryable: live.queryable,
    committed: backlog.committed,
    queryable: backlog.queryable,
    ingestor_us: perEvent(cpu.ingestor),
    nats_us: perEvent(cpu.nats),
    engine_us: perEvent(cpu.engine),
  };
}

/** The backlog's cost alone, without waiting for ClickHouse: for curves. */
export async function measureCost(hub, ingestor, { events, batch, bytes, scopes }) {
  process.kill(ingestor.pid, 'SIGSTOP');
  try {
    await publishAll(hub.bus, makeMessages({ events, batch, bytes, scopes }));
  } finally {
    process.kill(ingestor.pid, 'SIGCONT');
  }
  const startMs = performance.now();
  const pids = { ingestor: ingestor.pid, nats: hub.nats.pid };
  const cpu = await measureCpu(pids, () => until(async () => (await waiting(hub)) === 0, 5, 'committed'));
  return {
    committed: perSecond(events, startMs),
    ingestor_us: (cpu.ingestor * 1e6) / events,
    nats_us: (cpu.nats * 1e6) / events,
    ingestor_mb: memoryMb(ingestor.pid).own,
  };
}

async function time(hub, events, publish) {
  const rowsBefore = await countRows(hub.analytics);
  const startMs = performance.now();
  await publish();
  await until(async () => (await waiting(hub)) === 0, 5, 'committed');
  const committed = perSecond(events, startMs);
  await until(async () => (await countRows(hub.analytics)) - rowsBefore >= events, 20, 'queryable');
  return { committed, queryable: perSecond(events, startMs) };
}

function perSecond(events, startMs) {
  return events / ((performance.now() - startMs) / 1_000);
}
