import type { ProjectHistory, ReadOptions, StoredEvent } from '@swarmledger/ledger';
import { tagAttribute, type ProjectPath, type StateChange, type Version } from '@swarmledger/protocol';
import { findDecision } from '../show.ts';
import type { BranchPlan } from './plan.ts';

/** The importer's own limit: what came in as one Git commit goes out as one. About 300 bytes of memory a path. */
const pathsPerRunMax = 1_000_000;
/** Decisions of runs that take turns; a swarm has hardly more at work at once in one project. */
const rememberedDecisionsMax = 256;

/** State changes that become one Git commit. */
export interface ChangeRun {
  /** The decision that they hang on, when there is one. */
  readonly decision: StoredEvent | undefined;
  /** Its first event: a change, or the decision of an imported commit. */
  readonly first: StoredEvent;
  /** Its last event: the tree after it is the commit's. */
  readonly last: StoredEvent;
  /** Every path that it may have changed. */
  readonly paths: ReadonlySet<ProjectPath>;
  /** Id of the imported Git commit that it was. */
  readonly gitCommit: string | undefined;
}

export type RunStep =
  | { readonly kind: 'run'; readonly run: ChangeRun }
  /** All runs up to this moment were given out, and no run crosses it. */
  | { readonly kind: 'boundary'; readonly version: Version };

/**
 * The events of one branch as Git commits: one for each unbroken run of changes that one agent made for one decision; without a
 * decision, for one cause within one ledger commit. A run also ends where a tag or a fork needs it to. An imported Git commit is one
 * run, even without changes.
 */
export async function* readRuns(
  history: ProjectHistory,
  plan: BranchPlan,
  options: ReadOptions = {},
): AsyncGenerator<RunStep> {
  const boundaries = [...plan.boundaries];
  const decisions = new DecisionMemory(history, options);
  let open: OpenRun | undefined;
  const close = function* (): Generator<RunStep> {
    if (open !== undefined) yield { kind: 'run', run: open };
    open = undefined;
  };
  const range = {
    branch: plan.branch,
    ...(plan.fork === undefined ? {} : { after: plan.fork.version }),
    ...(plan.until === undefined ? {} : { until: plan.until }),
  };
  for await (const stored of plan.until === undefined ? [] : history.events(range, options)) {
    for (let version = boundaries[0]; version !== undefined && version < stored.version; version = boundaries[0]) {
      yield* close();
      yield { kind: 'boundary', version };
      boundaries.shift();
    }
    const { payload, attributes } = stored.event;
    if (payload.kind === 'decision') decisions.add(stored);
    const gitCommit = attributes['git.commit'];
    const startsGitCommit = payload.kind === 'decision' && gitCommit !== undefined;
    if (payload.kind === 'state_change' || startsGitCommit) {
      const decision = startsGitCommit ? stored : await decisions.find(stored);
      const key = runKey(stored, decision, gitCommit);
      if (open !== undefined && (open.key !== key || open.paths.size >= pathsPerRunMax)) yield* close();
      open ??= { key, decision, first: stored, last: stored, paths: new Set(), gitCommit };
      open.last = stored;
      if (payload.kind === 'state_change') addPaths(open.paths, payload);
    }
    if (attributes[tagAttribute] !== undefined) yield* close();
  }
  yield* close();
  for (const version of boundaries) yield { kind: 'boundary', version };
}

interface OpenRun extends ChangeRun {
  readonly key: string;
  last: StoredEvent;
  readonly paths: Set<ProjectPath>;
}

function runKey(stored: StoredEvent, decision: StoredEvent | undefined, gitCommit: string | undefined): string {
  const { agentId, traceId, parentEventId } = stored.event;
  if (gitCommit !== undefined) return JSON.stringify(['git', gitCommit]);
  if (decision !== undefined) return JSON.stringify(['decision', agentId, decision.event.eventId]);
  return JSON.stringify(['commit', agentId, traceId, parentEventId, stored.commitTimeMs]);
}

function addPaths(paths: Set<ProjectPath>, change: StateChange): void {
  paths.add(change.path);
  if (change.previousPath !== undefined) paths.add(change.previousPath);
}

/** The decisions behind changes: most changes have the same one as the change before. */
class DecisionMemory {
  readonly #history: ProjectHistory;
  readonly #options: ReadOptions;
  readonly #known = new Map<string, StoredEvent | undefined>();

  constructor(history: ProjectHistory, options: ReadOptions) {
    this.#history = history;
    this.#options = options;
  }

  add(decision: StoredEvent): void {
    this.#remember(decision.event.eventId, decision);
  }

  async find(change: StoredEvent): Promise<StoredEvent | undefined> {
    const cause = change.event.parentEventId;
    if (cause === '') return undefined;
    if (!this.#known.has(cause)) this.#remember(cause, await findDecision(this.#history, change, this.#options));
    return this.#known.get(cause);
  }

  #remember(cause: string, decision: StoredEvent | undefined): void {
    const oldest = this.#known.size >= rememberedDecisionsMax ? this.#known.keys().next() : undefined;
    if (oldest?.done === false) this.#known.delete(oldest.value);
    this.#known.set(cause, decision);
  }
}
