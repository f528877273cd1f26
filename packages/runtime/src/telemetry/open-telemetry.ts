import { ConfigReader, type Environment } from '../config.ts';
import { errorCode, errorMessage } from '../errors.ts';
import type { Logger } from '../log.ts';
import { Metrics } from '../metrics.ts';
import { withDeadline } from '../retry.ts';
import { noTracer, type Tracer } from './tracer.ts';

export interface TelemetryConfig {
  /** OTLP over HTTP, without `/v1/...`; undefined: nothing is exported. */
  readonly otlpUrl: string | undefined;
  /** 0..1 of the traces, chosen by trace id: every service keeps the same ones. */
  readonly traceRatio: number;
  readonly metricsIntervalMs: number;
}

/** What a service counts and traces. */
export interface Telemetry {
  readonly tracer: Tracer;
  /** Served by `/metrics`, and exported. */
  readonly metrics: Metrics;
  /** Sends what is left, for at most two seconds. Idempotent. */
  close(): Promise<void>;
}

/** The rest of the 10 s belongs to the service's own drain. */
const closeMs = 2_000;

/** OpenTelemetry's own variables: https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/ */
export function readTelemetryConfig(environment: Environment): TelemetryConfig {
  const read = new ConfigReader(environment);
  const otlpUrl = read.optionalText('OTEL_EXPORTER_OTLP_ENDPOINT');
  const traceRatio = Number(read.text('OTEL_TRACES_SAMPLER_ARG', '1'));
  if (!(traceRatio >= 0 && traceRatio <= 1)) read.problem('OTEL_TRACES_SAMPLER_ARG is not a number from 0 to 1');
  if (otlpUrl !== undefined && !/^https?:\/\//.test(otlpUrl)) {
    read.problem('OTEL_EXPORTER_OTLP_ENDPOINT is not an http(s) address');
  }
  const metricsIntervalMs = read.integer('OTEL_METRIC_EXPORT_INTERVAL', 60_000, { min: 100, max: 3_600_000 });
  return read.finish({ otlpUrl, traceRatio, metricsIntervalMs });
}

/** Counts, and neither traces nor exports. */
export function createTelemetry(): Telemetry {
  return { tracer: noTracer, metrics: new Metrics(), close: async () => undefined };
}

/**
 * Starts OpenTelemetry for this process when an endpoint is configured; the SDK is not even loaded otherwise. An endpoint that is
 * down costs nothing but the telemetry: queues are bounded, and what does not fit is dropped.
 */
export async function openTelemetry(
  config: TelemetryConfig,
  options: { readonly service: string; readonly log: Logger },
): Promise<Telemetry> {
  const telemetry = createTelemetry();
  const { otlpUrl } = config;
  if (otlpUrl === undefined) return telemetry;
  const { startOtel } = await import('./start-otel.ts');
  const { createOtelTracer } = await import('./otel-tracer.ts');
  const shutdown = startOtel({ ...config, otlpUrl }, { service: options.service, metrics: telemetry.metrics });
  options.log.info('telemetry is exported', { otlp_url: withoutUserInfo(otlpUrl), trace_ratio: config.traceRatio });
  let closing: Promise<void> | undefined;
  return {
    tracer: createOtelTracer('swarmledger'),
    metrics: telemetry.metrics,
    close: () => {
      closing ??= withDeadline(shutdown(), closeMs, 'sending the last telemetry').catch((error: unknown) => {
        options.log.warn('telemetry not sent', { code: errorCode(error), reason: errorMessage(error) });
      });
      return closing;
    },
  };
}

function withoutUserInfo(url: string): string {
  return url.replace(/\/\/[^@/]*@/, '//');
}
