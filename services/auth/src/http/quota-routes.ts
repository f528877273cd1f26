import { quotaOf, type Quota } from '@swarmledger/ledger';
import { toDay } from '@swarmledger/runtime';
import type { RouteDependencies } from './routes.ts';
import type { Route } from './route.ts';
import * as schemas from './schemas.ts';
import { array, count, object } from './schemas.ts';

/** More is a mistake: no hub takes it. */
const limitMax = 1_000_000_000_000;
const limit = { anyOf: [{ type: 'integer', minimum: 1, maximum: limitMax }, { const: 'unlimited' }] };
type Limit = number | 'unlimited';

interface QuotaBody {
  readonly events_per_day?: Limit;
  readonly events_per_second?: Limit;
  readonly burst_events?: Limit;
}

const quota = object({ events_per_day: limit, events_per_second: limit, burst_events: limit });

/** What a tenant may send, and what it has sent. */
export function quotaRoutes(dependencies: RouteDependencies): readonly Route[] {
  const { ledger, audit } = dependencies;
  const { tenants } = ledger;
  return [
    {
      method: 'get',
      path: '/v1/tenants/{tenant}/usage',
      summary:
        'Events committed today (UTC) with the quota of the day, the rate of each project, what is parked over quota, and the projects that wait in the overflow lane.',
      access: 'tenant',
      roles: ['owner', 'member', 'analyst', 'operator'],
      status: 200,
      answer: object({
        day: { type: 'string', format: 'date' },
        events: count,
        events_per_day: limit,
        per_project: object({ events_per_second: limit, burst_events: limit }),
        parked_over_quota: count,
        projects_in_overflow: array(schemas.projectName),
      }),
      handle: async ({ tenant }) => {
        const { bus, clock } = dependencies;
        const day = toDay(clock());
        const [record, events, parked, projects] = await Promise.all([
          tenants.show(tenant),
          tenants.usage(tenant, day),
          bus.deadLetters.count({ tenant, reason: 'over_quota' }),
          bus.overflow.projects(tenant),
        ]);
        const { events_per_day, ...perProject } = describeQuota(quotaOf(record, 'plans'));
        return {
          day,
          events,
          events_per_day,
          per_project: perProject,
          parked_over_quota: parked,
          projects_in_overflow: projects,
        };
      },
    },
    {
      method: 'put',
      path: '/v1/tenants/{tenant}/quota',
      summary: 'Gives a tenant a quota of its own; what is left out is the plan’s. It holds within some seconds.',
      access: 'tenant',
      roles: ['operator'],
      body: object({ 'events_per_day?': limit, 'events_per_second?': limit, 'burst_events?': limit }),
      status: 200,
      answer: quota,
      handle: async ({ tenant, principal, body }) => {
        const given = body as QuotaBody;
        await tenants.show(tenant);
        await audit.record(tenant, { act: 'tenant.quota_changed', by: principal.subject, about: { ...given } });
        return describeQuota(quotaOf(await tenants.change(tenant, { quota: readQuota(given) }), 'plans'));
      },
    },
  ];
}

function readQuota({ events_per_day, events_per_second, burst_events }: QuotaBody): Partial<Quota> {
  return {
    ...(events_per_day === undefined ? {} : { eventsPerDay: readLimit(events_per_day) }),
    ...(events_per_second === undefined ? {} : { eventsPerSecond: readLimit(events_per_second) }),
    ...(burst_events === undefined ? {} : { burstEvents: readLimit(burst_events) }),
  };
}

function readLimit(given: Limit): number {
  return given === 'unlimited' ? Infinity : given;
}

function describeQuota({ eventsPerDay, eventsPerSecond, burstEvents }: Quota): Required<QuotaBody> {
  const describe = (number: number): Limit => (Number.isFinite(number) ? number : 'unlimited');
  return {
    events_per_day: describe(eventsPerDay),
    events_per_second: describe(eventsPerSecond),
    burst_events: describe(burstEvents),
  };
}
