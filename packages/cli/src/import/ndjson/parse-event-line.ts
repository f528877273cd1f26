import { encodeEvent, eventFromJson, limits, ProtocolError, type SwarmEvent } from '@swarmledger/protocol';
import { errorMessage } from '@swarmledger/runtime';
import type { ImportTarget } from '../target.ts';

export type ParsedLine =
  | { readonly kind: 'event'; readonly event: SwarmEvent }
  | { readonly kind: 'blank' }
  /** One sentence, without the line's number. */
  | { readonly kind: 'bad'; readonly problem: string };

/** What an event may have beside its content. */
const envelopeBytesMax = limits.messageBytesMax - limits.inlineContentBytesMax - 1_024;

/** @param isFirst a byte order mark may lead the first line */
export function parseEventLine(bytes: Buffer, target: ImportTarget, isFirst: boolean): ParsedLine {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: !isFirst }).decode(bytes);
  } catch {
    return { kind: 'bad', problem: 'not UTF-8 text' };
  }
  if (text.trim() === '') return { kind: 'blank' };
  try {
    const json: unknown = JSON.parse(text);
    return checkLength(toEvent(json, target));
  } catch (error) {
    const isOurs = error instanceof ProtocolError;
    return { kind: 'bad', problem: isOurs ? error.message : `not a JSON object (${errorMessage(error)})` };
  }
}

function toEvent(json: unknown, target: ImportTarget): SwarmEvent {
  if (!isObject(json)) throw new ProtocolError('undecodable', 'an event is a JSON object');
  const routed = json['branch'] === undefined || json['branch'] === '' ? { ...json, branch: target.branch } : json;
  const content = largeContent(routed['state_change']);
  if (content === undefined) return eventFromJson(routed, target);
  if (content.length > limits.contentBytesMax) {
    throw new ProtocolError('content_too_large', `content exceeds ${limits.contentBytesMax} bytes`);
  }
  const event = eventFromJson({ ...routed, state_change: withoutContent(routed['state_change']) }, target);
  if (event.payload.kind !== 'state_change') return event;
  return { ...event, payload: { ...event.payload, body: { kind: 'content', content } } };
}

// The protocol refuses more than the inline limit in one event; the packer sends it in chunks.
function largeContent(change: unknown): Buffer | undefined {
  if (!isObject(change)) return undefined;
  const { content, content_base64: base64 } = change;
  if (content !== undefined && base64 !== undefined) return undefined;
  const bytes =
    typeof content === 'string' && content.length * 3 > limits.inlineContentBytesMax
      ? Buffer.from(content)
      : typeof base64 === 'string' && base64.length > limits.inlineContentBytesMax
        ? Buffer.from(base64, 'base64')
        : undefined;
  return bytes !== undefined && bytes.length > limits.inlineContentBytesMax ? bytes : undefined;
}

function withoutContent(change: unknown): unknown {
  if (!isObject(change)) return change;
  const field = change['content'] === undefined ? 'content_base64' : 'content';
  return { ...change, [field]: '' };
}

function checkLength(event: SwarmEvent): ParsedLine {
  const bare =
    event.payload.kind === 'state_change' && event.payload.body.kind === 'content'
      ? { ...event, payload: { ...event.payload, body: { kind: 'none' as const } } }
      : event;
  const bytes = encodeEvent(bare).length;
  if (bytes <= envelopeBytesMax) return { kind: 'event', event };
  return { kind: 'bad', problem: `the event has ${bytes} bytes beside its content, more than ${envelopeBytesMax}` };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
