export type SpanAttributes = Readonly<Record<string, string | number | boolean>>;

export interface SpanOptions {
  /** W3C `traceparent` of what this is part of; a new trace when it is absent or broken. */
  readonly parent?: string | undefined;
  readonly kind?: 'internal' | 'producer' | 'consumer' | 'client';
  /** Unix milliseconds; now by default. */
  readonly startMs?: number;
  readonly attributes?: SpanAttributes;
}

/** Something that takes time, in a trace. Ended once, by whoever started it. */
export interface Span {
  /** What travels to whoever goes on; undefined when traces are off. */
  readonly traceparent: string | undefined;
  /** Marks it as failed, with the error's code and sentence. */
  fail(error: unknown): void;
  end(attributes?: SpanAttributes): void;
}

/**
 * Where spans go. Libraries take one and know nothing of OpenTelemetry; `noTracer` is their default, and whoever would do work
 * only for a span asks `isOn` first: that is how telemetry costs nothing when it is off.
 */
export interface Tracer {
  readonly isOn: boolean;
  start(name: string, options?: SpanOptions): Span;
  /** Of the span that the calling code runs in, where the process has such a thing. */
  activeTraceparent(): string | undefined;
}

const noSpan: Span = { traceparent: undefined, fail: () => undefined, end: () => undefined };

export const noTracer: Tracer = { isOn: false, start: () => noSpan, activeTraceparent: () => undefined };

// https://www.w3.org/TR/trace-context/#traceparent-header-field-values: any version but ff, ids that are not all zero.
const pattern = /^(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;

export interface Traceparent {
  /** 32 lower-case hex digits. */
  readonly traceId: string;
  /** 16 lower-case hex digits. */
  readonly spanId: string;
  readonly isSampled: boolean;
}

/** Undefined when the text is not a `traceparent`: a broken trace never keeps anything from working. */
export function readTraceparent(text: string | undefined): Traceparent | undefined {
  const [, traceId, spanId, flags] = pattern.exec(text?.trim() ?? '') ?? [];
  if (traceId === undefined || spanId === undefined) return undefined;
  return { traceId, spanId, isSampled: (Number.parseInt(flags ?? '00', 16) & 1) === 1 };
}

export function formatTraceparent(trace: {
  readonly traceId: string;
  readonly spanId: string;
  readonly isSampled?: boolean;
}): string {
  return `00-${trace.traceId}-${trace.spanId}-${trace.isSampled === false ? '00' : '01'}`;
}
