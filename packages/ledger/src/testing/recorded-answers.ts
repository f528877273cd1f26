import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** What a FoundationDB 7.3.79 server answered: one line for each seed from 0 on. */
export const answersFile = fileURLToPath(new URL('../../fixtures/foundationdb-7.3-answers.txt', import.meta.url));
export const recordedSeeds = 400;
export const recordedSteps = 40;

const separator = '\t';

export function formatAnswers(answers: readonly string[]): string {
  return answers.join(separator);
}

export function readRecordedAnswers(): readonly string[] {
  return readFileSync(answersFile, 'utf8').split('\n');
}
