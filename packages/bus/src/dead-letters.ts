import { headers as createHeaders, type JetStreamManager, type MsgHdrs, type StoredMsg } from 'nats';
import {
  allDeadLettersSubject,
  deadLetterStream,
  deadLetterSubject,
  headerNames,
  parseTenantId,
} from '@swarmledger/protocol';
import type { DeadLetter, DeadLetterFilter, DeadLetterInput, DeadLetters, EventPublisher } from './contract.ts';
import { translateError } from './errors.ts';
import { busLimits } from './limits.ts';
import { findMessage, removeMessage } from './stored-messages.ts';

const letterHeaders = {
  subject: 'Swarm-Subject',
  sequence: 'Swarm-Sequence',
  reason: 'Swarm-Reason',
  explanation: 'Swarm-Explanation',
  /** The original's headers, encoded: nats-server 2.9 finds `Nats-Msg-Id` anywhere in a message's headers, also inside other names. */
  original: 'Swarm-Headers',
} as const;
/** What stands for a tenant that is no legal name. */
const unknownTenant = 'unknown';

export class StreamDeadLetters implements DeadLetters {
  readonly #manager: JetStreamManager;
  readonly #publisher: EventPublisher;

  constructor(manager: JetStreamManager, publisher: EventPublisher) {
    this.#manager = manager;
    this.#publisher = publisher;
  }

  async put(letter: DeadLetterInput): Promise<void> {
    const headers = new Map<string, string>();
    headers.set(letterHeaders.original, encodeHeaders(letter.headers));
    headers.set(letterHeaders.subject, letter.subject);
    headers.set(letterHeaders.sequence, String(letter.originalSequence));
    headers.set(letterHeaders.reason, letter.reason);
    headers.set(letterHeaders.explanation, toHeaderText(letter.message));
    headers.set(headerNames.messageId, identify(letter));
    await this.#publisher.publishRaw(deadLetterSubject(tenantOf(letter.subject), letter.reason), letter.data, headers);
  }

  async *list(filter: DeadLetterFilter = {}): AsyncIterable<DeadLetter> {
    const subject = filterSubject(filter);
    let sequence = filter.sequence ?? 1;
    for (;;) {
      const message = await this.#next(sequence, subject);
      if (message === undefined) return;
      if (filter.sequence !== undefined && message.seq !== filter.sequence) return;
      yield toLetter(message);
      if (filter.sequence !== undefined) return;
      sequence = message.seq + 1;
    }
  }

  async replay(filter: DeadLetterFilter = {}): Promise<number> {
    let count = 0;
    // Letters that come back while this runs are for the next run.
    const last = await this.#lastSequence();
    for await (const letter of this.list(filter)) {
      if (letter.sequence > last) break;
      const headers = new Map(letter.headers);
      // The two-minute dedupe would drop it.
      headers.delete(headerNames.messageId);
      await this.#publisher.publishRaw(withoutPartition(letter.subject), letter.data, headers);
      await this.#delete(letter.sequence);
      count += 1;
    }
    return count;
  }

  async drop(filter: DeadLetterFilter = {}): Promise<number> {
    let count = 0;
    for await (const letter of this.list(filter)) {
      await this.#delete(letter.sequence);
      count += 1;
    }
    return count;
  }

  async count(filter: Pick<DeadLetterFilter, 'tenant' | 'reason'> = {}): Promise<number> {
    if (filter.tenant === undefined && filter.reason === undefined) return (await this.#info()).state.messages;
    const { subjects = {} } = (await this.#info({ subjects_filter: filterSubject(filter) })).state;
    return Object.values(subjects).reduce((sum, count) => sum + count, 0);
  }

  async #lastSequence(): Promise<number> {
    return (await this.#info()).state.last_seq;
  }

  async #info(options?: { readonly subjects_filter: string }): ReturnType<JetStreamManager['streams']['info']> {
    return this.#manager.streams.info(deadLetterStream, options).catch((error: unknown) => {
      throw translateError(error, 'read the dead letters');
    });
  }

  async #next(sequence: number, subject: string): Promise<StoredMsg | undefined> {
    try {
      return await findMessage(this.#manager, deadLetterStream, { sequence, subject });
    } catch (error) {
      throw translateError(error, 'read the dead letters');
    }
  }

  async #delete(sequence: number): Promise<void> {
    try {
      await removeMessage(this.#manager, deadLetterStream, sequence);
    } catch (error) {
      throw translateError(error, `remove dead letter ${sequence}`);
    }
  }
}

function toLetter(message: StoredMsg): DeadLetter {
  const stored = message.header ?? createHeaders();
  const [, tenant = unknownTenant] = message.subject.split('.');
  return {
    sequence: message.seq,
    tenant,
    time: message.time,
    subject: readHeader(stored, letterHeaders.subject),
    originalSequence: Number(readHeader(stored, letterHeaders.sequence)),
    reason: readHeader(stored, letterHeaders.reason),
    message: decodeURIComponent(readHeader(stored, letterHeaders.explanation)),
    data: message.data,
    headers: decodeHeaders(readHeader(stored, letterHeaders.original)),
  };
}

function encodeHeaders(headers: ReadonlyMap<string, string>): string {
  return Buffer.from(JSON.stringify([...headers])).toString('base64url');
}

function decodeHeaders(text: string): ReadonlyMap<string, string> {
  return new Map(
    JSON.parse(Buffer.from(text, 'base64url').toString() || '[]') as readonly (readonly [string, string])[],
  );
}

function readHeader(headers: MsgHdrs, name: string): string {
  return headers.has(name) ? headers.get(name) : '';
}

function filterSubject(filter: DeadLetterFilter): string {
  if (filter.tenant === undefined && filter.reason === undefined) return allDeadLettersSubject;
  return deadLetterSubject(filter.tenant ?? '*', filter.reason ?? '*');
}

function tenantOf(subject: string): string {
  try {
    return parseTenantId(subject.split('.')[1] ?? '');
  } catch {
    return unknownTenant;
  }
}

/** By its place in its stream, never by its bytes: a letter that was put back and refused again is another letter. */
function identify(letter: DeadLetterInput): string {
  return `${letter.subject}/${letter.originalSequence}`;
}

function withoutPartition(subject: string): string {
  return subject.replace(/\.events\.\d+$/, '.events');
}

/** Headers are lines of text. */
function toHeaderText(text: string): string {
  return encodeURIComponent(Buffer.from(text.slice(0, busLimits.explanationLengthMax), 'utf8').toString('utf8'));
}
