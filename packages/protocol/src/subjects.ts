import { ProtocolError } from './errors.ts';
import { parseProjectId, parseTenantId, quote, type ProjectId, type TenantId } from './ids.ts';
import { rememberLast } from './remember-last.ts';

export interface EventsSubject {
  readonly tenant: TenantId;
  readonly project: ProjectId;
  /** Absent on a server without the partition mapping. */
  readonly partition: number | undefined;
}

/** What producers publish to. */
export function eventsSubject(tenant: TenantId, project: ProjectId): string {
  return `swarm.${tenant}.${project}.events`;
}

/** Jobs for a tenant's agents. */
export function jobsSubject(tenant: TenantId): string {
  return `swarm.${tenant}.jobs`;
}

/** Where every tenant's jobs wait. */
export const jobStream = 'SWARM_JOBS';
export const allJobsSubject = 'swarm.*.jobs';
/** The durable consumer of the job stream: what workers take from, and what KEDA looks at. */
export const workerConsumer = 'worker';

/** What is said of jobs, and to their workers. */
export const jobReportStream = 'SWARM_JOB_REPORTS';
export type JobTopic = 'status' | 'log' | 'cancel';

/** @param jobId `*` for all of the tenant's */
export function jobTopicSubject(tenant: TenantId, jobId: string, topic: JobTopic): string {
  return `swarm.${tenant}.jobs.${jobId}.${topic}`;
}

export const allJobTopicsSubjects = ['swarm.*.jobs.*.status', 'swarm.*.jobs.*.log', 'swarm.*.jobs.*.cancel'] as const;

/** @throws ProtocolError invalid_subject, invalid_tenant */
export function parseJobsSubject(subject: string): TenantId {
  const [root, tenant, kind, ...rest] = subject.split('.');
  if (root !== 'swarm' || kind !== 'jobs' || tenant === undefined || rest.length > 0) {
    throw new ProtocolError('invalid_subject', `subject ${quote(subject)} is not swarm.{tenant}.jobs`);
  }
  return parseTenantId(tenant);
}

/** Receipts after each commit (core NATS: lossy). */
export function commitsSubject(tenant: TenantId, project: ProjectId): string {
  return `ledger.${tenant}.${project}.commits`;
}

/** Request/reply: which of these event ids are committed? */
export function receiptsSubject(tenant: TenantId, project: ProjectId): string {
  return `ledger.${tenant}.${project}.receipts`;
}

/** Every project's receipt queries: what the hub answers. */
export const allReceiptsSubject = 'ledger.*.*.receipts';

/** `tenant` is the subject's token as far as it is a legal one, else `unknown`. */
export function deadLetterSubject(tenant: string, reason: string): string {
  return `dlq.${tenant}.${reason}`;
}

export const deadLetterStream = 'SWARM_DLQ';
export const allDeadLettersSubject = 'dlq.>';
/** Where events wait that came faster than their project's rate: one stream, a subject for each project. */
export const overflowStream = 'SWARM_OVERFLOW';
export const allOverflowSubject = 'overflow.>';
/** Stands for a tenant or project that is no legal name; no legal name has it. */
export const illegalName = '~';

/** Whose messages they are, as far as their subject tells: what waits in the overflow lane behind what. */
export interface LanePlace {
  /** Or `illegalName`. */
  readonly tenant: TenantId | typeof illegalName;
  readonly project: ProjectId | typeof illegalName;
}

/** Of an events subject, whatever it is. Never throws. */
export const readLanePlace: (subject: string) => LanePlace = rememberLast((subject) => {
  const [, tenant = '', project = ''] = subject.split('.', 3);
  return {
    tenant: isName(tenant, parseTenantId) ? tenant : illegalName,
    project: isName(project, parseProjectId) ? project : illegalName,
  };
});

/** Above `place`, everything of the partition: `*`. */
export function overflowSubject(partition: number, place: LanePlace | '*'): string {
  return `overflow.${partition}.${place === '*' ? '*.*' : `${place.tenant}.${place.project}`}`;
}

/** Everything of a tenant. */
export function overflowTenantSubject(tenant: TenantId): string {
  return `overflow.*.${tenant}.*`;
}

/** The place of an `overflowSubject`. */
export function readOverflowPlace(subject: string): LanePlace {
  return readLanePlace(subject.split('.').slice(1).join('.'));
}

function isName<Name extends string>(text: string, parse: (text: string) => Name): text is Name {
  try {
    parse(text);
    return true;
  } catch {
    return false;
  }
}

export const unmappedEventsSubject = 'swarm.*.*.events';

export function partitionStream(partition: number): string {
  return `SWARM_EVENTS_${partition}`;
}

export function partitionSubject(partition: number): string {
  return `swarm.*.*.events.${partition}`;
}

/** The durable consumer of every partition stream. */
export const ingestorConsumer = 'ingestor';

/** The server-side account mapping: source and destination for `partitions` streams. */
export function partitionMapping(partitions: number): { readonly from: string; readonly to: string } {
  return {
    from: unmappedEventsSubject,
    to: `swarm.{{wildcard(1)}}.{{wildcard(2)}}.events.{{partition(${partitions},1,2)}}`,
  };
}

/** @throws ProtocolError invalid_subject, invalid_tenant, invalid_project */
export const parseEventsSubject: (subject: string) => EventsSubject = rememberLast((subject) => {
  const tokens = subject.split('.');
  const [root, tenant, project, kind, partition] = tokens;
  const shaped = root === 'swarm' && kind === 'events' && (tokens.length === 4 || tokens.length === 5);
  if (
    !shaped ||
    tenant === undefined ||
    project === undefined ||
    (partition !== undefined && !/^\d{1,4}$/.test(partition))
  ) {
    throw new ProtocolError('invalid_subject', `subject ${quote(subject)} is not swarm.{tenant}.{project}.events`);
  }
  return {
    tenant: parseTenantId(tenant),
    project: parseProjectId(project),
    partition: partition === undefined ? undefined : Number(partition),
  };
});

/** Tenant and project of `ledger.{tenant}.{project}.{receipts|commits}`. @throws ProtocolError */
export function parseLedgerSubject(subject: string): { readonly tenant: TenantId; readonly project: ProjectId } {
  const [root, tenant, project, kind, ...rest] = subject.split('.');
  const shaped = root === 'ledger' && (kind === 'receipts' || kind === 'commits') && rest.length === 0;
  if (!shaped || tenant === undefined || project === undefined) {
    throw new ProtocolError('invalid_subject', `subject ${quote(subject)} is not ledger.{tenant}.{project}.receipts`);
  }
  return { tenant: parseTenantId(tenant), project: parseProjectId(project) };
}

/** Header names on event messages. */
export const headerNames = {
  messageId: 'Nats-Msg-Id',
  traceparent: 'traceparent',
  content: 'Swarm-Content',
} as const;

/** Value of `Swarm-Content` for a SwarmEventBatch. */
export const batchContent = 'batch';
