import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { connectBus } from '@swarmledger/bus';
import {
  openOutbox,
  openSyncer,
  priorities,
  readSyncStatus,
  type Outbox,
  type OutboxStats,
  type Syncer,
  type SyncPolicy,
  type SyncStatus,
  type Uplink,
} from '@swarmledger/outbox';
import { encodeEvent } from '@swarmledger/protocol';
import { stopChild } from '@swarmledger/runtime';
import { openBusUplink } from '@swarmledger/sdk';
import { createSignal, readHistory, toScope } from '../ingest/events.ts';
import type { Hub } from '../ingest/hub.ts';

const childFile = fileURLToPath(new URL('./edge-child.js', import.meta.url));

export interface Names {
  readonly tenant: string;
  readonly project: string;
}

/** Steps of the syncer at which a child of ours ends itself with SIGKILL. */
export const killSteps = ['after_read', 'after_publish', 'after_receipt', 'during_delete'] as const;
export type KillStep = (typeof killSteps)[number];

export interface ChildOrder extends Names {
  readonly role: 'agent' | 'syncer' | 'filler' | 'late_sender';
  readonly outbox: string;
  readonly servers: string;
  readonly user: string;
  readonly password: string;
  /** Events that an agent records. */
  readonly count?: number;
  readonly kill?: { readonly step: KillStep; readonly atMessage: number };
}

export function outboxFileOf(hub: Hub, name = 'outbox'): string {
  return join(hub.dataDir, `${name}.sqlite`);
}

export async function openEdgeOutbox(hub: Hub, name = 'outbox'): Promise<Outbox> {
  return hub.scope.own('outbox', await openOutbox({ file: outboxFileOf(hub, name) }));
}

/** Appends the numbers one entry each, as `createSignal` makes them: what order is checked by. */
export async function recordNumbers(
  outbox: Outbox,
  names: Names,
  numbers: readonly number[],
  padding = '',
): Promise<void> {
  const scope = toScope(names);
  await Promise.all(
    numbers.map((number) => {
      const event = createSignal(scope, number, padding);
      return outbox.append({
        ...scope,
        agentId: event.agentId,
        priority: priorities.normal,
        sequence: 'by_outbox',
        events: [{ eventId: event.eventId, raw: encodeEvent({ ...event, sequence: 0 }) }],
      });
    }),
  );
}

/** The numbers of `recordNumbers`, in version order, as the ledger has them. */
export async function readLedgerNumbers(hub: Hub, names: Names): Promise<readonly number[]> {
  const ledger = await hub.openLedger();
  return (await readHistory(ledger, toScope(names))).map(({ event: { payload } }) =>
    payload.kind === 'system_signal' ? Number(payload.message.split(' ', 1)[0]) : Number.NaN,
  );
}

export function openHubUplink(hub: Hub, servers: string = hub.address.servers): Uplink {
  const { credentials } = hub.address;
  return hub.scope.own('uplink', openBusUplink({ connect: () => connectBus({ servers, name: 'edge', credentials }) }));
}

export async function startSyncer(
  hub: Hub,
  outbox: Outbox,
  uplink: Uplink,
  policy: Partial<SyncPolicy> = {},
): Promise<Syncer> {
  const retry = { initialMs: 20, maxMs: 200, attemptsMax: Infinity };
  return hub.scope.own('syncer', await openSyncer({ outbox, uplink, policy: { retry, lingerMsMax: 0, ...policy } }));
}

export interface EdgeReport {
  readonly outbox: OutboxStats;
  readonly isRunning: boolean;
  readonly syncer: SyncStatus;
}

/** What `sync status` is made of, from another connection. */
export async function readReport(file: string): Promise<EdgeReport> {
  const outbox = await openOutbox({ file });
  try {
    const syncer = readSyncStatus(file) ?? assert.fail('no syncer has run');
    return { outbox: await outbox.stats(), isRunning: !(await outbox.isUnlocked()), syncer };
  } finally {
    await outbox.close();
  }
}

export function startChild(hub: Hub, order: ChildOrder, prefix: readonly string[] = []): ChildProcess {
  const [command = process.execPath, ...args] = [...prefix, process.execPath, childFile, JSON.stringify(order)];
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  hub.scope.defer('child', () => stopChild(child, 2_000));
  return child;
}

export function orderFor(
  hub: Hub,
  names: Names,
  rest: Omit<ChildOrder, keyof Names | 'servers' | 'user' | 'password'>,
): ChildOrder {
  const { servers, credentials } = hub.address;
  return { ...names, servers, user: credentials.user, password: credentials.password.reveal(), ...rest };
}

/** Exit code, or the signal that ended it. */
export async function ended(child: ChildProcess): Promise<number | string> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode ?? child.signalCode ?? '';
  const [code, signal] = (await once(child, 'exit')) as [number | null, string | null];
  return code ?? signal ?? '';
}
