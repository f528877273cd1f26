export type Labels = Readonly<Record<string, string | number>>;

interface Series {
  readonly labels: Labels;
  value: number;
}

interface Metric {
  readonly kind: 'counter' | 'gauge';
  readonly help: string;
  readonly series: Map<string, Series>;
}

/** Label sets of one metric; more is a label that should not be one (an id, a path). */
const seriesMax = 10_000;

/** Counters and gauges of one process, in the Prometheus text format. */
export class Metrics {
  readonly #metrics = new Map<string, Metric>();

  /** Adds to a counter. `name` ends in its unit and `_total`. */
  add(name: string, help: string, amount: number, labels: Labels = {}): void {
    this.#find('counter', name, help, labels).value += amount;
  }

  set(name: string, help: string, value: number, labels: Labels = {}): void {
    this.#find('gauge', name, help, labels).value = value;
  }

  /** The value of one series, or 0. */
  read(name: string, labels: Labels = {}): number {
    return this.#metrics.get(name)?.series.get(JSON.stringify(labels))?.value ?? 0;
  }

  /** Prometheus exposition format 0.0.4. */
  render(): string {
    const lines: string[] = [];
    for (const [name, metric] of this.#metrics) {
      lines.push(`# HELP ${name} ${metric.help}`, `# TYPE ${name} ${metric.kind}`);
      for (const { labels, value } of metric.series.values()) lines.push(`${name}${formatLabels(labels)} ${value}`);
    }
    return `${lines.join('\n')}\n`;
  }

  #find(kind: Metric['kind'], name: string, help: string, labels: Labels): Series {
    let metric = this.#metrics.get(name);
    if (metric === undefined) {
      metric = { kind, help, series: new Map() };
      this.#metrics.set(name, metric);
    }
    const key = JSON.stringify(labels);
    let series = metric.series.get(key);
    if (series === undefined) {
      if (metric.series.size >= seriesMax) throw new RangeError(`metric ${name} has more than ${seriesMax} label sets`);
      series = { labels, value: 0 };
      metric.series.set(key, series);
    }
    return series;
  }
}

function formatLabels(labels: Labels): string {
  const entries = Object.entries(labels);
  if (entries.length === 0) return '';
  const escape = (value: string | number): string =>
    String(value).replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
  return `{${entries.map(([key, value]) => `${key}="${escape(value)}"`).join(',')}}`;
}
