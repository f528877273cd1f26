import {
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  TraceFlags,
  type Context,
  type Span as OtelSpan,
} from '@opentelemetry/api';
import { errorCode, errorMessage } from '../errors.ts';
import { formatTraceparent, readTraceparent, type Span, type Tracer } from './tracer.ts';

const kinds = {
  internal: SpanKind.INTERNAL,
  producer: SpanKind.PRODUCER,
  consumer: SpanKind.CONSUMER,
  client: SpanKind.CLIENT,
} as const;

/**
 * Spans through the OpenTelemetry that is registered in this process: ours (`openTelemetry`) or the agent's own. Until one is
 * registered its spans go nowhere.
 */
export function createOtelTracer(name: string): Tracer {
  const tracer = trace.getTracer(name);
  return {
    isOn: true,
    start: (spanName, { parent, kind = 'internal', startMs, attributes } = {}) =>
      wrap(
        tracer.startSpan(
          spanName,
          {
            kind: kinds[kind],
            ...(startMs === undefined ? {} : { startTime: startMs }),
            ...(attributes === undefined ? {} : { attributes }),
          },
          toContext(parent),
        ),
      ),
    activeTraceparent: () => formatSpan(trace.getActiveSpan()),
  };
}

function wrap(span: OtelSpan): Span {
  return {
    traceparent: formatSpan(span),
    fail: (error) => {
      span.setAttribute('error.type', errorCode(error));
      span.setStatus({ code: SpanStatusCode.ERROR, message: errorMessage(error) });
    },
    end: (attributes) => {
      if (attributes !== undefined) span.setAttributes({ ...attributes });
      span.end();
    },
  };
}

function toContext(parent: string | undefined): Context {
  const read = readTraceparent(parent);
  if (read === undefined) return ROOT_CONTEXT;
  const { traceId, spanId, isSampled } = read;
  return trace.setSpanContext(ROOT_CONTEXT, {
    traceId,
    spanId,
    traceFlags: isSampled ? TraceFlags.SAMPLED : TraceFlags.NONE,
    isRemote: true,
  });
}

function formatSpan(span: OtelSpan | undefined): string | undefined {
  const context = span?.spanContext();
  if (context === undefined || !trace.isSpanContextValid(context)) return undefined;
  const { traceId, spanId, traceFlags } = context;
  return formatTraceparent({ traceId, spanId, isSampled: (traceFlags & TraceFlags.SAMPLED) !== 0 });
}
