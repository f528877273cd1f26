import { hostname } from 'node:os';
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-http';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import { NodeSDK } from '@opentelemetry/sdk-node';
import { BatchSpanProcessor, ParentBasedSampler, TraceIdRatioBasedSampler } from '@opentelemetry/sdk-trace-base';
import type { Metrics } from '../metrics.ts';
import type { TelemetryConfig } from './open-telemetry.ts';
import { createRegistryProducer } from './registry-producer.ts';

/** Of one export; a collector that hangs must not pile up more. */
const exportTimeoutMs = 5_000;
/** Spans wait this long for company. */
const spanDelayMs = 1_000;

/** Registers OpenTelemetry in this process and returns how to end it. */
export function startOtel(
  config: TelemetryConfig & { readonly otlpUrl: string },
  options: { readonly service: string; readonly metrics: Metrics },
): () => Promise<void> {
  const base = config.otlpUrl.replace(/\/+$/, '');
  const resource = resourceFromAttributes({
    'service.name': `swarmledger-${options.service}`,
    'service.instance.id': `${hostname()}-${process.pid}`,
  });
  const byTraceId = new TraceIdRatioBasedSampler(config.traceRatio);
  const traceExporter = new OTLPTraceExporter({ url: `${base}/v1/traces`, timeoutMillis: exportTimeoutMs });
  const metricExporter = new OTLPMetricExporter({ url: `${base}/v1/metrics`, timeoutMillis: exportTimeoutMs });
  const sdk = new NodeSDK({
    resource,
    autoDetectResources: false,
    instrumentations: [],
    logRecordProcessors: [],
    // Also below a sampled parent: agents mark every trace, and a hub of thousands of them keeps a share, the same in every service.
    sampler: new ParentBasedSampler({ root: byTraceId, remoteParentSampled: byTraceId }),
    spanProcessors: [new BatchSpanProcessor(traceExporter, { scheduledDelayMillis: spanDelayMs })],
    metricReaders: [
      new PeriodicExportingMetricReader({
        exporter: metricExporter,
        exportIntervalMillis: config.metricsIntervalMs,
        exportTimeoutMillis: Math.min(exportTimeoutMs, config.metricsIntervalMs),
        metricProducers: [createRegistryProducer(options.metrics, resource)],
      }),
    ],
  });
  sdk.start();
  return () => sdk.shutdown();
}
