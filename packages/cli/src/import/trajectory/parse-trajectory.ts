import { PermanentError } from '@swarmledger/runtime';
import { readHistorySteps } from './history-steps.ts';
import { JsonField } from './json-field.ts';

/** One turn of the agent. */
export interface TrajectoryStep {
  readonly thought: string;
  readonly action: string;
  readonly observation: string;
  /** Where the action ran; empty when the file does not say. */
  readonly workingDir: string;
  readonly seconds?: number;
}

export interface Trajectory {
  readonly steps: readonly TrajectoryStep[];
  /** What the agent was asked to do; empty when the file does not say. */
  readonly task: string;
  /** The project's folder inside the agent's machine; empty when unknown. */
  readonly root: string;
  readonly environment: string;
  readonly model: string;
  /** Of the whole run: a step has no figures of its own. */
  readonly usage: { readonly inputTokens: number; readonly outputTokens: number; readonly costUsd: number };
  readonly end: TrajectoryEnd;
}

export type TrajectoryEnd =
  /** The file has no `info`: a demonstration, not a run. */
  { readonly kind: 'unknown' } | { readonly kind: 'known'; readonly exitStatus: string; readonly submission: string };

/**
 * A SWE-agent trajectory in any of its forms: `trajectory` with state as text (before 1.0) or as an object (1.0), or `history` only.
 *
 * @param shown the file's name, for the sentence
 * @throws PermanentError trajectory_invalid naming the field
 */
export function parseTrajectory(json: unknown, shown: string): Trajectory {
  const file = new JsonField(json, shown, 'its content');
  file.object();
  const history = file.get('history').list();
  const recorded = file.get('trajectory').list();
  if (history === undefined && recorded === undefined) {
    throw new PermanentError(
      'trajectory_invalid',
      `${shown} is not a trajectory: it has neither "trajectory" nor "history"`,
    );
  }
  const replay = file.get('replay_config').unwrapJson();
  const repositoryName = replay.find('env', 'repo', 'repo_name').maybeText();
  const named = repositoryName === '' ? '' : `/${repositoryName}`;
  const steps =
    recorded !== undefined && recorded.length > 0 ? readSteps(recorded, named) : readHistorySteps(history ?? []);
  return {
    steps,
    task: readTask(history ?? []),
    root: findRoot(steps, named),
    environment: file.get('environment').maybeText(),
    model: replay.find('agent', 'model', 'name').maybeText(),
    ...readInfo(file.get('info')),
  };
}

function readSteps(list: readonly JsonField[], named: string): readonly TrajectoryStep[] {
  let folder = '';
  return list.map((step, index) => {
    step.object();
    const state = step.get('state');
    const after = state.unwrapJson().find('working_dir').maybeText();
    if (index === 0) folder = isWithin(after, named) ? named : after;
    // Before 1.0 the state was taken before the action, as text; since then after it, as an object.
    const workingDir = state.isText() ? after : folder;
    folder = after;
    return {
      thought: step.get('thought').optionalText(),
      action: step.get('action').text(),
      observation: step.get('observation').text(),
      workingDir,
      ...step.get('execution_time').optionalNumber('seconds'),
    };
  });
}

/** Where the run starts; the folder that its configuration names, when it starts inside that. A replay may run elsewhere. */
function findRoot(steps: readonly TrajectoryStep[], named: string): string {
  const folder = steps.find((step) => step.workingDir.startsWith('/'))?.workingDir ?? '';
  if (isWithin(folder, named)) return named;
  return folder === '/' ? '' : folder;
}

function isWithin(folder: string, named: string): boolean {
  return named !== '' && (folder === named || folder.startsWith(`${named}/`));
}

// The first thing said to the agent itself, demonstrations left out.
function readTask(history: readonly JsonField[]): string {
  const message = history.find((entry) => entry.get('role').maybeText() === 'user' && !entry.get('is_demo').isTrue());
  return message === undefined ? '' : message.get('content').messageText();
}

function readInfo(info: JsonField): Pick<Trajectory, 'usage' | 'end'> {
  const count = (name: string): number => {
    const { value } = info.find('model_stats', name).optionalNumber('value');
    return value !== undefined && value > 0 ? value : 0;
  };
  const usage = {
    inputTokens: Math.floor(count('tokens_sent')),
    outputTokens: Math.floor(count('tokens_received')),
    costUsd: count('instance_cost'),
  };
  if (info.isAbsent()) return { usage, end: { kind: 'unknown' } };
  info.object();
  const exitStatus = info.get('exit_status').scalarText();
  return { usage, end: { kind: 'known', exitStatus, submission: info.get('submission').optionalText() } };
}
