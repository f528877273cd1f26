import { parseProjectPath } from '@swarmledger/protocol';
import parseRange from 'range-parser';
import type { TreeEntry } from '@swarmledger/ledger';
import { readVerified } from '../content.ts';
import { replayError } from '../errors.ts';
import { formatMode } from '../git-modes.ts';
import { readPath } from '../tree.ts';
import { momentHeaders, safeHeaders, sendStream } from './answer.ts';
import type { Call, Route } from './call.ts';
import { readMoment } from './cursor.ts';
import { HttpError } from './errors.ts';

/**
 * One path's content: a link's target, a submodule's commit id, a file's bytes. `ETag` is its SHA-256; conditional and range requests
 * as in RFC 9110, one range at a time.
 */
export const sendFile: Route = async (call) => {
  const { history, query, rest, read, gone, request, response } = call;
  const path = parseProjectPath(rest.join('/'));
  const moment = await readMoment(history, { query, cursor: undefined }, read);
  query.finish();
  const entry = await readPath(history, moment, path, read);
  if (entry === undefined) {
    throw replayError('unknown_path', `${JSON.stringify(path)} does not exist at ${moment.description}`);
  }
  const etag = `"${entry.sha256.toString('hex')}"`;
  const headers = {
    ...safeHeaders,
    ...momentHeaders(moment),
    etag,
    'accept-ranges': 'bytes',
    'swarmledger-mode': formatMode(entry.mode),
    'swarmledger-event': entry.eventId,
  };
  if (matches(request.headers['if-none-match'], etag)) {
    response.writeHead(304, headers).end();
    return;
  }
  const content = readVerified(history, entry, { signal: gone });
  const span = readSpan(call, entry, etag);
  const length = span === undefined ? entry.bytes : span.end - span.start + 1;
  const body = {
    'content-type': 'application/octet-stream',
    'content-disposition': 'attachment',
    'content-length': length,
  };
  if (span === undefined) return sendStream(call, { ...headers, ...body }, holdLast(content));
  const range = { 'content-range': `bytes ${span.start}-${span.end}/${entry.bytes}` };
  await sendStream(call, { ...headers, ...body, ...range }, cut(content, span), 206);
};

interface Span {
  readonly start: number;
  /** Inclusive. */
  readonly end: number;
}

/** Undefined: all of it; as for several ranges, which nobody needs here, and for another content than the caller has begun with. */
function readSpan({ request }: Call, entry: TreeEntry, etag: string): Span | undefined {
  const { range, 'if-range': ifRange } = request.headers;
  if (range === undefined || (ifRange !== undefined && ifRange !== etag)) return undefined;
  const ranges = parseRange(entry.bytes, range);
  if (ranges === -2) return undefined;
  if (ranges === -1) {
    const headers = { 'content-range': `bytes */${entry.bytes}` };
    throw new HttpError(416, 'range_not_satisfiable', `the content has ${entry.bytes} bytes`, headers);
  }
  const [only, ...others] = ranges;
  return ranges.type !== 'bytes' || others.length > 0 ? undefined : only;
}

function matches(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  const tags = header.split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  return tags.includes('*') || tags.includes(etag);
}

/** The last piece goes out only when the whole was verified: damaged content then lacks its end, and the reader knows. */
async function* holdLast(pieces: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let held: Buffer | undefined;
  for await (const piece of pieces) {
    if (held !== undefined) yield held;
    held = piece;
  }
  if (held !== undefined) yield held;
}

async function* cut(pieces: AsyncIterable<Buffer>, { start, end }: Span): AsyncGenerator<Buffer> {
  let offset = 0;
  for await (const piece of pieces) {
    const part = piece.subarray(Math.max(0, start - offset), Math.max(0, end + 1 - offset));
    offset += piece.length;
    if (part.length > 0) yield part;
    if (offset > end) return;
  }
}
