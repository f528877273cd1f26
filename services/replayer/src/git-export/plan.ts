import type { Branch, BranchPoint, ProjectHistory, ReadOptions, Tag } from '@swarmledger/ledger';
import type { BranchName, Version } from '@swarmledger/protocol';
import { replayError } from '../errors.ts';

/** What of one branch's own events is exported, and where its Git commits have to end. */
export interface BranchPlan {
  readonly branch: BranchName;
  /** Where Git keeps its commits. */
  readonly ref: string;
  /** The moment that it starts from, on the branch whose own events reach it; absent for `main`. */
  readonly fork?: BranchPoint;
  /** Inclusive. Absent: nothing was committed that it could see. */
  readonly until?: Version;
  /** In order: moments that need a Git commit of their own, because forks start or tags point there. */
  readonly boundaries: readonly Version[];
}

export interface ExportPlan {
  /** Parents before their forks. */
  readonly branches: readonly BranchPlan[];
  readonly tags: readonly { readonly ref: string; readonly point: BranchPoint }[];
  /** Names that Git does not take. */
  readonly skippedTags: readonly string[];
  /** 64 hex digits a commit id when the project was imported from such a repository. */
  readonly objectFormat: 'sha1' | 'sha256';
  /** What HEAD names. */
  readonly head: BranchName;
}

/**
 * Lays out an export of all branches, or of one with what it stands on, as they are now.
 *
 * @throws PermanentError unknown_branch, invalid_ref_name
 */
export async function planExport(
  history: ProjectHistory,
  only: BranchName | undefined,
  options: ReadOptions = {},
): Promise<ExportPlan> {
  const all = new Map((await history.branches(options)).map((branch) => [branch.name, branch]));
  const lineages = only === undefined ? [...all.keys()] : [only];
  const chosen = new Map<BranchName, Version | undefined>();
  for (const name of lineages) {
    if (!all.has(name)) throw replayError('unknown_branch', `there is no branch ${name}`);
    chosen.set(name, await history.latest(name, options));
  }
  if (only !== undefined) addAncestors(all, only, chosen);
  const tags = await history.tags(options);
  const named = tags.filter(({ name }) => !name.startsWith('git:'));
  const points = [
    ...named.map((tag) => findOrigin(all, tag)),
    ...[...chosen.keys()].flatMap((name) => startOf(all, name) ?? []),
  ];
  const branches = [...chosen]
    .map(([branch, until]): BranchPlan => {
      const fork = startOf(all, branch);
      return {
        branch,
        ref: `refs/heads/${only ?? branch}`,
        ...(fork === undefined ? {} : { fork }),
        ...(until === undefined ? {} : { until }),
        boundaries: [...new Set(points.flatMap((point) => (point.branch === branch ? [point.version] : [])))].sort(),
      };
    })
    .sort((left, right) => depth(all, left.branch) - depth(all, right.branch));
  assertRefs(branches.map(({ ref }) => ref));
  const { refs, skipped } = tagRefs(named);
  return {
    branches,
    tags: refs
      .map(({ ref, tag }) => ({ ref, point: findOrigin(all, tag) }))
      .filter(({ point }) => chosen.has(point.branch) && point.version <= (chosen.get(point.branch) ?? '')),
    skippedTags: skipped,
    objectFormat: tags.some(({ name }) => /^git:[0-9a-f]{64}$/.test(name)) ? 'sha256' : 'sha1',
    head: only ?? ('main' as BranchName),
  };
}

type Branches = ReadonlyMap<BranchName, Branch>;

/** One branch is one line of commits: its parents' up to each fork, then its own. */
function addAncestors(all: Branches, name: BranchName, chosen: Map<BranchName, Version | undefined>): void {
  for (let start = startOf(all, name); start !== undefined; start = startOf(all, start.branch)) {
    chosen.set(start.branch, start.version);
  }
}

function startOf(all: Branches, name: BranchName): BranchPoint | undefined {
  const parent = all.get(name)?.parent;
  return parent === undefined ? undefined : findOrigin(all, parent);
}

/** The branch whose own events a moment ends with: a fork's first part is its parent's. */
function findOrigin(all: Branches, { branch, version }: BranchPoint): BranchPoint {
  const parent = all.get(branch)?.parent;
  if (parent === undefined || version > parent.version) return { branch, version };
  return findOrigin(all, { branch: parent.branch, version });
}

function depth(all: Branches, name: BranchName): number {
  const start = startOf(all, name);
  return start === undefined ? 0 : 1 + depth(all, start.branch);
}

function assertRefs(refs: readonly string[]): void {
  const taken = new Set(refs);
  for (const ref of taken) {
    const name = JSON.stringify(ref.slice('refs/heads/'.length));
    if (!isRefName(ref)) {
      throw replayError(
        'invalid_ref_name',
        `Git has no branch called ${name}: export the others one by one with --branch`,
      );
    }
    const above = parents(ref).find((parent) => taken.has(parent));
    if (above !== undefined) {
      const other = JSON.stringify(above.slice('refs/heads/'.length));
      throw replayError(
        'invalid_ref_name',
        `Git cannot have both branches ${other} and ${name}: export them one by one with --branch`,
      );
    }
  }
}

function tagRefs(tags: readonly Tag[]): {
  readonly refs: readonly { readonly ref: string; readonly tag: Tag }[];
  readonly skipped: readonly string[];
} {
  const taken = new Set(tags.map(({ name }) => `refs/tags/${name}`).filter(isRefName));
  const refs = tags
    .map((tag) => ({ ref: `refs/tags/${tag.name}`, tag }))
    .filter(({ ref }) => taken.has(ref) && !parents(ref).some((parent) => taken.has(parent)));
  const kept = new Set(refs.map(({ tag }) => tag.name));
  return { refs, skipped: tags.map(({ name }) => name).filter((name) => !kept.has(name)) };
}

function parents(ref: string): readonly string[] {
  const parts = ref.split('/');
  return parts.map((_, index) => parts.slice(0, index).join('/')).slice(1);
}

/** The rules of `git check-ref-format`. */
function isRefName(ref: string): boolean {
  // eslint-disable-next-line no-control-regex -- what Git forbids in names
  if (/[\u0000-\u0020\u007f~^:?*[\\]|\.\.|@\{|\/\/|\/$|\.$/.test(ref)) return false;
  return ref.split('/').every((part) => part !== '' && !part.startsWith('.') && !part.endsWith('.lock'));
}
