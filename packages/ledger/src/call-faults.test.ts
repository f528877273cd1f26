import assert from 'node:assert/strict';
import { PermanentError, TransientError } from '@swarmledger/runtime';
import { testLedger, type OpenTestLedger } from './testing/backends.ts';
import { CallFaults, type CallFault } from './testing/call-faults.ts';
import { createRun, steps, type Run, type Step } from './testing/scenario.ts';

/** Every code that a client can be told, https://apple.github.io/foundationdb/api-error-codes.html; 4100 stands for those to come. */
const codes = [
  1004, 1007, 1009, 1020, 1021, 1025, 1031, 1037, 1038, 1039, 1042, 1051, 1078, 1101, 1213, 1501, 1510, 2101, 2102,
  2103, 4100,
] as const;
/** Of a commit that happened: nobody knows, too late, cut off. */
const codesAfter = [1004, 1021, 1025, 1031, 1039, 1101] as const;
/** `npm test` tries each call with one of them in turn; with SWARMLEDGER_EVERY_FAULT=1 each call is tried with each of them. */
const allFaults: readonly Omit<CallFault, 'call'>[] = [
  ...codes.map((code) => ({ code, phase: 'before' as const })),
  ...codesAfter.map((code) => ({ code, phase: 'after' as const })),
];
const isEvery = process.env['SWARMLEDGER_EVERY_FAULT'] === '1';

function faultsOf(call: number): readonly CallFault[] {
  const chosen = isEvery ? allFaults : allFaults.slice(call % allFaults.length).slice(0, 1);
  return chosen.map((fault) => ({ call, ...fault }));
}

/** The step's answer; when it fails, clearly, that of a second call. */
async function answer({ name, run, doneBefore }: Step, place: Run, fault: string): Promise<unknown> {
  try {
    return await run(place);
  } catch (error) {
    assert.ok(
      error instanceof TransientError || error instanceof PermanentError,
      `${name} after ${fault}: ${String(error)}`,
    );
    assert.match(error.message, /FoundationDB error \d+/, `${name} after ${fault}`);
  }
  try {
    return await run(place);
  } catch (error) {
    if (error instanceof PermanentError && error.code === doneBefore) return 'done before';
    throw new Error(`${name}, again after ${fault}`, { cause: error });
  }
}

/** Ledgers that are tried at the same time: most of a run is the ledger's wait before it tries again. */
const lanes = 4;

type Play = (fault: CallFault | undefined) => Promise<{ readonly answers: readonly unknown[]; readonly calls: number }>;

/** Plays the scenario on a ledger of its own, with one fault or none; what was played before leaves no trace. */
async function openLane(open: OpenTestLedger): Promise<Play> {
  const faults = new CallFaults();
  const { ledger } = await open({ wrap: faults.wrap, clock: () => 1_000, tenant: 'none', disk: 'memory' });
  let runs = 0;
  const play: Play = async (fault) => {
    const place = createRun(ledger, (runs += 1));
    const shown = JSON.stringify(fault ?? 'nothing');
    faults.arm(fault);
    const given: unknown[] = [];
    for (const step of steps) given.push(await answer(step, place, shown));
    const { calls } = faults;
    const text = JSON.stringify(given, (_, value: unknown) => (value === place.tenant ? 'tenant' : (value ?? null)));
    return { answers: JSON.parse(text) as unknown[], calls };
  };
  // The first run also fills what is remembered.
  await play(undefined);
  return play;
}

testLedger(
  'any error of FoundationDB at any call is coped with, or said clearly and gone with the next try',
  async (open, t) => {
    const plays = await Promise.all(Array.from({ length: lanes }, () => openLane(open)));
    let tried = 0;
    const tryFaults = async (play: Play, lane: number): Promise<void> => {
      const expected = await play(undefined);
      assert.ok(expected.calls > 100, `${expected.calls} calls`);
      for (let call = 1 + lane; call <= expected.calls; call += lanes) {
        for (const fault of faultsOf(call)) {
          const { answers } = await play(fault);
          answers.forEach((given, index) => {
            if (given === 'done before') return;
            assert.deepEqual(given, expected.answers[index], `${steps[index]?.name} after ${JSON.stringify(fault)}`);
          });
          tried += 1;
        }
      }
    };
    await Promise.all(plays.map(tryFaults));
    t.diagnostic(`${tried} faults`);
  },
);
