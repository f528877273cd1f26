import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { trace } from '@opentelemetry/api';
import { startAnalyticsServer } from '@swarmledger/analytics';
import { eventsSubject } from '@swarmledger/protocol';
import { openTelemetry, readTelemetryConfig, silentLogger } from '@swarmledger/runtime';
import { connectSwarmLedger } from '@swarmledger/sdk';
import { createOtelTracer } from '@swarmledger/sdk/otel';
import { toScope } from '../ingest/events.ts';
import { eventually, spawnIngestor, uniqueScope, withHub } from '../ingest/hub.ts';
import { startOtlpReceiver, type ReceivedSpan } from '../support/otlp.ts';

const username = 'swarmledger';

test("one trace goes from the agent's span through publish and commit to the feed, and the numbers go along", async () => {
  await withHub(async (hub) => {
    const receiver = hub.scope.own('receiver', await startOtlpReceiver());
    const { dataDir, password } = hub;
    const folder = join(dataDir, 'analytics');
    const engine = hub.scope.own(
      'analytics',
      await startAnalyticsServer({ dataDir: folder, port: 0, username, password }),
    );
    const ingestor = await spawnIngestor(hub, {
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
      OTEL_METRIC_EXPORT_INTERVAL: '500',
      SWARMLEDGER_CLICKHOUSE_URL: engine.url,
      SWARMLEDGER_FEED_FILL_MS: '50',
    });
    const config = readTelemetryConfig({ OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url });
    const telemetry = await openTelemetry(config, { service: 'agent', log: silentLogger });
    const names = uniqueScope();
    const agent = await connectSwarmLedger({
      ...hub.address,
      ...names,
      agentId: 'traced',
      tracer: createOtelTracer('agent'),
    });
    hub.scope.own('agent', agent);
    // The agent's own OpenTelemetry: what it records belongs to the span it is in.
    await trace.getTracer('agent').startActiveSpan('fix the bug', async (span) => {
      const decision = await agent.recordDecision({ title: 'Round up', rationale: 'It must not lose cents.' });
      await agent.recordChange({ path: 'a.txt', action: 'CREATE', content: 'x', parent: decision });
      span.end();
    });
    await agent.flush();
    await telemetry.close();
    const find = (name: RegExp): ReceivedSpan | undefined => receiver.spans.find((span) => name.test(span.name));
    const [root, publish, commit, feed] = await eventually(() => {
      const found = [/^fix/, /^publish/, /^commit/, /^feed/].map(find);
      return found.every((span) => span !== undefined) && found;
    });
    assert.ok(root && publish && commit && feed);
    assert.deepEqual(new Set([root, publish, commit, feed].map(({ traceId }) => traceId)).size, 1);
    assert.deepEqual(
      [publish.parentSpanId, commit.parentSpanId, feed.parentSpanId],
      [root.spanId, publish.spanId, root.spanId],
    );
    assert.deepEqual(
      [root, commit].map(({ service }) => service),
      ['swarmledger-agent', 'swarmledger-ingestor'],
    );
    assert.ok(root.startMs <= commit.startMs && commit.endMs <= feed.endMs);

    const metric = await eventually(() => receiver.metrics.find(({ name }) => name === 'swarmledger_commit_seconds'));
    assert.deepEqual(
      [metric?.unit, metric?.kind, metric?.service, metric?.description],
      ['s', 'histogram', 'swarmledger-ingestor', 'From the first attempt at a transaction to its commit'],
    );

    // A dead letter's line names the trace that it belongs to.
    const { tenant, project } = toScope(names);
    const traceId = 'c'.repeat(32);
    await hub.bus.publisher.publishRaw(
      eventsSubject(tenant, project),
      Buffer.from('poison'),
      new Map([['traceparent', `00-${traceId}-${'d'.repeat(16)}-01`]]),
    );
    await eventually(() => ingestor.logLines.some((line) => line.includes(`"trace_id":"${traceId}"`)));
    ingestor.kill('SIGTERM');
    assert.equal(await ingestor.exited, 0);
  });
});

test('a collector that is away costs telemetry and nothing else', async () => {
  await withHub(async (hub) => {
    const ingestor = await spawnIngestor(hub, { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1' });
    const agent = await connectSwarmLedger({ ...hub.address, ...uniqueScope(), agentId: 'a' });
    hub.scope.own('agent', agent);
    await agent.recordSignal({ kind: 'note', message: 'here' });
    assert.equal((await agent.flush()).committed, 1);
    const startMs = performance.now();
    ingestor.kill('SIGTERM');
    assert.equal(await ingestor.exited, 0);
    assert.ok(performance.now() - startMs < 10_000);
  });
});
