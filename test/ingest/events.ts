import {
  createEventId,
  mainBranch,
  parseProjectId,
  parseTenantId,
  type EventScope,
  type Payload,
  type SwarmEvent,
} from '@swarmledger/protocol';
import type { Ledger, StoredEvent } from '@swarmledger/ledger';

export function toScope({ tenant, project }: { readonly tenant: string; readonly project: string }): EventScope {
  return { tenant: parseTenantId(tenant), project: parseProjectId(project) };
}

/** A signal that carries its number: what order is checked by. */
export function createSignal(scope: EventScope, number: number, padding = ''): SwarmEvent {
  const payload: Payload = {
    kind: 'system_signal',
    signal: 'test',
    severity: 'INFO',
    message: `${number} ${padding}`,
    data: '',
  };
  return createEvent(scope, payload, number);
}

export function createEvent(scope: EventScope, payload: Payload, sequence = 0): SwarmEvent {
  return {
    ...scope,
    eventId: createEventId(),
    timestampUs: Date.now() * 1_000,
    traceId: '',
    spanId: '',
    agentRole: 'CODER',
    agentId: 'agent',
    branch: mainBranch,
    userId: '',
    parentEventId: '',
    sequence,
    attributes: {},
    payload,
  };
}

/** Everything of a project's main branch, in version order. */
export async function readHistory(ledger: Ledger, scope: EventScope): Promise<readonly StoredEvent[]> {
  const history = await ledger.project(scope.tenant, scope.project);
  const events: StoredEvent[] = [];
  for await (const event of history.events({ branch: mainBranch })) events.push(event);
  return events;
}

/** The numbers of `createSignal`, in version order. */
export async function readNumbers(ledger: Ledger, scope: EventScope): Promise<readonly number[]> {
  return (await readHistory(ledger, scope)).map(({ event }) => event.sequence);
}

export function upTo(count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => index + 1);
}
