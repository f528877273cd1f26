import { ProtocolError } from '@swarmledger/protocol';
import { PermanentError, Scope, TransientError } from '@swarmledger/runtime';
import { createRandom } from '../random.ts';
import { mutate } from './mutate.ts';

/** Something that parses what strangers wrote. */
export interface FuzzTarget {
  readonly name: string;
  /** Good input, from which the bad is made. */
  readonly samples: readonly Uint8Array[];
  /** Throws an error of ours for what it refuses; anything else that it throws, or an assertion, is a find. */
  readonly run: (input: Buffer) => unknown;
}

/** Makes a target that has something to open; it is closed with the scope. */
export type OpenTarget = (scope: Scope) => Promise<FuzzTarget> | FuzzTarget;

/** A refusal has one of these classes, and with it a stable code. */
export function isRefusal(error: unknown): boolean {
  return error instanceof ProtocolError || error instanceof PermanentError || error instanceof TransientError;
}

export interface FuzzBudget {
  readonly seed: number;
  readonly inputsMax: number;
  readonly untilMs: number;
  /** Words that are put into the input, as `findWords` gives them. */
  readonly words?: readonly string[];
}

export interface FuzzResult {
  readonly inputs: number;
  readonly finds: readonly Find[];
}

export interface Find {
  readonly target: string;
  /** The input, base64: what a regression test starts from. */
  readonly input: string;
  readonly error: string;
}

/** One input that takes longer is a find: an ingestor waits for it. */
const inputMsMax = 5_000;

/** Feeds mutated samples to a target until the budget is used up. */
export async function fuzz(target: FuzzTarget, budget: FuzzBudget): Promise<FuzzResult> {
  const { seed, inputsMax, untilMs, words = [] } = budget;
  const random = createRandom(seed);
  const finds: Find[] = [];
  let inputs = 0;
  for (; inputs < inputsMax && (inputs === 0 || performance.now() < untilMs); inputs++) {
    const input = mutate(random, { samples: target.samples, words });
    const error = await findError(target, input);
    if (error !== undefined) finds.push({ target: target.name, input: input.toString('base64'), error });
  }
  return { inputs, finds };
}

async function findError(target: FuzzTarget, input: Buffer): Promise<string | undefined> {
  const startMs = process.cpuUsage().user;
  try {
    await target.run(input);
  } catch (error) {
    if (!isRefusal(error)) return error instanceof Error ? (error.stack ?? error.message) : String(error);
  }
  const tookMs = (process.cpuUsage().user - startMs) / 1_000;
  return tookMs > inputMsMax ? `it took ${Math.round(tookMs)} ms of processor time` : undefined;
}
