// Loaded into a process with --import: writes its event loop's delay, milliseconds, to the file that SWARMLEDGER_BENCH_LOOP_DELAY names.
import { writeFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { isMainThread } from 'node:worker_threads';

const file = process.env.SWARMLEDGER_BENCH_LOOP_DELAY;
if (isMainThread && file !== undefined) {
  const loop = monitorEventLoopDelay({ resolution: 1 });
  loop.enable();
  const ms = (nanoseconds) => Math.round(nanoseconds / 1e4) / 100;
  process.once('exit', () => {
    const values = { p50: ms(loop.percentile(50)), p99: ms(loop.percentile(99)), max: ms(loop.max) };
    writeFileSync(file, JSON.stringify(values));
  });
}
