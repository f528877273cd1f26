import { ProtocolError } from './errors.ts';
import { parseBranchName, parseProjectId, quote, type BranchName, type ProjectId } from './ids.ts';
import { createEventId, parseEventId, type EventId } from './uuid.ts';

/** One piece of work for one agent. On the wire it is JSON with these names in snake case. */
export interface Job {
  /** Also the id of the event that says that the job is over: that is how a job is done once. */
  readonly id: EventId;
  readonly project: ProjectId;
  readonly branch: BranchName;
  /** What the agent is asked to do: given to its standard input. */
  readonly task: string;
  /** Of one attempt; the worker's own limit is the upper bound. Milliseconds. */
  readonly deadlineMs: number | undefined;
  /** Unix milliseconds, the submitter's clock. */
  readonly submittedAtMs: number;
}

export const jobStates = ['queued', 'running', 'retrying', 'done', 'failed', 'cancelled'] as const;
export type JobState = (typeof jobStates)[number];

/** What is known of a job: its last report. */
export interface JobReport {
  readonly id: EventId;
  readonly project: ProjectId;
  readonly state: JobState;
  /** From 1; 0 while it waits for its first. */
  readonly attempt: number;
  /** Why it failed or was given back; empty otherwise. */
  readonly reason: string;
  /** Unix milliseconds. */
  readonly atMs: number;
}

/** UTF-8 bytes of a job's task: it is one message, and an agent that needs more reads the project. */
export const jobTaskBytesMax = 256 * 1024;
export const jobDeadlineMsMax = 24 * 60 * 60 * 1_000;

export function createJob(input: {
  readonly project: string;
  readonly branch?: string;
  readonly task: string;
  readonly deadlineMs?: number;
}): Job {
  return checkJob({
    id: createEventId(),
    project: parseProjectId(input.project),
    branch: parseBranchName(input.branch ?? ''),
    task: input.task,
    deadlineMs: input.deadlineMs,
    submittedAtMs: Date.now(),
  });
}

export function encodeJob(job: Job): Uint8Array {
  const { id, project, branch, task, deadlineMs, submittedAtMs } = job;
  return Buffer.from(
    JSON.stringify({ id, project, branch, task, deadline_ms: deadlineMs, submitted_at_ms: submittedAtMs }),
  );
}

/** @throws ProtocolError */
export function decodeJob(data: Uint8Array): Job {
  const fields = parseObject(data, 'job');
  return checkJob({
    id: parseEventId(text(fields, 'id')),
    project: parseProjectId(text(fields, 'project')),
    branch: parseBranchName(fields['branch'] === undefined ? '' : text(fields, 'branch')),
    task: text(fields, 'task'),
    deadlineMs: fields['deadline_ms'] === undefined ? undefined : whole(fields, 'deadline_ms'),
    submittedAtMs: whole(fields, 'submitted_at_ms'),
  });
}

export function encodeJobReport(report: JobReport): Uint8Array {
  const { id, project, state, attempt, reason, atMs } = report;
  return Buffer.from(JSON.stringify({ id, project, state, attempt, reason, at_ms: atMs }));
}

/** @throws ProtocolError */
export function decodeJobReport(data: Uint8Array): JobReport {
  const fields = parseObject(data, 'job report');
  const state = jobStates.find((name) => name === fields['state']);
  if (state === undefined)
    throw new ProtocolError('invalid_field', `a job report's state is none of ${jobStates.join(', ')}`);
  return {
    id: parseEventId(text(fields, 'id')),
    project: parseProjectId(text(fields, 'project')),
    state,
    attempt: whole(fields, 'attempt'),
    reason: text(fields, 'reason'),
    atMs: whole(fields, 'at_ms'),
  };
}

function checkJob(job: Job): Job {
  if (Buffer.byteLength(job.task) > jobTaskBytesMax) {
    throw new ProtocolError('message_too_large', `a job's task exceeds ${jobTaskBytesMax} bytes`);
  }
  const { deadlineMs } = job;
  if (deadlineMs !== undefined && !(deadlineMs >= 1 && deadlineMs <= jobDeadlineMsMax)) {
    throw new ProtocolError('invalid_field', `a job's deadline is not from 1 ms to ${jobDeadlineMsMax} ms`);
  }
  return job;
}

type Fields = Readonly<Record<string, unknown>>;

function parseObject(data: Uint8Array, what: string): Fields {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(data));
  } catch (error) {
    throw new ProtocolError('undecodable', `a ${what} is not JSON`, { cause: error });
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new ProtocolError('undecodable', `a ${what} is not a JSON object`);
  }
  return value as Fields;
}

function text(fields: Fields, name: string): string {
  const value = fields[name];
  if (typeof value !== 'string') throw new ProtocolError('invalid_field', `${quote(name)} of a job is not text`);
  return value;
}

function whole(fields: Fields, name: string): number {
  const value = fields[name];
  if (!Number.isSafeInteger(value))
    throw new ProtocolError('invalid_field', `${quote(name)} of a job is not a whole number`);
  return Number(value);
}
