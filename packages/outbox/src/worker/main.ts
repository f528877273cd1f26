import { parentPort, workerData, type TransferListItem } from 'node:worker_threads';
import { reportError } from '../errors.ts';
import { outboxLimits } from '../limits.ts';
import type { AppendRequest } from '../store/append.ts';
import { OutboxStore, type WriteRequest } from '../store/outbox-store.ts';
import type { Answer, Call, CallMessage, PackedEntry, PackedWrite, WorkerSettings } from './messages.ts';

// The thread that waits for the disk, so that the agent's event loop does not.
if (parentPort === null) throw new Error('this module is the start of a worker thread');
const port = parentPort;
const { file, limits } = workerData as WorkerSettings;
const eventIdBytes = 16;

try {
  serve(new OutboxStore(file, limits));
  say({ kind: 'opened' });
} catch (error) {
  say({ kind: 'not_opened', error: reportError(error) });
}

function serve(store: OutboxStore): void {
  let watch: NodeJS.Timeout | undefined;
  const look = (): void => {
    const version = store.dataVersion();
    if (version !== seen) say({ kind: 'changed' });
    seen = version;
  };
  let seen = store.dataVersion();
  port.on('message', ({ id, call }: CallMessage) => {
    try {
      if (call.kind === 'watch') {
        clearInterval(watch);
        watch = call.isWanted ? setInterval(look, outboxLimits.lookMs) : undefined;
        // A change in between must not be missed.
        if (call.isWanted) say({ kind: 'changed' });
      }
      if (call.kind === 'close') clearInterval(watch);
      const value = run(store, call);
      say({ kind: 'answer', id, value }, findTransfers(call, value));
      if (call.kind === 'close') port.close();
    } catch (error) {
      say({ kind: 'error', id, error: reportError(error) });
    }
  });
}

function run(store: OutboxStore, call: Call): unknown {
  switch (call.kind) {
    case 'write':
      return store.write(call.writes.map((write) => unpack(write, call.buffer)));
    case 'read_batch': {
      const { batch, problems } = store.readBatch(call.request);
      // A copy of its own: short messages stand in a shared pool.
      return { batch: batch === undefined ? undefined : { ...batch, data: Uint8Array.from(batch.data) }, problems };
    }
    case 'pending':
      return store.pending();
    case 'stats':
      return store.stats(call.day);
    case 'is_settled':
      return store.isSettled(call.project, call.entry);
    case 'next_sequence':
      return store.nextSequence(call.tenant, call.project, call.agentId);
    case 'parked':
      return store.parked(call.filter, call.limit);
    case 'parked_events':
      return store.parkedEvents(call.entry);
    case 'reclaim':
      return store.reclaim();
    case 'lock':
      return store.lock();
    case 'unlock':
      return store.unlock();
    case 'is_unlocked':
      return store.isUnlocked();
    case 'watch':
      return undefined;
    case 'close':
      return store.close();
    default:
      return call satisfies never;
  }
}

function unpack(write: PackedWrite, buffer: ArrayBuffer): WriteRequest {
  if (write.kind !== 'append') return write;
  return { kind: 'append', appends: write.entries.map((entry) => unpackEntry(entry, buffer)) };
}

function unpackEntry({ offset, lengths, ...rest }: PackedEntry, buffer: ArrayBuffer): AppendRequest {
  const eventIds = new Uint8Array(buffer, offset, lengths.length * eventIdBytes);
  let at = offset + eventIds.length;
  const raws = lengths.map((length) => {
    const raw = new Uint8Array(buffer, at, length);
    at += length;
    return raw;
  });
  return { ...rest, eventIds, raws };
}

function findTransfers(call: Call, value: unknown): TransferListItem[] {
  if (call.kind !== 'read_batch') return [];
  const { batch } = value as { readonly batch?: { readonly data: Uint8Array<ArrayBuffer> } };
  return batch === undefined ? [] : [batch.data.buffer];
}

function say(answer: Answer, transfers: TransferListItem[] = []): void {
  port.postMessage(answer, transfers);
}
