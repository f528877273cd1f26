import type { Severity, SystemSignal } from '@swarmledger/protocol';
import { cutText, firstLine } from '../text.ts';
import { parseAction } from './action.ts';
import type { TrajectoryEnd, TrajectoryStep } from './parse-trajectory.ts';
import { signal } from './signal.ts';

export interface Outcome {
  readonly severity: Severity;
  /** A program that the agent ran died, in one line. */
  readonly crash?: string;
}

/** SWE-agent's own words for a command that did not come back. */
const lostPattern =
  /^.*(?:EXECUTION TIMED OUT|COMMAND FAILED TO EXECUTE|BROKEN PIPE ERROR|Segmentation fault|core dumped).*$/m;
const tracebackPattern = /^Traceback \(most recent call last\):/m;
const exceptionPattern = /^[A-Za-z_][\w.]*(?:Error|Exception|Interrupt|Exit|Warning)\b.*$/gm;
const refusedPattern =
  /have NOT been applied|was not applied|No replacement was performed|^Usage: |^Error: |already exists|command not found|No such file or directory|^Wrong flag!/m;
/** Programs that print what others wrote: a traceback in their output is a text, not a crash. */
const readingPrograms = /^\s*(?:cat|less|more|head|tail|grep|rg|ag|find|sed|awk|strings|git|search_\w+|find_file)\b/;
const submissionBytesMax = 64 * 1_024;
const titleBytesMax = 200;

/** What an observation says about the command: nothing in the files tells it but the text. */
export function judgeObservation({ action, observation }: TrajectoryStep): Outcome {
  const kind = parseAction(action).kind;
  const ran = kind === 'shell' && !readingPrograms.test(action);
  const lost = lostPattern.exec(observation)?.[0];
  if (lost !== undefined && kind === 'shell') return { severity: 'ERROR', crash: lost.trim() };
  if (ran && tracebackPattern.test(observation)) {
    return { severity: 'ERROR', crash: observation.match(exceptionPattern)?.at(-1) ?? 'Traceback' };
  }
  const shown = kind === 'show' && observation.startsWith('[File: ');
  return { severity: !shown && refusedPattern.test(observation) ? 'WARNING' : 'INFO' };
}

/** The agent itself chose to stop. */
const chosenExits: ReadonlySet<string> = new Set(['exit_forfeit', 'exit_command', 'skipped']);

/** The last signal of a run; nothing when the file does not say how it ended. */
export function endSignal(end: TrajectoryEnd): SystemSignal | undefined {
  if (end.kind === 'unknown') return undefined;
  const { exitStatus } = end;
  const data = {
    exit_status: cutText(exitStatus, titleBytesMax),
    ...(end.submission === '' ? {} : { submission: cutText(end.submission, submissionBytesMax) }),
  };
  if (exitStatus === 'submitted') return signal('submission', 'INFO', 'submitted', data);
  if (chosenExits.has(exitStatus)) return signal('exit', 'WARNING', exitStatus, data);
  if (exitStatus === '') {
    return signal('crash', 'ERROR', 'the run was cut off: it has no exit status', data);
  }
  // "submitted (exit_cost)": something stopped the run, and what there was went in.
  const rescued = exitStatus.startsWith('submitted');
  return signal('crash', rescued ? 'ERROR' : 'CRITICAL', firstLine(exitStatus, titleBytesMax), data);
}
