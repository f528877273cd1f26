import { randomBytes } from 'node:crypto';

/** A place in a distributed trace, by W3C Trace Context. */
export interface TraceContext {
  /** 32 lower-case hex digits. */
  readonly traceId: string;
  /** 16 lower-case hex digits. */
  readonly spanId: string;
}

// https://www.w3.org/TR/trace-context/#traceparent-header-field-values: any version but ff, ids that are not all zero.
const traceparentPattern = /^(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-[0-9a-f]{2}(-.*)?$/;

/** Undefined when the text is not a `traceparent`: a broken trace never keeps an agent from working. */
export function readTraceparent(text: string | undefined): TraceContext | undefined {
  const [, traceId, spanId] = traceparentPattern.exec(text?.trim() ?? '') ?? [];
  return traceId === undefined || spanId === undefined ? undefined : { traceId, spanId };
}

export function formatTraceparent(trace: TraceContext): string {
  return `00-${trace.traceId}-${trace.spanId}-01`;
}

export function createTrace(): TraceContext {
  return { traceId: randomBytes(16).toString('hex'), spanId: randomBytes(8).toString('hex') };
}
