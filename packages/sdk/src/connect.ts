import { connectBus, type Bus } from '@swarmledger/bus';
import { Scope } from '@swarmledger/runtime';
import { loadActiveSpan } from './active-span.ts';
import { AgentClient, type AgentOptions, type ConnectOptions, type OnlineOptions, type SwarmLedger } from './client.ts';
import { toBusCredentials } from './credentials.ts';
import { connectDurable } from './durable/connect-durable.ts';
import { openBusPipeline } from './pipeline.ts';
import { openSealer } from './sealer.ts';
import type { CloseOptions, EventPipeline, PipelineBus, PipelineOptions } from './pipeline-contract.ts';

export type ConnectPipelineOptions = PipelineOptions & Pick<OnlineOptions, 'servers' | 'credentials'>;

/**
 * Connects one agent of one project. With `durable: true` it needs no hub to start, and what is recorded is on this machine's disk before
 * the call resolves.
 *
 * @throws ProtocolError for an illegal tenant, project or branch; PermanentError invalid_config; TransientError and
 *   PermanentError of the connection, or of the outbox
 */
export async function connectSwarmLedger(options: ConnectOptions): Promise<SwarmLedger> {
  if (options.durable === true) return connectDurable(options);
  return withBus(options, options.agentId, (bus) => createClient(bus, options, () => bus.close()));
}

/** One agent on a bus that stays the caller's. @throws ProtocolError, PermanentError invalid_config */
export async function openAgent(bus: PipelineBus, options: AgentOptions): Promise<SwarmLedger> {
  return createClient(bus, options, async () => undefined);
}

async function createClient(
  bus: PipelineBus,
  options: AgentOptions,
  release: () => Promise<void>,
): Promise<SwarmLedger> {
  const { tenant, project, policy, log, tracer, encryption } = options;
  const scope = new Scope();
  scope.defer('bus', release);
  try {
    const sealer = scope.own('sealer', await openSealer(encryption, log));
    const pipeline = await openBusPipeline(bus, {
      tenant,
      project,
      ...(policy === undefined ? {} : { policy }),
      ...(log === undefined ? {} : { log }),
      ...(tracer === undefined ? {} : { tracer }),
    });
    const activeTrace = await loadActiveSpan();
    return new AgentClient(pipeline, options, { release: () => scope.close(), activeTrace, sealer });
  } catch (error) {
    await scope.close().catch(() => undefined);
    throw error;
  }
}

/** A pipeline on a bus that stays the caller's. @throws ProtocolError, PermanentError invalid_config */
export async function openEventPipeline(bus: PipelineBus, options: PipelineOptions): Promise<EventPipeline> {
  return openBusPipeline(bus, options);
}

/** Connects a pipeline that owns its connection. @throws as connectSwarmLedger */
export async function connectEventPipeline(options: ConnectPipelineOptions): Promise<EventPipeline> {
  return withBus(options, `pipeline ${options.tenant}/${options.project}`, async (bus) => {
    return owning(await openBusPipeline(bus, options), bus);
  });
}

/** The bus is the result's from then on; it is closed at once when there is no result. */
async function withBus<T>(
  options: Pick<OnlineOptions, 'servers' | 'credentials' | 'log'>,
  name: string,
  body: (bus: Bus) => Promise<T>,
): Promise<T> {
  const { servers, credentials, log } = options;
  const bus = await connectBus({
    servers,
    name,
    ...toBusCredentials(credentials),
    ...(log === undefined ? {} : { log }),
  });
  try {
    return await body(bus);
  } catch (error) {
    await bus.close().catch(() => undefined);
    throw error;
  }
}

function owning(pipeline: EventPipeline, bus: Bus): EventPipeline {
  const close = async (options?: CloseOptions): Promise<void> => {
    try {
      await pipeline.close(options);
    } finally {
      await bus.close();
    }
  };
  return {
    get counts() {
      return pipeline.counts;
    },
    publish: (group) => pipeline.publish(group),
    flush: (options) => pipeline.flush(options),
    close,
    [Symbol.asyncDispose]: () => close(),
  };
}
