import type { TraceContext } from './trace.ts';

/** What is used of `@opentelemetry/api`, which the program brings when it is traced. */
interface TraceApi {
  readonly trace: { getActiveSpan(): { spanContext(): TraceContext } | undefined };
  isSpanContextValid(context: TraceContext): boolean;
}

let api: TraceApi | undefined;
let loading: Promise<void> | undefined;

/**
 * How to ask for the active span's place: https://opentelemetry.io/docs/specs/otel/trace/api/. Without `@opentelemetry/api` it costs
 * a comparison.
 */
export async function loadActiveSpan(): Promise<() => TraceContext | undefined> {
  loading ??= import('@opentelemetry/api').then(
    (loaded: TraceApi) => {
      api = loaded;
    },
    // It is not there: this program is not traced.
    () => undefined,
  );
  await loading;
  return readActiveSpan;
}

function readActiveSpan(): TraceContext | undefined {
  const context = api?.trace.getActiveSpan()?.spanContext();
  if (api === undefined || context === undefined || !api.isSpanContextValid(context)) return undefined;
  return { traceId: context.traceId, spanId: context.spanId };
}
