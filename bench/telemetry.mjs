// What tracing costs an agent's process: nanoseconds per recorded event, with no tracer at all in the path's place, with telemetry
// off (the default), and with OpenTelemetry on (spans made, kept by nobody). Prints one JSON line. node bench/telemetry.mjs [--events N]
import { createTelemetry } from '../packages/runtime/dist/index.js';
import { createOtelTracer } from '../packages/runtime/dist/telemetry/otel-tracer.js';
import { AgentClient } from '../packages/sdk/dist/client.js';
import { option } from './options.mjs';
import { round } from './statistics.mjs';

const events = option('events', 50_000);
const rounds = 7;
/** Takes everything and sends nothing: what is left is the recording itself. */
const pipeline = { counts: {}, offer: () => undefined, flush: async () => ({}), close: async () => undefined };
const decision = { title: 'Use Math.round', rationale: 'It is what it is for.', confidence: 0.9 };

async function nanosPerEvent(tracer) {
  const options = { tenant: 'bench', project: 'bench', agentId: 'a', ...(tracer === undefined ? {} : { tracer }) };
  const agent = new AgentClient(pipeline, options, async () => undefined);
  const start = process.hrtime.bigint();
  for (let index = 0; index < events; index++) await agent.recordDecision(decision);
  return Number(process.hrtime.bigint() - start) / events;
}

const variants = { default: undefined, off: createTelemetry().tracer, on: createOtelTracer('bench') };
const best = { default: Infinity, off: Infinity, on: Infinity };
for (let round = 0; round < rounds; round++) {
  for (const [name, tracer] of Object.entries(variants)) best[name] = Math.min(best[name], await nanosPerEvent(tracer));
}
const { tracer } = createTelemetry();
const guards = 50_000_000;
let met = 0;
const start = process.hrtime.bigint();
for (let index = 0; index < guards; index++) if (tracer.isOn) met += 1;
const guardNanos = Number(process.hrtime.bigint() - start) / guards;
process.stdout.write(
  `${JSON.stringify({ events, record_ns_default: round(best.default), record_ns_off: round(best.off), record_ns_on: round(best.on), guard_ns: round(guardNanos), guards_met: met })}\n`,
);
