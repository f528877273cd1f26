import { mainBranch, parseBranchName, parseVersion, type BranchName, type Version } from '@swarmledger/protocol';
import type { Transaction } from './fdb/store.ts';
import type { Branch } from './history.ts';
import type { BranchKeys, ProjectKeys } from './keyspace.ts';
import { decodeStored, encodeJson } from './values.ts';

/** Forks of forks: each level costs a read of a path one more look-up. */
export const forkDepthMax = 32;
/** Branches of one project whose lineage is remembered. */
const cachedLineagesMax = 64;

/** One branch of a lineage, and how much of it a reader of the youngest one sees. */
export interface Level {
  readonly keys: BranchKeys;
  /** Inclusive; absent: all of it. */
  readonly until?: Version;
}

/** A branch and its parents, youngest first. Together they are what a read of the branch sees. */
export interface Lineage {
  readonly branch: Branch;
  readonly levels: readonly [Level, ...Level[]];
  /** Commit time of the parent's state at the fork; 0 for `main`. A branch's commit times start there. */
  readonly forkTimeMs: number;
}

export interface BranchRecord {
  readonly branch: Branch;
  readonly forkTimeMs: number;
}

export function encodeBranchRecord({ branch, forkTimeMs }: BranchRecord): Buffer {
  return encodeJson({ ...branch, forkTimeMs });
}

export function decodeBranchRecord(name: string, value: Buffer): BranchRecord {
  return decodeStored(`record of branch ${name}`, () => {
    const { forkTimeMs, ...branch } = JSON.parse(value.toString()) as Branch & { readonly forkTimeMs: number };
    if (branch.parent === undefined || typeof forkTimeMs !== 'number') throw new RangeError('it names no parent');
    const parent = {
      branch: parseBranchName(branch.parent.branch),
      version: parseVersion(branch.parent.version),
    };
    return { branch: { ...branch, name: parseBranchName(name), parent }, forkTimeMs };
  });
}

/** `main` needs no record: every project starts with it. */
export const mainBranchRecord: Branch = { name: mainBranch, createdBy: '', reason: '', createdAtMs: 0 };

/** Lineages of one project. A branch record never changes, so what was read once holds. */
export class Lineages {
  readonly #keys: ProjectKeys;
  readonly #known = new Map<BranchName, Lineage>();

  constructor(keys: ProjectKeys) {
    this.#keys = keys;
    this.#known.set(mainBranch, {
      branch: mainBranchRecord,
      levels: [{ keys: keys.branch(mainBranch) }],
      forkTimeMs: 0,
    });
  }

  /** Undefined: there is no such branch. */
  async find(tn: Transaction, name: BranchName): Promise<Lineage | undefined> {
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    const value = await tn.get(this.#keys.branchRecord(name));
    if (value === undefined) return undefined;
    const { branch, forkTimeMs } = decodeBranchRecord(name, value);
    const parent = branch.parent === undefined ? undefined : await this.find(tn, branch.parent.branch);
    const lineage = decodeStored(`record of branch ${name}`, (): Lineage => {
      if (branch.parent === undefined || parent === undefined) throw new RangeError('its parent does not exist');
      if (parent.levels.length > forkDepthMax) throw new RangeError(`it has more than ${forkDepthMax} parents`);
      return {
        branch,
        levels: [{ keys: this.#keys.branch(name) }, ...narrow(parent.levels, branch.parent.version)],
        forkTimeMs,
      };
    });
    if (this.#known.size >= cachedLineagesMax) this.#forgetForks();
    this.#known.set(name, lineage);
    return lineage;
  }

  #forgetForks(): void {
    for (const name of this.#known.keys()) if (name !== mainBranch) this.#known.delete(name);
  }
}

/** The same levels, seen only up to a version. */
export function narrow<Levels extends readonly Level[]>(levels: Levels, until: Version): Levels {
  const narrowed = levels.map((level) => ({
    ...level,
    until: level.until === undefined || level.until > until ? until : level.until,
  }));
  return narrowed as unknown as Levels;
}
