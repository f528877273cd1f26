// What processes use, as Linux counts it: https://man7.org/linux/man-pages/man5/proc.5.html
import { readFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';

/** USER_HZ, which is 100 on every Linux that Node runs on. */
const ticksPerSecond = 100;

/** CPU time of a process so far, seconds. */
export function cpuSeconds(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
  // utime and stime, fields 14 and 15 of the whole line.
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}

/** Now and at its most; `own` is without mapped files, which are the kernel's cache. Megabytes. */
export function memoryMb(pid) {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const read = (name) => Math.round(Number(new RegExp(`${name}:\\s+(\\d+) kB`).exec(status)?.[1] ?? 0) / 1_000);
  return { own: read('RssAnon'), resident: read('VmRSS'), peak: read('VmHWM') };
}

/** Seconds of CPU that each process of `pids` (by name) uses while `body` runs. */
export async function measureCpu(pids, body) {
  const names = Object.keys(pids);
  const before = names.map((name) => cpuSeconds(pids[name]));
  await body();
  return Object.fromEntries(names.map((name, index) => [name, cpuSeconds(pids[name]) - before[index]]));
}

/** Of this process, from now on. Returns how to end it: the 99th percentile of the event loop's delay, milliseconds. */
export function measureLoopDelay() {
  const loop = monitorEventLoopDelay({ resolution: 1 });
  loop.enable();
  return () => {
    loop.disable();
    return Math.round(loop.percentile(99) / 1e4) / 100;
  };
}
