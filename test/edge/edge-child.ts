import { appendFileSync } from 'node:fs';
import { connectBus } from '@swarmledger/bus';
import {
  openOutbox,
  openSyncer,
  type AcceptedBatch,
  type Outbox,
  type SyncLock,
  type Uplink,
} from '@swarmledger/outbox';
import { errorCode, Secret, sleep } from '@swarmledger/runtime';
import { connectSwarmLedger, openBusUplink, type SwarmLedger } from '@swarmledger/sdk';
import type { ChildOrder } from './edge.ts';

// A process of the edge: an agent, or a syncer that kills itself at one of its steps. Says on stdout what it has done.
const order = JSON.parse(process.argv[2] ?? '') as ChildOrder;
const credentials = { user: order.user, password: new Secret(order.password) };

function die(): never {
  process.kill(process.pid, 'SIGKILL');
  throw new Error('not reached');
}

async function runAgent(): Promise<void> {
  const { servers, tenant, project } = order;
  const agent = await connectSwarmLedger({
    durable: true,
    outbox: order.outbox,
    servers,
    credentials,
    tenant,
    project,
    agentId: 'agent',
    sync: { lingerMsMax: 0 },
  });
  for (let number = agent.nextSequence; number <= (order.count ?? 0); number++) {
    await agent.recordSignal({ kind: 'test', message: `${number} ` });
    process.stdout.write(`${number}\n`);
  }
  await agent.flush({ until: 'committed' });
  await agent.close();
}

async function runSyncer(): Promise<void> {
  const opened = await openOutbox({ file: order.outbox });
  const real = openBusUplink({ connect: () => connectBus({ servers: order.servers, name: 'child', credentials }) });
  const { kill } = order;
  let messages = 0;
  const isDue = (step: string): boolean => kill?.step === step && messages >= kill.atMessage;
  const uplink: Uplink = {
    get state() {
      return real.state;
    },
    get problem() {
      return real.problem;
    },
    onState: (listener) => real.onState(listener),
    measureClock: (...question) => real.measureClock(...question),
    close: () => real.close(),
    publish: async (batch, options): Promise<AcceptedBatch> => {
      messages += 1;
      if (isDue('after_read')) die();
      const accepted = await real.publish(batch, options);
      if (isDue('after_publish')) die();
      return {
        confirm: async (confirmOptions) => {
          const confirmation = await accepted.confirm(confirmOptions);
          if (isDue('after_receipt')) die();
          return confirmation;
        },
      };
    },
  };
  const withLock = async (): Promise<SyncLock> => {
    const lock = await opened.lock();
    return {
      pending: () => lock.pending(),
      readBatch: (request) => lock.readBatch(request),
      park: (problems, nowMs) => lock.park(problems, nowMs),
      countSent: (usage) => lock.countSent(usage),
      release: () => lock.release(),
      settle: (entries, usage) => {
        const settled = lock.settle(entries, usage);
        // Somewhere between the first row and the end of the fsync.
        if (isDue('during_delete')) setTimeout(die, Math.random() * 3);
        return settled;
      },
    };
  };
  const outbox = new Proxy<Outbox>(opened, {
    get: (target, name) => {
      if (name === 'lock') return withLock;
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
  const syncer = await openSyncer({
    outbox,
    uplink,
    policy: { batchEventsInitial: 20, batchEventsMax: 40, lingerMsMax: 0 },
    whenLocked: 'fail',
  });
  const outcome = await syncer.drain();
  process.stdout.write(`${outcome.kind}\n`);
  await syncer.close();
  await uplink.close();
  await opened.close();
}

/** Records until the disk is full; then only sending makes room, and it goes on. */
async function runFiller(): Promise<void> {
  const { servers, tenant, project } = order;
  const place = { durable: true, outbox: order.outbox, tenant, project } as const;
  const agent = await connectSwarmLedger({ ...place, agentId: 'agent' });
  const record = (to: SwarmLedger, number: number): Promise<unknown> =>
    to.recordSignal({ kind: 'test', message: `${number} `, data: 'x'.repeat(2_000) });
  let recorded = 0;
  let code = '';
  while (code === '') {
    await record(agent, recorded + 1).then(
      () => (recorded += 1),
      (error: unknown) => (code = errorCode(error)),
    );
  }
  await agent.close();
  const outbox = await openOutbox({ file: order.outbox });
  const { events } = await outbox.stats();
  await outbox.close();
  process.stdout.write(`${JSON.stringify({ recorded, code, events })}\n`);
  const sender = await connectSwarmLedger({ ...place, servers, credentials, agentId: 'sender' });
  for (let isFull = true; isFull; await sleep(20)) {
    await record(sender, recorded + 1).then(
      () => (isFull = false),
      (error: unknown) => {
        if (errorCode(error) !== 'disk_full') throw error;
      },
    );
  }
  await sender.flush({ until: 'committed' });
  await sender.close();
}

/** Records, ends, and comes back when somebody else has taken the last byte of the disk: what it recorded is sent all the same. */
async function runLateSender(): Promise<void> {
  const { servers, tenant, project, count = 0 } = order;
  const place = { durable: true, outbox: order.outbox, tenant, project, agentId: 'agent' } as const;
  const agent = await connectSwarmLedger(place);
  for (let number = 1; number <= count; number++) {
    await agent.recordSignal({ kind: 'test', message: `${number} `, data: 'x'.repeat(2_000) });
  }
  await agent.close();
  fillDisk(`${order.outbox}.ballast`);
  const sender = await connectSwarmLedger({ ...place, servers, credentials, agentId: 'sender' });
  await waitUntilEmpty(order.outbox);
  await sender.close();
}

function fillDisk(file: string): void {
  for (let bytes = 1_048_576; bytes >= 1; bytes /= 2) {
    for (;;) {
      try {
        appendFileSync(file, Buffer.alloc(bytes));
      } catch (error) {
        if (errorCode(error) !== 'ENOSPC') throw error;
        break;
      }
    }
  }
}

async function waitUntilEmpty(file: string): Promise<void> {
  const outbox = await openOutbox({ file });
  while ((await outbox.stats()).events > 0) await sleep(50);
  await outbox.close();
}

const roles = { agent: runAgent, syncer: runSyncer, filler: runFiller, late_sender: runLateSender };
await roles[order.role]();
