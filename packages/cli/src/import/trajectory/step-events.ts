import { deriveEventId, type EventId, type Payload, type SwarmEvent, type SystemSignal } from '@swarmledger/protocol';
import { eventSeed, type ImportTarget } from '../target.ts';
import { cutText, firstLine } from '../text.ts';
import type { LoadedTrajectory } from './load-trajectory.ts';
import { judgeObservation } from './outcome.ts';
import type { TrajectoryStep } from './parse-trajectory.ts';
import { signal } from './signal.ts';
import type { FileChange, StepEffects, UnseenEdit } from './workspace.ts';

/**
 * Trajectories have no clock. Every run starts at this moment; a step takes one second, an event of it one millisecond: order and ids
 * are the same at every import, and nothing pretends to be a real date.
 */
const runStartMs = Date.UTC(2024, 0, 1);
const stepMs = 1_000;

const titleBytesMax = 200;
const textBytesMax = 128 * 1_024;
/** JSON escapes may double it; with decision and observation a step still fits one message. */
const dataBytesMax = 128 * 1_024;

/** Makes the events of one run: one agent, its own ids, counted from 1. */
export class RunEvents {
  readonly #target: ImportTarget;
  readonly #name: string;
  readonly #run: LoadedTrajectory;
  #sequence = 0;
  #currentStep = -1;
  #indexInStep = 0;

  constructor(target: ImportTarget, name: string, run: LoadedTrajectory) {
    this.#target = target;
    this.#name = name;
    this.#run = run;
  }

  /** What the agent was asked to do; nothing when the file does not say. */
  *start(): Generator<SwarmEvent> {
    const { task, environment } = this.#run;
    if (task === '') return;
    const data = { environment, steps: this.#run.steps.length };
    yield this.#event(0, 'task', '', signal('task', 'INFO', cutText(task, textBytesMax), data));
  }

  /** One turn: the decision, its command, what it changed, what came of it. @param index from 0 */
  *step(step: TrajectoryStep, index: number, effects: StepEffects): Generator<SwarmEvent> {
    const number = index + 1;
    const decision = this.#event(number, 'decision', '', this.#decision(step, number));
    yield decision;
    const parent = decision.eventId;
    if (step.action.trim() !== '') yield this.#event(number, 'command', parent, commandSignal(step));
    yield* this.#effects(number, parent, effects);
    const outcome = judgeObservation(step);
    const data = {
      output: cutText(step.observation, dataBytesMax),
      ...(step.seconds === undefined ? {} : { seconds: step.seconds }),
    };
    const message = firstLine(step.observation, titleBytesMax);
    yield this.#event(number, 'observation', parent, signal('observation', outcome.severity, message, data));
    if (outcome.crash !== undefined) {
      const crash = signal('crash', 'ERROR', cutText(outcome.crash, titleBytesMax), {
        command: firstLine(step.action, titleBytesMax),
      });
      yield this.#event(number, 'crash', parent, crash);
    }
  }

  /** How the run ended, and what its submission says about the files. */
  *end(payload: SystemSignal | undefined, effects: StepEffects): Generator<SwarmEvent> {
    const number = this.#run.steps.length + 1;
    const parent = number === 1 ? '' : this.#id(number - 1, 'decision', this.#timeMs(number - 1, 0));
    yield* this.#effects(number, parent, effects);
    if (payload !== undefined) yield this.#event(number, 'end', parent, payload);
  }

  *#effects(number: number, parent: string, { changes, unseen }: StepEffects): Generator<SwarmEvent> {
    for (const change of changes) yield this.#event(number, `change ${change.path}`, parent, stateChange(change));
    for (const edit of unseen) yield this.#event(number, `edit ${edit.path}`, parent, editSignal(edit));
  }

  #decision(step: TrajectoryStep, number: number): Payload {
    // The file has figures for the whole run only; on its last decision they count once in any sum.
    const isLast = number === this.#run.steps.length;
    const usage = isLast ? this.#run.usage : { inputTokens: 0, outputTokens: 0, costUsd: 0 };
    return {
      kind: 'decision',
      title: firstLine(step.action, titleBytesMax) || firstLine(step.thought, titleBytesMax),
      rationale: cutText(step.thought, textBytesMax),
      alternatives: [],
      model: cutText(this.#run.model, titleBytesMax),
      ...usage,
    };
  }

  #event(step: number, what: string, parentEventId: string, payload: Payload): SwarmEvent {
    this.#indexInStep = step === this.#currentStep ? this.#indexInStep + 1 : 0;
    this.#currentStep = step;
    this.#sequence += 1;
    const timeMs = this.#timeMs(step, this.#indexInStep);
    return {
      eventId: this.#id(step, what, timeMs),
      timestampUs: timeMs * 1_000,
      traceId: '',
      spanId: '',
      agentRole: 'CODER',
      agentId: this.#name,
      ...this.#target,
      userId: '',
      parentEventId,
      sequence: this.#sequence,
      attributes: { 'trajectory.run': this.#name, 'trajectory.step': String(step) },
      payload,
    };
  }

  #timeMs(step: number, index: number): number {
    return runStartMs + step * stepMs + Math.min(index, stepMs - 1);
  }

  #id(step: number, what: string, timeMs: number): EventId {
    return deriveEventId(timeMs, eventSeed(this.#target, 'trajectory', this.#name, this.#run.fileSha256, step, what));
  }
}

function commandSignal(step: TrajectoryStep): Payload {
  return signal('command', 'INFO', firstLine(step.action, titleBytesMax), {
    command: cutText(step.action, dataBytesMax),
    ...(step.workingDir === '' ? {} : { working_dir: cutText(step.workingDir, titleBytesMax) }),
  });
}

function editSignal({ path, diff }: UnseenEdit): Payload {
  const shown = cutText(path, textBytesMax);
  return signal('edit', 'INFO', `${shown} was edited; the trajectory does not show its whole content`, {
    path: shown,
    ...(diff === undefined ? {} : { unified_diff: cutText(diff, dataBytesMax) }),
  });
}

function stateChange(change: FileChange): Payload {
  return {
    kind: 'state_change',
    path: change.path,
    action: change.action,
    body: change.content === undefined ? { kind: 'none' } : { kind: 'content', content: change.content },
    mode: change.mode,
    ...(change.baseSha256 === undefined ? {} : { baseSha256: change.baseSha256 }),
    contentBytes: 0,
  };
}
