import {
  AggregationTemporality,
  DataPointType,
  type CollectionResult,
  type MetricData,
  type MetricProducer,
} from '@opentelemetry/sdk-metrics';
import { ValueType, type HrTime } from '@opentelemetry/api';
import type { Resource } from '@opentelemetry/resources';
import type { Metric, Metrics } from '../metrics.ts';

/** Unit of a metric by its name's suffix, as UCUM has it; `1` counts things. https://ucum.org/ucum */
const units: readonly (readonly [RegExp, string])[] = [
  [/_seconds(_total)?$/, 's'],
  [/_bytes(_total)?$/, 'By'],
];

/** Hands the process's own registry to OpenTelemetry's exporters: what Prometheus scrapes and what OTLP gets is one set of numbers. */
export function createRegistryProducer(metrics: Metrics, resource: Resource): MetricProducer {
  const startTime = now();
  return {
    collect: async (): Promise<CollectionResult> => {
      const errors: unknown[] = [];
      const list = await metrics.collect().catch((error: unknown) => {
        errors.push(error);
        return metrics.list();
      });
      const endTime = now();
      const scope = { name: 'swarmledger' };
      const data = list.map((metric) => convert(metric, startTime, endTime));
      return { resourceMetrics: { resource, scopeMetrics: [{ scope, metrics: data }] }, errors };
    },
  };
}

function convert(metric: Metric, startTime: HrTime, endTime: HrTime): MetricData {
  const descriptor = {
    name: metric.name,
    description: metric.help,
    unit: units.find(([suffix]) => suffix.test(metric.name))?.[1] ?? '1',
    valueType: ValueType.DOUBLE,
  };
  const base = { descriptor, aggregationTemporality: AggregationTemporality.CUMULATIVE };
  if (metric.kind === 'histogram') {
    const dataPoints = [...metric.series.values()].map(({ labels, counts, sum }) => ({
      startTime,
      endTime,
      attributes: { ...labels },
      value: {
        buckets: { boundaries: [...metric.bounds], counts: [...counts] },
        count: counts.reduce((total, count) => total + count, 0),
        sum,
      },
    }));
    return { ...base, dataPointType: DataPointType.HISTOGRAM, dataPoints };
  }
  const dataPoints = [...metric.series.values()].map(({ labels, value }) => ({
    startTime,
    endTime,
    attributes: { ...labels },
    value,
  }));
  return metric.kind === 'gauge'
    ? { ...base, dataPointType: DataPointType.GAUGE, dataPoints }
    : { ...base, dataPointType: DataPointType.SUM, isMonotonic: true, dataPoints };
}

function now(): HrTime {
  const ms = Date.now();
  return [Math.floor(ms / 1_000), (ms % 1_000) * 1_000_000];
}
