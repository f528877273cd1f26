import { connectBus } from '@swarmledger/bus';
import { openOutbox, openSyncer, type Syncer } from '@swarmledger/outbox';
import { parseProjectId, parseTenantId } from '@swarmledger/protocol';
import { Scope } from '@swarmledger/runtime';
import { loadActiveSpan } from '../active-span.ts';
import { AgentClient, type DurableOptions, type SwarmLedger } from '../client.ts';
import { toBusCredentials } from '../credentials.ts';
import { openBusUplink } from '../uplink/bus-uplink.ts';
import { openSealer } from '../sealer.ts';
import { OutboxSink } from './outbox-sink.ts';

/** Opens the outbox, and a syncer of this process unless another one drains it already: then it takes over when that one ends. */
export async function connectDurable(options: DurableOptions): Promise<SwarmLedger> {
  const scope = new Scope();
  try {
    const eventScope = { tenant: parseTenantId(options.tenant), project: parseProjectId(options.project) };
    const { agentId, outbox: place, encryption, log } = options;
    const sealer = scope.own('sealer', await openSealer(encryption, log));
    const outbox = scope.own('outbox', await openOutbox(typeof place === 'string' ? { file: place } : place));
    const syncer = await startSyncer(options, scope, outbox);
    const nextSequence = await outbox.nextSequence({ ...eventScope, agentId });
    const sink = new OutboxSink({ outbox, syncer, eventScope, agentId, nextSequence });
    return new AgentClient(sink, options, {
      release: () => scope.close(),
      activeTrace: await loadActiveSpan(),
      sealer,
    });
  } catch (error) {
    await scope.close().catch(() => undefined);
    throw error;
  }
}

async function startSyncer(
  options: DurableOptions,
  scope: Scope,
  outbox: Awaited<ReturnType<typeof openOutbox>>,
): Promise<Syncer | undefined> {
  const { servers, credentials, agentId, sync, log } = options;
  if (servers === undefined) return undefined;
  const logged = log === undefined ? {} : { log };
  const uplink = openBusUplink({
    ...logged,
    connect: async () => {
      const current = typeof credentials === 'function' ? await credentials() : credentials;
      return connectBus({ servers, name: agentId, ...toBusCredentials(current), ...logged });
    },
  });
  scope.own('uplink', uplink);
  return scope.own(
    'syncer',
    await openSyncer({ outbox, uplink, ...logged, ...(sync === undefined ? {} : { policy: sync }) }),
  );
}
