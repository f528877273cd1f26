import { randomUUID } from 'node:crypto';
import type { Bus } from '@swarmledger/bus';
import {
  createEventId,
  mainBranch,
  parseProjectId,
  type ProjectId,
  type SwarmEvent,
  type TenantId,
} from '@swarmledger/protocol';
import { retry, TransientError, type BackoffPolicy } from '@swarmledger/runtime';

/** Where every tenant's administrative acts are: a project like any other, with history, feed and SQL. */
export const auditProject: ProjectId = parseProjectId('audit');

export interface AuditEntry {
  /** `member.invited`, `project.created` and so on: a stable name. */
  readonly act: string;
  /** The subject that did it. */
  readonly by: string;
  /** What it was done to; no secrets. */
  readonly about: Readonly<Record<string, string | number>>;
}

export interface AuditTrail {
  /**
   * Resolves when the hub has accepted the event. Called before the act: what cannot be recorded is not done.
   *
   * @throws TransientError while the hub does not take events
   */
  record(tenant: TenantId, entry: AuditEntry): Promise<void>;
}

const publishPolicy: BackoffPolicy = { initialMs: 50, maxMs: 500, attemptsMax: 2 };

/** Administrative acts as system signals `audit` in the tenant's own ledger. */
export function createAuditTrail(bus: Pick<Bus, 'publisher' | 'isConnected'>, clock: () => number): AuditTrail {
  // One agent per process: its sequence has no gaps.
  const agentId = `auth-${randomUUID()}`;
  let sequence = 0;
  return {
    record: async (tenant, { act, by, about }) => {
      // Somebody waits for the answer: they had better try again than wait for a reconnect.
      if (!bus.isConnected) throw new TransientError('disconnected', 'cannot record an act: the hub is not there');
      const now = clock();
      sequence += 1;
      const event: SwarmEvent = {
        eventId: createEventId(now),
        timestampUs: now * 1_000,
        traceId: '',
        spanId: '',
        agentRole: 'OPERATOR',
        agentId,
        tenant,
        project: auditProject,
        branch: mainBranch,
        userId: by,
        parentEventId: '',
        sequence,
        attributes: {},
        payload: {
          kind: 'system_signal',
          signal: 'audit',
          severity: 'INFO',
          message: act,
          data: JSON.stringify(about),
        },
      };
      await retry(() => bus.publisher.publishEvent(event), { policy: publishPolicy });
    },
  };
}
