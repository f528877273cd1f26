// Each stage of an event's way alone, with nothing else at work: what the whole could reach if that stage were all of it.
import { batchContent, decodeMessage, headerNames } from '../packages/protocol/dist/index.js';
import { wire } from '../packages/protocol/dist/wire.js';
import { encodeRow } from '../packages/analytics/dist/index.js';
import { openLedger } from '../packages/ledger/dist/index.js';
import { makeMessages, makeReceived, makeScopes, publishAll } from './events.mjs';
import { partitions } from './rig.mjs';

const eventsPerAppend = 1_000;
/** A thousand new directories in each of eight transactions at once are more than their five seconds. */
const scopesPerAppend = 100;
const rowsPerInsert = 10_000;
/** What the target for single events is measured against: DESIGN.md section 14. */
export const ingestStages = ['pull_ack', 'decode_validate', 'ledger_append', 'insert'];

/** Events per second of each stage. The hub has an engine and no ingestor. */
export async function measureStages(hub, { events, bytes, scopes = makeScopes({ name: 'stages' }) }) {
  const messages = makeMessages({ events, batch: 1, bytes, scopes });
  const rate = async (body) => {
    const startMs = performance.now();
    await body();
    return events / ((performance.now() - startMs) / 1_000);
  };
  const publish_ack = await rate(() => publishAll(hub.bus, messages));
  const pull_ack = await rate(() => pullAll(hub.bus, events));
  const decode = await rate(() => {
    for (const { data } of messages) wire.SwarmEvent.decode(data);
  });
  const decode_validate = await rate(() => {
    for (const [index, { data, headers }] of messages.entries()) {
      const kind = headers.get(headerNames.content) === batchContent ? 'batch' : 'event';
      decodeMessage(data, kind, scopes[index % scopes.length]);
    }
  });
  const ledger_append = await appendAll(hub, { events, batch: 1, bytes, scopes, rate });
  const ledger_append_100 = await appendAll(hub, { events, batch: 100, bytes, scopes, rate });
  const rows = makeRows(events, bytes, scopes);
  const encode_row = await rate(() => {
    for (const row of rows) encodeRow(row, 'group');
  });
  const insert = await rate(() => insertAll(hub.analytics, rows));
  return { publish_ack, pull_ack, decode, decode_validate, ledger_append, ledger_append_100, encode_row, insert };
}

async function pullAll(bus, events) {
  const signal = AbortSignal.timeout(120_000);
  let left = events;
  const drain = async (partition) => {
    const consumer = await bus.openPartition(partition);
    while (left > 0) {
      const pulled = await consumer.pull({ maxMessages: 1_000, maxBytes: 2_000_000, waitMs: 20, signal });
      for (const message of pulled) message.ack();
      left -= pulled.length;
    }
    await consumer.close();
  };
  await Promise.all(Array.from({ length: partitions }, (_, partition) => drain(partition)));
}

/**
 * One owner for each partition, as in production: their commits share fsyncs.
 *
 * @param firstPartition those of a running ingestor are not ours to take
 */
export async function appendAll(
  hub,
  { events, batch, bytes, scopes, rate, firstPartition = 0, perAppend = eventsPerAppend },
) {
  const ledger = await openLedger({ connection: hub.ledger });
  for (const tenant of new Set(scopes.map((scope) => scope.tenant))) await ledger.tenants.ensure(tenant);
  const share = Math.ceil(scopes.length / partitions);
  const writers = await Promise.all(
    Array.from({ length: partitions }, async (_, partition) => {
      const own = scopes.slice(partition * share, (partition + 1) * share);
      const lease = await ledger.partitions.acquire(firstPartition + partition, 'bench');
      const messages = Array.from({ length: own.length === 0 ? 0 : events / batch / partitions }, (_, index) => {
        const scope = own[index % own.length];
        return { ...scope, events: Array.from({ length: batch }, () => makeReceived(scope, bytes)) };
      });
      // The directories are made before the clock runs.
      for (let at = 0; at < own.length; at += scopesPerAppend) {
        const some = own.slice(at, at + scopesPerAppend);
        await lease.append(some.map((scope) => ({ ...scope, events: [makeReceived(scope, bytes)] })));
      }
      return { lease, messages };
    }),
  );
  const result = await rate(() =>
    Promise.all(
      writers.map(async ({ lease, messages }) => {
        const messagesPerAppend = perAppend / batch;
        for (let at = 0; at < messages.length; at += messagesPerAppend) {
          await lease.append(messages.slice(at, at + messagesPerAppend));
        }
      }),
    ),
  );
  for (const { lease } of writers) await lease.release();
  await ledger.close();
  return result;
}

function makeRows(events, bytes, scopes) {
  return Array.from({ length: events }, (_, index) => {
    const scope = scopes[index % scopes.length];
    const { event, raw } = makeReceived(scope, bytes);
    const version = `0001${index.toString(16).padStart(24, '0')}`;
    return { ...scope, branch: event.branch, version, commitTimeMs: Date.now(), event, raw };
  });
}

async function insertAll(analytics, rows) {
  for (let at = 0; at < rows.length; at += rowsPerInsert) {
    const id = `bench-${process.hrtime.bigint()}`;
    await analytics.insertGroup({ id, recovered: false }, [rows.slice(at, at + rowsPerInsert)]);
  }
}
