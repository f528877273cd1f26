import type { SwarmEvent } from '@swarmledger/protocol';
import { GroupPacker, type EventGroup } from '../event-group.ts';
import type { ImportTarget } from '../target.ts';
import { loadTrajectory, trajectoryName } from './load-trajectory.ts';
import { endSignal } from './outcome.ts';
import { RunEvents } from './step-events.ts';
import { Workspace } from './workspace.ts';

export interface TrajectoryOptions extends ImportTarget {
  readonly file: string;
  /** Name of the run: its agent, and the first segment of its paths. Made of the file's name by default. */
  readonly name?: string;
}

/**
 * A SWE-agent run as events, one group for each step. The whole file is checked before the first group. Paths become
 * `<name>/<path in the project>`, so that runs over the same project do not meet. The same file under the same name gives the same
 * groups, byte for byte.
 *
 * @throws PermanentError in one sentence with the file's name
 */
export async function* readTrajectory(options: TrajectoryOptions): AsyncGenerator<EventGroup> {
  const { tenant, project, branch, file } = options;
  const name = options.name ?? trajectoryName(file);
  const run = await loadTrajectory(file);
  const events = new RunEvents({ tenant, project, branch }, name, run);
  const workspace = new Workspace(run.root, name);
  const submission = run.end.kind === 'known' ? run.end.submission : '';
  let submitted = false;
  yield* pack(`${name} start`, events.start());
  for (const [index, step] of run.steps.entries()) {
    const isLast = index === run.steps.length - 1;
    submitted ||= isLast && /^\s*submit\b/.test(step.action);
    const effects = workspace.apply(step, isLast ? submission : '');
    yield* pack(`${name} step ${index + 1}`, events.step(step, index, effects));
  }
  const effects = submitted ? { changes: [], unseen: [] } : workspace.applySubmission(submission);
  yield* pack(`${name} end`, events.end(endSignal(run.end), effects));
}

function* pack(label: string, events: Iterable<SwarmEvent>): Generator<EventGroup> {
  const packer = new GroupPacker();
  for (const event of events) yield* packer.add(event, label);
  yield* packer.finish();
}
