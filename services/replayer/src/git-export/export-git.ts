import type { ProjectHistory } from '@swarmledger/ledger';
import type { BranchName, Version } from '@swarmledger/protocol';
import { withScope, type Environment, type Logger } from '@swarmledger/runtime';
import { checkTarget } from '../restore-target.ts';
import { flushTree } from '../flush-tree.ts';
import { openStaging } from '../staging.ts';
import { readRuns } from './change-runs.ts';
import { CommitWriter } from './commit-writer.ts';
import { FastImport, runGit } from './fast-import.ts';
import { planExport, type BranchPlan, type ExportPlan } from './plan.ts';

export interface GitExportRequest {
  /** Made, with the folders above it, unless it exists: a bare repository. */
  readonly directory: string;
  /** This branch only, with what it was forked from as its own past; all branches by default. */
  readonly branch?: BranchName;
  /** What to do with a folder that is there and not empty: `refuse` by default. */
  readonly existing?: 'refuse' | 'replace';
  /** Folders that a replacement must not take away. */
  readonly protect?: readonly string[];
}

export interface GitExportOptions {
  readonly signal?: AbortSignal;
  /** Called after each commit. */
  readonly onProgress?: (progress: { readonly commits: number; readonly bytes: number }) => void;
  /** Git is started in it; `process.env` by default. */
  readonly environment?: Environment;
  readonly log?: Logger;
}

export interface GitExportSummary {
  readonly commits: number;
  /** Contents written, those that Git had already included. */
  readonly files: number;
  readonly bytes: number;
  /** Branches that have a commit. */
  readonly branches: readonly string[];
  readonly tags: number;
  /** Names that Git does not take. */
  readonly skippedTags: readonly string[];
  /** Absolute. */
  readonly directory: string;
}

/**
 * Writes a project's history as a bare Git repository, through one `git fast-import`. A commit is what one agent changed for one
 * decision without another's change in between (see `readRuns`); its tree is the project's at its last version. All or nothing: the
 * repository appears in one rename, flushed. Memory follows the paths of one commit, not the history; git itself keeps about 100
 * bytes an object.
 *
 * @throws PermanentError with a ReplayCode; AbortError
 */
export async function exportGit(
  history: ProjectHistory,
  request: GitExportRequest,
  options: GitExportOptions = {},
): Promise<GitExportSummary> {
  const { signal, environment = process.env } = options;
  signal?.throwIfAborted();
  const plan = await planExport(history, request.branch, signal === undefined ? {} : { signal });
  const rules = { existing: request.existing ?? 'refuse', protect: request.protect ?? [], makeParents: true };
  const target = await checkTarget(request.directory, rules);
  const staging = await openStaging(target, rules, options.log);
  try {
    const { directory } = staging;
    // An empty template: nobody's hooks.
    const init = ['init', '--quiet', '--bare', '--template=', `--initial-branch=${plan.head}`];
    const format = plan.objectFormat === 'sha1' ? [] : ['--object-format=sha256'];
    await runGit([...init, ...format, directory], environment);
    const written = await writeHistory(history, plan, { ...options, environment, directory });
    // Git flushes its pack, and newer versions its references; the folders, and everything on older ones, are up to us.
    await flushTree(directory, signal);
    signal?.throwIfAborted();
    await staging.publish();
    return { ...written, skippedTags: plan.skippedTags, directory: target.path };
  } finally {
    await staging.discard();
  }
}

type Written = Omit<GitExportSummary, 'skippedTags' | 'directory'>;

async function writeHistory(
  history: ProjectHistory,
  plan: ExportPlan,
  run: GitExportOptions & { readonly environment: Environment; readonly directory: string },
): Promise<Written> {
  return withScope(async (scope) => {
    const git = scope.own('git', FastImport.open(run.directory, run.environment));
    const writer = new CommitWriter(history, git, run.signal);
    const marks = new Marks();
    const counts = { commits: 0, files: 0, bytes: 0 };
    for (const branch of plan.branches) {
      let parent = branch.fork === undefined ? undefined : marks.at(branch.fork);
      if (parent !== undefined) await git.write(`reset ${branch.ref}\nfrom :${parent}\n\n`);
      for await (const step of readRuns(history, branch, run.signal === undefined ? {} : { signal: run.signal })) {
        if (step.kind === 'boundary') {
          marks.set(branch, step.version, parent);
          continue;
        }
        const mark = counts.commits + 1;
        const { files, bytes } = await writer.write(step.run, { branch: branch.branch, ref: branch.ref, mark, parent });
        parent = mark;
        counts.commits = mark;
        counts.files += files;
        counts.bytes += bytes;
        run.onProgress?.({ commits: mark, bytes: counts.bytes });
      }
      if (parent !== undefined) marks.refs.add(branch.ref);
    }
    const tags = plan.tags.flatMap(({ ref, point }) => {
      const mark = marks.at(point);
      return mark === undefined ? [] : [`reset ${ref}\nfrom :${mark}\n\n`];
    });
    for (const tag of tags) await git.write(tag);
    await git.finish();
    const branches = [...marks.refs].map((ref) => ref.slice('refs/heads/'.length));
    return { ...counts, branches, tags: tags.length };
  });
}

/** Which commit has the tree of a moment that a fork or a tag needs. */
class Marks {
  readonly refs = new Set<string>();
  readonly #marks = new Map<string, number | undefined>();

  set({ branch }: BranchPlan, version: Version, mark: number | undefined): void {
    this.#marks.set(`${branch} ${version}`, mark);
  }

  /** Undefined: nothing had changed yet. */
  at({ branch, version }: { readonly branch: BranchName; readonly version: Version }): number | undefined {
    return this.#marks.get(`${branch} ${version}`);
  }
}
