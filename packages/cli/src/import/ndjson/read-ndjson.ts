import type { EventGroup } from '../event-group.ts';
import { GroupPacker } from '../event-group.ts';
import { PermanentError } from '@swarmledger/runtime';
import type { ImportTarget } from '../target.ts';
import { parseEventLine, type ParsedLine } from './parse-event-line.ts';
import { splitLines } from './split-lines.ts';

/** Content of up to about 12 MB in base64. */
const lineBytesMax = 16 * 1_048_576;
/** What one refused event can hold up. */
const eventsPerGroupMax = 500;

export interface BadLine {
  /** From 1. */
  readonly line: number;
  readonly problem: string;
}

export interface NdjsonOptions extends ImportTarget {
  /** One JSON event a line, as `eventFromJson` reads it; blank lines are passed over. */
  readonly input: AsyncIterable<Uint8Array | string>;
  /**
   * What to do about a line that is no event of this tenant and project. Without it the events before that line are given out, and then
   * an error is thrown; with it the line is left out and reported here.
   */
  readonly onBadLine?: (bad: BadLine) => void;
  readonly signal?: AbortSignal;
}

/**
 * Events of any other tool, in groups of at most 500. An event without an id or a time gets a new one: then, and only then, reading the
 * same lines twice gives different events. An event without a branch goes to the target's. Content above the inline limit is sent in
 * chunks.
 *
 * @throws PermanentError bad_line, with the line's number
 */
export async function* readNdjson(options: NdjsonOptions): AsyncGenerator<EventGroup> {
  const packer = new GroupPacker(eventsPerGroupMax);
  for await (const { number, bytes } of splitLines(options.input, lineBytesMax)) {
    options.signal?.throwIfAborted();
    const parsed: ParsedLine =
      bytes === undefined
        ? { kind: 'bad', problem: `longer than ${lineBytesMax} bytes` }
        : parseEventLine(bytes, options, number === 1);
    if (parsed.kind === 'event') {
      yield* packer.add(parsed.event, `line ${number}`);
    } else if (parsed.kind === 'bad') {
      if (options.onBadLine === undefined) {
        yield* packer.finish();
        throw new PermanentError('bad_line', `line ${number}: ${parsed.problem}`);
      }
      options.onBadLine({ line: number, problem: parsed.problem });
    }
  }
  yield* packer.finish();
}
