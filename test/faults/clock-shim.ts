import { readFileSync } from 'node:fs';

/*
 * Loaded before a process under test (`node --import`), in each of its threads: its wall clock is off by what a file says, in
 * milliseconds, and follows when the file is written anew. The monotonic clock is not touched, as when a person sets the time.
 */
const file = process.env['SWARMLEDGER_TEST_CLOCK'] ?? '';
const lookMs = 100;
const RealDate = Date;
const realNow = Date.now.bind(Date);
let offsetMs = 0;

function look(): void {
  try {
    offsetMs = Number(readFileSync(file, 'utf8')) || 0;
  } catch {
    // Nobody has set it yet.
  }
}

if (file !== '') {
  look();
  setInterval(look, lookMs).unref();
  const now = (): number => realNow() + offsetMs;
  globalThis.Date = new Proxy(RealDate, {
    construct: (target, given: unknown[], newTarget) =>
      Reflect.construct(target, given.length === 0 ? [now()] : given, newTarget) as object,
    get: (target, name) => (name === 'now' ? now : (Reflect.get(target, name) as unknown)),
  });
}
