const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

/** Steps that people count in. */
const steps = [
  ...[1, 2, 5, 10, 50, 100, 200, 500],
  ...[1, 2, 5, 10, 15, 30].map((count) => count * second),
  ...[1, 2, 5, 10, 15, 30].map((count) => count * minute),
  ...[1, 2, 3, 6, 12].map((count) => count * hour),
  ...[1, 2, 7, 14, 30, 61, 91, 182, 365, 730, 1_825, 3_650].map((count) => count * day),
];
/** A label and the gap behind it. */
const labelGap = 3;

/** `2026-11-21 05:32:18Z`, with milliseconds when it has them. */
export function formatInstant(ms: number): string {
  const iso = new Date(ms).toISOString();
  return `${iso.slice(0, 10)} ${ms % second === 0 ? iso.slice(11, 19) : iso.slice(11, 23)}Z`;
}

/** `1 h 5 min`, two units at most. */
export function formatDuration(ms: number): string {
  if (ms < second) return `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms`;
  const units = [
    [365 * day, 'y'],
    [day, 'd'],
    [hour, 'h'],
    [minute, 'min'],
    [second, 's'],
  ] as const;
  const first = units.findIndex(([unit]) => ms >= unit);
  const [unit, name] = units[first] ?? units[4];
  const whole = Math.floor(ms / unit);
  const [lower, lowerName] = units[first + 1] ?? [];
  const rest = lower === undefined ? 0 : Math.floor((ms - whole * unit) / lower);
  if (unit === second && ms < 10 * second) return `${(ms / second).toFixed(1)} s`;
  return rest === 0 || lowerName === undefined ? `${whole} ${name}` : `${whole} ${name} ${rest} ${lowerName}`;
}

/** Labels under a chart, each beginning below the column of its round time, in UTC, none touching the next. */
export function labelTimes(range: { readonly fromMs: number; readonly toMs: number }, columns: number): string {
  const { fromMs, toMs } = range;
  if (toMs === fromMs) return formatInstant(fromMs).slice(11);
  const msPerColumn = (toMs - fromMs) / (columns - 1);
  const step = steps.find((each) => each / msPerColumn >= formatTick(0, each).length + labelGap) ?? Infinity;
  let line = '';
  for (let ms = Math.ceil(fromMs / step) * step; ms <= toMs; ms += step) {
    const column = Math.floor((ms - fromMs) / msPerColumn);
    const label = formatTick(ms, step);
    if (column + label.length > columns) break;
    line = `${line.padEnd(column)}${label}`;
  }
  return line;
}

function formatTick(ms: number, step: number): string {
  const iso = new Date(ms).toISOString();
  if (step >= day) return iso.slice(0, 10);
  // The date where a day begins, for pictures of several.
  if (ms % day === 0 && step >= hour) return iso.slice(5, 10);
  if (step >= minute) return iso.slice(11, 16);
  return step >= second ? iso.slice(11, 19) : iso.slice(14, 23);
}
