import { shutdownDeadlineMs } from '@swarmledger/runtime';
import type { Finding, History } from '../checker.ts';

/** Without the engine's child and what the kernel caches: DESIGN.md section 14 aims at 300 MB for an ingestor with a backlog. */
export const memoryBytesMax: Readonly<Record<string, number>> = {
  'ingestor-0': 400_000_000,
  'ingestor-1': 400_000_000,
  syncer: 300_000_000,
};

/** 7 memory is bounded, 9 services stop in time and end by themselves never; and everything comes to rest. */
export function checkProcesses({ processes }: History): readonly Finding[] {
  const { memory, stopMs, surprises, unsettled } = processes;
  const lost = (invariant: number, evidence: string): Finding => ({ kind: 'lost', invariant, evidence });
  return [
    ...[...memory]
      .filter(([part, bytes]) => bytes > (memoryBytesMax[part] ?? Infinity))
      .map(([part, bytes]) => lost(7, `${part} held ${bytes} bytes`)),
    ...[...stopMs]
      .filter(([, ms]) => ms > shutdownDeadlineMs)
      .map(([part, ms]) => lost(9, `${part} took ${Math.round(ms)} ms from SIGTERM to its end`)),
    ...surprises.map((evidence) => lost(9, evidence)),
    ...(unsettled === undefined ? [] : [lost(9, `not at rest in time: ${unsettled}`)]),
  ];
}
