import type { PendingProject } from '../contract.ts';
import type { HeldProject, SyncPolicy } from './contract.ts';
import { ProjectState } from './project-state.ts';

const heldListedMax = 20;
/** A receipt that takes this long is worth a word in the status. */
export const lateReceiptMs = 2_000;

export interface Turn {
  readonly project: PendingProject;
  readonly state: ProjectState;
}

/** The projects that a syncer knows. */
export class ProjectTable {
  readonly #policy: SyncPolicy;
  readonly #states = new Map<number, ProjectState>();

  constructor(policy: SyncPolicy) {
    this.#policy = policy;
  }

  /** Those that are not being sent: most urgent first, then the one that was served longest ago. */
  inTurn(pending: readonly PendingProject[]): readonly Turn[] {
    this.#forget(pending);
    return pending
      .map((project) => ({ project, state: this.#find(project) }))
      .filter(({ state }) => !state.isActive)
      .sort((a, b) => b.project.highest - a.project.highest || a.state.servedAt - b.state.servedAt);
  }

  releaseHolds(): void {
    for (const state of this.#states.values()) state.hold = undefined;
  }

  isReceiptLate(nowMs: number): boolean {
    return [...this.#states.values()].some(
      ({ acceptedMs }) => acceptedMs !== undefined && acceptedMs < nowMs - lateReceiptMs,
    );
  }

  held(nowMs: number, wallMs: number): readonly HeldProject[] {
    return [...this.#states.values()]
      .flatMap(({ name: project, hold }) => {
        if (hold === undefined || hold.untilMs <= nowMs) return [];
        const { code, message, untilMs } = hold;
        return [{ project, code, message, untilMs: Math.round(wallMs + untilMs - nowMs) }];
      })
      .slice(0, heldListedMax);
  }

  /** The slowest project's latency, and the longest message. */
  get tuning(): { readonly latencyMs: number; readonly batchEvents: number } {
    const tuners = [...this.#states.values()].map(({ tuner }) => tuner);
    return {
      latencyMs: Math.round(Math.max(0, ...tuners.map(({ latencyMs }) => latencyMs))),
      batchEvents: Math.max(0, ...tuners.map(({ events }) => events)),
    };
  }

  #find({ id, tenant, project }: PendingProject): ProjectState {
    const known = this.#states.get(id);
    if (known !== undefined) return known;
    const state = new ProjectState(`${tenant}/${project}`, this.#policy);
    this.#states.set(id, state);
    return state;
  }

  /** What has nothing to send is remembered only while its last message says something about the next. */
  #forget(pending: readonly PendingProject[]): void {
    if (this.#states.size <= 2 * pending.length + this.#policy.unconfirmedProjectsMax) return;
    const wanted = new Set(pending.map(({ id }) => id));
    for (const [id, state] of this.#states) if (!wanted.has(id) && !state.isActive) this.#states.delete(id);
  }
}
