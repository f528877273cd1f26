import type { Progress } from './journal.ts';
import { checkAnalytics } from './checks/analytics.ts';
import { checkLedger } from './checks/ledger.ts';
import { checkProcesses } from './checks/processes.ts';
import { checkRestores } from './checks/restores.ts';

/** One event as the ledger has it. */
export interface LedgerEvent {
  readonly eventId: string;
  readonly version: string;
  /** As the event itself says. */
  readonly tenant: string;
  readonly project: string;
  readonly agent: string;
  /** Of the workload; absent for chunks of content and for conflicts, which the hub writes. */
  readonly number: number | undefined;
  /** What the event says, where it is short. */
  readonly text: string | undefined;
}

export interface AnalyticsEvent {
  readonly place: string;
  readonly eventId: string;
  readonly version: string;
}

/** A tree that was restored. */
export interface RestoredTree {
  readonly place: string;
  readonly version: string;
  /** As `describeFiles` has it. */
  readonly files: string;
}

/** Somebody was told "committed" and the ledger was asked at once. */
export interface Claim {
  readonly session: string;
  readonly number: number;
  readonly eventId: string;
  readonly isInLedger: boolean;
}

/** Everything that was done and everything that was found: what a run is judged by. */
export interface History {
  readonly run: string;
  /** By session, as the agents said. */
  readonly progress: ReadonlyMap<string, Readonly<Progress>>;
  /** By place, in version order. */
  readonly ledger: ReadonlyMap<string, readonly LedgerEvent[]>;
  /** The same read again, pinned to the same last version: ids. */
  readonly readAgain: ReadonlyMap<string, readonly string[]>;
  readonly analytics: readonly AnalyticsEvent[];
  /** Of each tenant, the tenants in what its own login reads. */
  readonly seenBy: ReadonlyMap<string, readonly string[]>;
  readonly restored: readonly RestoredTree[];
  readonly claims: readonly Claim[];
  readonly hostile: { readonly tried: number; readonly taken: number; readonly deadLetters: number };
  /** What `verifyLedger` found. */
  readonly ledgerProblems: readonly string[];
  readonly processes: ProcessRecord;
}

export interface ProcessRecord {
  /** The highest seen, bytes, by process. */
  readonly memory: ReadonlyMap<string, number>;
  /** From SIGTERM to the end, milliseconds, by process. */
  readonly stopMs: ReadonlyMap<string, number>;
  /** Ends that nobody had asked for. */
  readonly surprises: readonly string[];
  /** What had not come to rest when time was up. Undefined: everything had. */
  readonly unsettled: string | undefined;
}

/** `lost` is whatever was promised and is not there: an event, a row, a restored byte, a bound, a recovery in time. */
export const findingKinds = ['lost', 'doubled', 'reordered', 'crossed'] as const;
export type FindingKind = (typeof findingKinds)[number];

export interface Finding {
  readonly kind: FindingKind;
  /** DESIGN.md, section 12. */
  readonly invariant: number;
  readonly evidence: string;
}

/** Holds a history against the invariants. Pure. */
export function checkHistory(history: History): readonly Finding[] {
  return [...checkLedger(history), ...checkAnalytics(history), ...checkRestores(history), ...checkProcesses(history)];
}

export function countFindings(findings: readonly Finding[]): Readonly<Record<FindingKind, number>> {
  const counts = { lost: 0, doubled: 0, reordered: 0, crossed: 0 };
  for (const { kind } of findings) counts[kind] += 1;
  return counts;
}
