import type { Directories } from '../directories.ts';
import type { Transaction } from '../fdb/store.ts';
import { decodeStored, encodeJson } from '../values.ts';
import type { LedgerPlace } from './open-place.ts';

/** How far a copy has got. Tenants and projects come in name order, the feed last. */
export interface CopyPoint {
  readonly stage: 'tenants' | 'feed';
  readonly tenant: string;
  /** Empty: the tenant's own records, which come before its projects. */
  readonly project: string;
  /** The last key that is there, hex, without its directory's prefix. Empty: none. */
  readonly after: string;
}

export function readProgress({ store, directories }: LedgerPlace): Promise<CopyPoint | undefined> {
  return store.read(async (tn) => {
    const value = await tn.get(directories.identity.copyProgress);
    return value === undefined
      ? undefined
      : decodeStored('copy progress', () => JSON.parse(value.toString()) as CopyPoint);
  });
}

export function writeProgress(tn: Transaction, directories: Directories, point: CopyPoint): void {
  tn.set(directories.identity.copyProgress, encodeJson(point));
}

export function clearProgress(tn: Transaction, directories: Directories): void {
  tn.clear(directories.identity.copyProgress);
}

/** Whether a copy that has got to `point` is done with the directory of `other`. */
export function comesAfter(point: CopyPoint, other: CopyPoint): boolean {
  if (point.stage !== other.stage) return point.stage === 'feed';
  if (point.tenant !== other.tenant) return point.tenant > other.tenant;
  return point.project > other.project;
}

export function isSameDirectory(a: CopyPoint, b: CopyPoint): boolean {
  return a.stage === b.stage && a.tenant === b.tenant && a.project === b.project;
}
