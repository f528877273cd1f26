// One event's way, as the agent and the services themselves told the collector.
import { setTimeout as sleep } from 'node:timers/promises';
import { trace } from '@opentelemetry/api';
import { openTelemetry, readTelemetryConfig, silentLogger } from '../../packages/runtime/dist/index.js';
import { connectSwarmLedger } from '../../packages/sdk/dist/index.js';
import { createOtelTracer } from '../../packages/sdk/dist/otel.js';
import { tenant } from './load.mjs';

const waitMs = 30_000;
const parts = [/^fix/, /^publish/, /^commit/, /^receipt/, /^feed/];

/** Spans of one trace, in the order of their beginning; times in milliseconds since its first. */
export async function recordTrace(system, collector) {
  const config = readTelemetryConfig({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.url });
  const telemetry = await openTelemetry(config, { service: 'agent', log: silentLogger });
  const agent = await connectSwarmLedger({
    ...system.address,
    tenant,
    project: 'web',
    agentId: 'coder-web',
    tracer: createOtelTracer('agent'),
  });
  const tracer = trace.getTracer('agent');
  let eventId = '';
  // The spans that are the agent's own are what any program with OpenTelemetry writes around its work.
  await tracer.startActiveSpan('fix the rounding', async (work) => {
    eventId = await agent.recordDecision({ title: 'Round half to even', rationale: 'The totals are off by a cent.' });
    await tracer.startActiveSpan('receipt: wait until committed', async (wait) => {
      await agent.flush({ until: 'committed' });
      wait.end();
    });
    work.end();
  });
  await agent.close();
  await telemetry.close();
  const deadline = performance.now() + waitMs;
  while (performance.now() < deadline) {
    const root = collector.spans.find(({ name }) => parts[0].test(name));
    const spans = collector.spans.filter(({ traceId }) => traceId === root?.traceId);
    if (parts.every((part) => spans.some(({ name }) => part.test(name)))) return describe(root, spans, eventId);
    await sleep(200);
  }
  throw new Error('the trace is not whole');
}

function describe(root, spans, eventId) {
  const toMs = (ms) => Math.round((ms - root.startMs) * 1_000) / 1_000;
  return {
    traceId: root.traceId,
    eventId,
    spans: spans
      .sort((a, b) => a.startMs - b.startMs)
      .map(({ service, name, spanId, parentSpanId, startMs, endMs, attributes }) => ({
        service,
        name,
        spanId,
        parentSpanId,
        startMs: toMs(startMs),
        endMs: toMs(endMs),
        attributes,
      })),
  };
}
