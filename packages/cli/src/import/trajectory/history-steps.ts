import type { JsonField } from './json-field.ts';
import type { TrajectoryStep } from './parse-trajectory.ts';

/** The prompt that SWE-agent puts under an observation: where the shell stands after the action. */
const promptPattern = /\n?\(Open file: [^\n]*\)\r?\n\(Current directory: ([^\n]*)\)\r?\nbash-\$\s*$/;

/**
 * Steps out of a chat: each of the agent's own messages, and what it was told until its next one. Demonstrations are left out.
 *
 * @throws PermanentError when a message has no role or its texts are not texts
 */
export function readHistorySteps(history: readonly JsonField[]): readonly TrajectoryStep[] {
  const steps: TrajectoryStep[] = [];
  let folder = '';
  let open: Omit<TrajectoryStep, 'observation'> | undefined;
  let heard: string[] = [];
  const close = (): void => {
    if (open !== undefined) steps.push({ ...open, observation: heard.join('\n') });
    open = undefined;
    heard = [];
  };
  for (const message of history) {
    message.object();
    const role = message.get('role').text();
    if (message.get('is_demo').isTrue()) continue;
    const content = message.get('content').messageText();
    if (role === 'assistant') {
      close();
      const thought = message.get('thought').optionalText() || content;
      open = { thought, action: message.get('action').optionalText(), workingDir: folder };
      continue;
    }
    folder = promptPattern.exec(content)?.[1]?.trim() ?? folder;
    heard.push(content.replace(promptPattern, ''));
  }
  close();
  return steps;
}
