import { readResidentBytes } from '../ingest/hub.ts';
import { memoryBytesMax } from './checks/processes.ts';
import type { Cluster } from './cluster.ts';
import { partNames, type PartName } from './schedule.ts';

const lookMs = 500;

/** The highest that each process with a bound was seen to hold, until it is stopped. */
export function watchMemory(cluster: Cluster): { readonly peaks: ReadonlyMap<PartName, number>; stop(): void } {
  const peaks = new Map<PartName, number>();
  const look = async (): Promise<void> => {
    for (const name of partNames) {
      const { pid } = cluster.part(name);
      if (pid === 0 || memoryBytesMax[name] === undefined) continue;
      const bytes = await readResidentBytes(pid).catch(() => 0);
      peaks.set(name, Math.max(peaks.get(name) ?? 0, bytes));
    }
  };
  const timer = setInterval(() => void look(), lookMs);
  return { peaks, stop: () => clearInterval(timer) };
}
