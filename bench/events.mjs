// The events that benchmarks send, and messages made of them.
import { randomBytes } from 'node:crypto';
import {
  createEventId,
  decodeEvent,
  encodeBatch,
  encodeEvent,
  eventsSubject,
  headerNames,
  batchContent,
  mainBranch,
  parseProjectId,
  parseTenantId,
} from '../packages/protocol/dist/index.js';

/** Bytes of an event beside its message: ids, time, names. */
const envelopeBytes = 120;

export function toScope(tenant, project) {
  return { tenant: parseTenantId(tenant), project: parseProjectId(project) };
}

/** Scopes to spread events over: as many tenants as asked for, each with as many projects. */
export function makeScopes({ tenants = 1, projects = 16, name = 'bench' }) {
  return Array.from({ length: tenants * projects }, (_, index) =>
    toScope(`${name}-${index % tenants}`, `project-${Math.floor(index / tenants)}`),
  );
}

/** An event of one agent with this payload; a sequence of 0 is left to whoever sends it. */
export function makeEnvelope(scope, payload, sequence = 0) {
  return {
    eventId: createEventId(),
    timestampUs: Date.now() * 1_000,
    traceId: '',
    spanId: '',
    agentRole: 'CODER',
    agentId: 'bench',
    ...scope,
    branch: mainBranch,
    userId: '',
    parentEventId: '',
    sequence,
    attributes: {},
    payload,
  };
}

export function makeSignal(scope, message, sequence) {
  return makeEnvelope(scope, { kind: 'system_signal', signal: 'tick', severity: 'INFO', message, data: '' }, sequence);
}

/** One event of about so many bytes, encoded; half of the text is noise, as little of real text repeats itself for long. */
export function makeEvent(scope, bytes, sequence) {
  const textBytes = Math.max(0, bytes - envelopeBytes);
  const noise = randomBytes(Math.ceil(textBytes / 4)).toString('hex');
  const message = noise + 'the same again '.repeat(textBytes / 15).slice(0, textBytes - noise.length);
  const event = makeSignal(scope, message, sequence);
  return { eventId: event.eventId, raw: encodeEvent(event) };
}

/** As the ledger takes them. */
export function makeReceived(scope, bytes) {
  const { raw } = makeEvent(scope, bytes);
  return { event: decodeEvent(raw, scope), raw };
}

/** Messages of `batch` events each, the scopes in turn, ready to be published. */
export function makeMessages({ events, batch, bytes, scopes }) {
  return Array.from({ length: Math.ceil(events / batch) }, (_, index) => {
    const scope = scopes[index % scopes.length];
    const subject = eventsSubject(scope.tenant, scope.project);
    if (batch === 1) {
      const { eventId, raw } = makeEvent(scope, bytes, index + 1);
      return { subject, data: raw, headers: new Map([[headerNames.messageId, eventId]]) };
    }
    const raws = Array.from({ length: batch }, () => makeEvent(scope, bytes).raw);
    const batchId = createEventId();
    const headers = new Map([
      [headerNames.messageId, batchId],
      [headerNames.content, batchContent],
    ]);
    return { subject, data: encodeBatch(batchId, raws, { compress: false }), headers };
  });
}

export async function publishAll(bus, messages) {
  await Promise.all(messages.map(({ subject, data, headers }) => bus.publisher.publishRaw(subject, data, headers)));
}
