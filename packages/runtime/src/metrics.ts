export type Labels = Readonly<Record<string, string | number>>;

export interface CounterOrGauge {
  readonly labels: Labels;
  value: number;
}

export interface HistogramSeries {
  readonly labels: Labels;
  /** Observations per bucket, the last one above all bounds; not cumulative. */
  readonly counts: number[];
  sum: number;
}

/** One metric with everything that was counted for it: what an exporter reads. */
export type Metric =
  | {
      readonly kind: 'counter' | 'gauge';
      readonly name: string;
      readonly help: string;
      readonly series: Map<string, CounterOrGauge>;
    }
  | {
      readonly kind: 'histogram';
      readonly name: string;
      readonly help: string;
      /** Upper bounds, ascending. */
      readonly bounds: readonly number[];
      readonly series: Map<string, HistogramSeries>;
    };

/** Label sets of one metric; more is a label that should not be one (an id, a path). */
const seriesMax = 10_000;

/** Counters, gauges and histograms of one process. Names end in their unit (`_seconds`, `_bytes`, `_rows`), counters in `_total`. */
export class Metrics {
  readonly #metrics = new Map<string, Metric>();
  readonly #collectors: (() => void | Promise<void>)[] = [];

  /** Adds to a counter. `name` ends in its unit and `_total`. */
  add(name: string, help: string, amount: number, labels: Labels = {}): void {
    this.#value('counter', name, help, labels).value += amount;
  }

  set(name: string, help: string, value: number, labels: Labels = {}): void {
    this.#value('gauge', name, help, labels).value = value;
  }

  /** Takes a gauge's series away: what it measured is no longer ours. */
  remove(name: string, labels: Labels): void {
    this.#metrics.get(name)?.series.delete(JSON.stringify(labels));
  }

  /** Counts one observation in a histogram. @param bounds ascending, the same on every call */
  observe(name: string, help: string, value: number, bounds: readonly number[], labels: Labels = {}): void {
    let metric = this.#metrics.get(name);
    if (metric === undefined) {
      metric = { kind: 'histogram', name, help, bounds, series: new Map() };
      this.#metrics.set(name, metric);
    }
    if (metric.kind !== 'histogram') throw new TypeError(`metric ${name} is a ${metric.kind}`);
    const series = findSeries(metric.series, name, labels, () => ({
      labels,
      counts: Array.from({ length: bounds.length + 1 }, () => 0),
      sum: 0,
    }));
    const found = metric.bounds.findIndex((bound) => value <= bound);
    const index = found === -1 ? metric.bounds.length : found;
    series.counts[index] = (series.counts[index] ?? 0) + 1;
    series.sum += value;
  }

  /** `body` sets gauges right before they are read, by a scrape or an export. */
  onCollect(body: () => void | Promise<void>): void {
    this.#collectors.push(body);
  }

  /** @throws what a collector throws */
  async collect(): Promise<readonly Metric[]> {
    for (const body of this.#collectors) await body();
    return this.list();
  }

  list(): readonly Metric[] {
    return [...this.#metrics.values()];
  }

  /** The value of one counter or gauge series, or a histogram's number of observations; 0 when there is none. */
  read(name: string, labels: Labels = {}): number {
    const metric = this.#metrics.get(name);
    const key = JSON.stringify(labels);
    if (metric?.kind === 'histogram') return sum(metric.series.get(key)?.counts ?? []);
    return metric?.series.get(key)?.value ?? 0;
  }

  /** Prometheus exposition format 0.0.4. */
  render(): string {
    const lines: string[] = [];
    for (const metric of this.#metrics.values()) {
      lines.push(`# HELP ${metric.name} ${metric.help}`, `# TYPE ${metric.name} ${metric.kind}`);
      if (metric.kind === 'histogram') {
        for (const series of metric.series.values()) lines.push(...renderHistogram(metric.name, metric.bounds, series));
      } else {
        for (const { labels, value } of metric.series.values()) {
          lines.push(`${metric.name}${formatLabels(labels)} ${value}`);
        }
      }
    }
    return `${lines.join('\n')}\n`;
  }

  #value(kind: 'counter' | 'gauge', name: string, help: string, labels: Labels): CounterOrGauge {
    let metric = this.#metrics.get(name);
    if (metric === undefined) {
      metric = { kind, name, help, series: new Map() };
      this.#metrics.set(name, metric);
    }
    if (metric.kind === 'histogram') throw new TypeError(`metric ${name} is a histogram`);
    return findSeries(metric.series, name, labels, () => ({ labels, value: 0 }));
  }
}

function findSeries<S>(all: Map<string, S>, name: string, labels: Labels, create: () => S): S {
  const key = JSON.stringify(labels);
  let series = all.get(key);
  if (series === undefined) {
    if (all.size >= seriesMax) throw new RangeError(`metric ${name} has more than ${seriesMax} label sets`);
    series = create();
    all.set(key, series);
  }
  return series;
}

function renderHistogram(name: string, bounds: readonly number[], series: HistogramSeries): readonly string[] {
  const lines: string[] = [];
  let below = 0;
  for (const [index, count] of series.counts.entries()) {
    below += count;
    const le = bounds[index] ?? '+Inf';
    lines.push(`${name}_bucket${formatLabels({ ...series.labels, le })} ${below}`);
  }
  const labels = formatLabels(series.labels);
  return [...lines, `${name}_sum${labels} ${series.sum}`, `${name}_count${labels} ${below}`];
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

function formatLabels(labels: Labels): string {
  const entries = Object.entries(labels);
  if (entries.length === 0) return '';
  const escape = (value: string | number): string =>
    String(value).replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
  return `{${entries.map(([key, value]) => `${key}="${escape(value)}"`).join(',')}}`;
}
