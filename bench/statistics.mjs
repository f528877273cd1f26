// What a row of figures comes to.

export function round(value, digits = 2) {
  return Math.round(value * 10 ** digits) / 10 ** digits;
}

export function median(values) {
  return quantile(values, 0.5);
}

/** Linear between neighbours. */
export function quantile(values, share) {
  const sorted = [...values].sort((a, b) => a - b);
  const position = (sorted.length - 1) * share;
  const low = sorted[Math.floor(position)] ?? 0;
  return low + ((sorted[Math.ceil(position)] ?? low) - low) * (position % 1);
}

/** The distance from least to most as a share of the median. */
export function spread(values) {
  return round((Math.max(...values) - Math.min(...values)) / (median(values) || 1));
}

/** Objects of numbers, all alike: the median and the spread of each number. */
export function summarize(runs) {
  const names = Object.keys(runs[0] ?? {});
  const column = (name) => runs.map((run) => run[name]);
  return {
    median: Object.fromEntries(names.map((name) => [name, round(median(column(name)))])),
    spread: Object.fromEntries(names.map((name) => [name, spread(column(name))])),
  };
}
