import type { AgentRole, PayloadKind, SwarmEvent } from '@swarmledger/protocol';
import { createPathFilter, type PathFilter } from './path-filter.ts';

/** Which events are meant; all that is given has to hold. */
export interface EventFilter {
  /** Exact agent ids; any of them. */
  readonly agents?: readonly string[];
  readonly roles?: readonly AgentRole[];
  readonly types?: readonly PayloadKind[];
  /** See `createPathFilter`: state changes and conflicts of these paths, and nothing else. */
  readonly paths?: readonly string[];
}

/** @throws PermanentError invalid_glob */
export function createEventFilter(filter: EventFilter): (event: SwarmEvent) => boolean {
  const isWantedPath = filter.paths === undefined ? undefined : createPathFilter(filter.paths);
  return (event) =>
    includes(filter.agents, event.agentId) &&
    includes(filter.roles, event.agentRole) &&
    includes(filter.types, event.payload.kind) &&
    (isWantedPath === undefined || touches(event, isWantedPath));
}

function includes<T>(wanted: readonly T[] | undefined, value: T): boolean {
  return wanted === undefined || wanted.includes(value);
}

function touches(event: SwarmEvent, isWanted: PathFilter): boolean {
  const { payload } = event;
  if (payload.kind === 'conflict') return isWanted(payload.path);
  if (payload.kind !== 'state_change') return false;
  return isWanted(payload.path) || (payload.previousPath !== undefined && isWanted(payload.previousPath));
}
