// An OpenTelemetry collector in small: takes OTLP over HTTP as JSON, keeps the spans, and shows the newest numbers of each process to
// Prometheus, as the collector of deploy/compose does (https://opentelemetry.io/docs/specs/otlp/#otlphttp).
import { createServer } from 'node:http';

export async function startCollector() {
  const spans = [];
  /** By process and metric: a worker's numbers stay when it has ended. */
  const metrics = new Map();
  const server = createServer((request, response) => {
    if (request.method === 'GET') {
      response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4' }).end(renderMetrics(metrics));
      return;
    }
    const chunks = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      const body = JSON.parse(Buffer.concat(chunks).toString());
      for (const { resource, scopeSpans } of body.resourceSpans ?? []) {
        const service = readAttributes(resource.attributes)['service.name'];
        for (const span of scopeSpans.flatMap((scope) => scope.spans)) spans.push(toSpan(service, span));
      }
      for (const { resource, scopeMetrics } of body.resourceMetrics ?? []) {
        const of = readAttributes(resource.attributes);
        for (const metric of scopeMetrics.flatMap((scope) => scope.metrics)) {
          metrics.set(`${of['service.instance.id']} ${metric.name}`, { of, metric });
        }
      }
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    });
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = `127.0.0.1:${server.address().port}`;
  return { url: `http://${address}`, address, spans, close: () => new Promise((resolve) => server.close(resolve)) };
}

function toSpan(service, span) {
  return {
    service,
    name: span.name,
    traceId: span.traceId,
    spanId: span.spanId,
    parentSpanId: span.parentSpanId ?? '',
    startMs: Number(span.startTimeUnixNano) / 1e6,
    endMs: Number(span.endTimeUnixNano) / 1e6,
    attributes: readAttributes(span.attributes ?? []),
  };
}

function readAttributes(attributes) {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]));
}

/** Counters and gauges of the workers, the only ones that are not scraped themselves. */
function renderMetrics(metrics) {
  let text = '';
  for (const { of, metric } of metrics.values()) {
    if (of['service.name'] !== 'swarmledger-worker') continue;
    for (const point of (metric.sum ?? metric.gauge)?.dataPoints ?? []) {
      const labels = { ...readAttributes(point.attributes ?? []), instance: of['service.instance.id'] };
      const list = Object.entries(labels).map(([name, value]) => `${name}=${JSON.stringify(String(value))}`);
      text += `${metric.name}{${list.join(',')}} ${point.asDouble ?? point.asInt}\n`;
    }
  }
  return text;
}
