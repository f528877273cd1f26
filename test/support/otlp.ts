import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { closeServer } from '@swarmledger/runtime';

export interface ReceivedSpan {
  readonly service: string;
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string;
  readonly startMs: number;
  readonly endMs: number;
}

export interface ReceivedMetric {
  readonly service: string;
  readonly name: string;
  readonly unit: string;
  readonly description: string;
  readonly kind: 'sum' | 'gauge' | 'histogram';
}

export interface OtlpReceiver {
  readonly url: string;
  readonly spans: readonly ReceivedSpan[];
  readonly metrics: readonly ReceivedMetric[];
  close(): Promise<void>;
}

interface Attribute {
  readonly key: string;
  readonly value: { readonly stringValue?: string };
}

interface Body {
  readonly resourceSpans?: readonly {
    readonly resource: { readonly attributes: readonly Attribute[] };
    readonly scopeSpans: readonly {
      readonly spans: readonly {
        readonly name: string;
        readonly traceId: string;
        readonly spanId: string;
        readonly parentSpanId?: string;
        readonly startTimeUnixNano: string;
        readonly endTimeUnixNano: string;
      }[];
    }[];
  }[];
  readonly resourceMetrics?: readonly {
    readonly resource: { readonly attributes: readonly Attribute[] };
    readonly scopeMetrics: readonly {
      readonly metrics: readonly {
        readonly name: string;
        readonly unit: string;
        readonly description: string;
        readonly sum?: unknown;
        readonly gauge?: unknown;
      }[];
    }[];
  }[];
}

/** A collector: takes OTLP over HTTP as JSON (https://opentelemetry.io/docs/specs/otlp/#otlphttp) and keeps what it got. */
export async function startOtlpReceiver(): Promise<OtlpReceiver> {
  const spans: ReceivedSpan[] = [];
  const metrics: ReceivedMetric[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = JSON.parse(Buffer.concat(chunks).toString()) as Body;
      for (const { resource, scopeSpans } of body.resourceSpans ?? []) {
        for (const span of scopeSpans.flatMap((scope) => scope.spans)) {
          spans.push({
            service: serviceOf(resource.attributes),
            name: span.name,
            traceId: span.traceId,
            spanId: span.spanId,
            parentSpanId: span.parentSpanId ?? '',
            startMs: Number(span.startTimeUnixNano) / 1e6,
            endMs: Number(span.endTimeUnixNano) / 1e6,
          });
        }
      }
      for (const { resource, scopeMetrics } of body.resourceMetrics ?? []) {
        for (const metric of scopeMetrics.flatMap((scope) => scope.metrics)) {
          const { name, unit, description } = metric;
          const kind = metric.sum !== undefined ? 'sum' : metric.gauge !== undefined ? 'gauge' : 'histogram';
          metrics.push({ service: serviceOf(resource.attributes), name, unit, description, kind });
        }
      }
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, spans, metrics, close: () => closeServer(server) };
}

function serviceOf(attributes: readonly Attribute[]): string {
  return attributes.find(({ key }) => key === 'service.name')?.value.stringValue ?? '';
}
