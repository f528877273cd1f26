import { createHash } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createTenantLogin, openAnalytics } from '@swarmledger/analytics';
import { connectBus, type Bus } from '@swarmledger/bus';
import { openLedger, verifyLedger, type Ledger, type ProjectHistory } from '@swarmledger/ledger';
import { mainBranch, parseProjectId, parseTenantId, type SwarmEvent, type Version } from '@swarmledger/protocol';
import { resolveMoment, restore } from '@swarmledger/replayer';
import { Secret, withScope } from '@swarmledger/runtime';
import { readFolder } from '../replay/folder.ts';
import type { AnalyticsEvent, History, LedgerEvent, RestoredTree } from './checker.ts';
import type { Cluster } from './cluster.ts';
import { numberAttribute, placeName, places, type Session } from './facts.ts';
import { createRandom } from './random.ts';

type Place = Pick<Session, 'tenant' | 'project'>;
/** What is found at rest; the rest of a history is written down while it happens. */
export type Observed = Pick<
  History,
  'ledger' | 'readAgain' | 'analytics' | 'seenBy' | 'restored' | 'ledgerProblems'
> & { readonly deadLetters: number };

const restoresPerPlace = 3;

/** Reads everything that a cluster at rest holds. Which versions are restored follows from the seed. */
export async function observe(cluster: Cluster, seed: number): Promise<Observed> {
  return withScope(async (scope) => {
    const { connection, natsUrl, credentials } = cluster;
    const ledger = scope.own('ledger', await openLedger({ connection }));
    const bus: Bus = scope.own('bus', await connectBus({ servers: natsUrl, name: 'checker', credentials }));
    const events = new Map<string, readonly LedgerEvent[]>();
    const again = new Map<string, readonly string[]>();
    const restored: RestoredTree[] = [];
    for (const place of places) {
      const history = await findProject(ledger, place);
      if (history === undefined) continue;
      const found = await readEvents(history);
      events.set(placeName(place), found);
      again.set(placeName(place), await readIds(history, found.at(-1)?.version));
      restored.push(...(await restoreSome({ cluster, history, place, seed }, found)));
    }
    const { described } = await verifyLedger({ connection });
    return {
      ledger: events,
      readAgain: again,
      restored,
      analytics: await readAnalytics(cluster),
      seenBy: await readTenantViews(cluster),
      ledgerProblems: described.map(({ where, what }) => `${where}: ${what}`),
      deadLetters: await bus.deadLetters.count(),
    };
  });
}

/** Undefined: nothing was ever committed to it. */
async function findProject(ledger: Ledger, { tenant, project }: Place): Promise<ProjectHistory | undefined> {
  const id = parseTenantId(tenant);
  const tenants = await ledger.tenants.list();
  if (!tenants.some((record) => record.id === id)) return undefined;
  const projects = await ledger.tenants.projects(id);
  return projects.includes(parseProjectId(project)) ? ledger.project(id, parseProjectId(project)) : undefined;
}

async function readEvents(history: ProjectHistory): Promise<readonly LedgerEvent[]> {
  const events: LedgerEvent[] = [];
  for await (const { event, version } of history.events({ branch: mainBranch })) {
    const number = event.attributes[numberAttribute];
    events.push({
      eventId: event.eventId,
      version,
      tenant: event.tenant,
      project: event.project,
      agent: event.agentId,
      number: number === undefined ? undefined : Number(number),
      text: textOf(event),
    });
  }
  return events;
}

function textOf({ payload }: SwarmEvent): string | undefined {
  if (payload.kind === 'decision') return payload.rationale;
  return payload.kind === 'system_signal' ? payload.message : undefined;
}

async function readIds(history: ProjectHistory, until: string | undefined): Promise<readonly string[]> {
  const ids: string[] = [];
  if (until === undefined) return ids;
  for await (const { event } of history.events({ branch: mainBranch, until: until as Version }))
    ids.push(event.eventId);
  return ids;
}

interface RestoreOrder {
  readonly cluster: Cluster;
  readonly history: ProjectHistory;
  readonly place: Place;
  readonly seed: number;
}

async function restoreSome(order: RestoreOrder, events: readonly LedgerEvent[]): Promise<readonly RestoredTree[]> {
  const { cluster, history, place, seed } = order;
  const folder = join(cluster.root, 'restored', place.tenant, place.project);
  await mkdir(folder, { recursive: true });
  const random = createRandom(seed);
  const chosen = Array.from({ length: Math.min(restoresPerPlace, events.length) }, () => random.pick(events).version);
  const trees: RestoredTree[] = [];
  for (const version of new Set(chosen)) {
    const directory = join(folder, version);
    const moment = await resolveMoment(history, mainBranch, { kind: 'version', version: version as Version });
    await restore(history, { moment, directory });
    trees.push({ place: placeName(place), version, files: describeFolder(await readFolder(directory)) });
  }
  return trees;
}

/** In the words of `describeFiles`. */
function describeFolder(found: Readonly<Record<string, string>>): string {
  return Object.entries(found)
    .map(([path, described]) => `${path} ${toHash(described.replace(/^\d+ /, ''))}`)
    .sort()
    .join('\n');
}

/** `readFolder` names long contents by their hash and shows short ones. */
function toHash(shown: string): string {
  return /^[0-9a-f]{64}$/.test(shown) ? shown : createHash('sha256').update(shown).digest('hex');
}

async function readAnalytics({ engineUrl, credentials }: Cluster): Promise<readonly AnalyticsEvent[]> {
  const analytics = openAnalytics({ url: engineUrl, username: credentials.user, password: credentials.password });
  try {
    const { rows } = await analytics.query(
      'SELECT tenant_id, project_id, toString(event_id), toString(version) FROM swarmledger.swarm_events',
    );
    return rows.map(([tenant, project, eventId, version]) => ({
      place: placeName({ tenant: String(tenant), project: String(project) }),
      eventId: String(eventId),
      version: String(version),
    }));
  } finally {
    await analytics.close();
  }
}

async function readTenantViews({ engineUrl, tenantSecret }: Cluster): Promise<ReadonlyMap<string, readonly string[]>> {
  const views = new Map<string, readonly string[]>();
  for (const tenant of new Set(places.map((place) => place.tenant))) {
    const login = createTenantLogin(tenantSecret, tenant, Date.now() + 600_000);
    const analytics = openAnalytics({ url: engineUrl, username: login.username, password: new Secret(login.password) });
    try {
      const { rows } = await analytics.query('SELECT DISTINCT tenant_id FROM swarmledger.swarm_events');
      views.set(
        tenant,
        rows.map(([seen]) => String(seen)),
      );
    } finally {
      await analytics.close();
    }
  }
  return views;
}
