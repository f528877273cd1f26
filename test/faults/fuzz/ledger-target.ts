import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openLedger, verifyLedger, type AppendMessage, type Ledger } from '@swarmledger/ledger';
import { decodeEvent, encodeEvent, mainBranch, parseProjectPath } from '@swarmledger/protocol';
import { createEvent, toScope } from '../../ingest/events.ts';
import { onCopies, openFolder } from './files.ts';
import type { OpenTarget } from './target.ts';

const scope = toScope({ tenant: 'acme', project: 'web' });
const events = 60;

function createMessage(number: number): AppendMessage {
  const raw = encodeEvent(
    createEvent(scope, {
      kind: 'state_change',
      path: parseProjectPath(`f${number % 7}`),
      action: 'UPDATE',
      body: { kind: 'content', content: Buffer.from(`${number}`.repeat(200)) },
      mode: 0,
      contentBytes: 0,
    }),
  );
  return { ...scope, events: [{ event: decodeEvent(raw), raw }] };
}

/** A damaged ledger file: what is read is an answer or a clear error, and nothing ends the process. */
export const openLedgerFileTarget: OpenTarget = async (resources) => {
  const folder = await openFolder(resources);
  const good = join(folder, 'good.sqlite');
  const ledger = await openLedger({ connection: { kind: 'embedded', file: good } });
  await ledger.tenants.ensure(scope.tenant);
  const lease = await ledger.partitions.acquire(0, 'fuzz');
  await lease.append(Array.from({ length: events }, (_, number) => createMessage(number)));
  await ledger.close();
  return { name: 'ledger files', samples: [await readFile(good)], run: onCopies(folder, readAll) };
};

async function readAll(file: string): Promise<void> {
  const connection = { kind: 'embedded', file } as const;
  const ledger = await openLedger({ connection });
  try {
    await readProject(ledger);
  } finally {
    await ledger.close();
  }
  await verifyLedger({ connection });
}

async function readProject(ledger: Ledger): Promise<void> {
  const history = await ledger.project(scope.tenant, scope.project);
  for await (const { event } of history.events({ branch: mainBranch })) void event;
  const latest = await history.latest(mainBranch);
  if (latest === undefined) return;
  for await (const { sha256 } of history.tree(mainBranch, latest)) {
    for await (const piece of history.content(sha256)) void piece;
  }
}
