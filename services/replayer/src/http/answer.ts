import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Moment } from '../moment.ts';
import type { Call } from './call.ts';
import { httpLimits } from './limits.ts';

export type Json = Readonly<Record<string, unknown>>;

/** On every answer: what agents have written is data, whatever a browser would make of it. */
export const safeHeaders = {
  'x-content-type-options': 'nosniff',
  'content-security-policy': "default-src 'none'; sandbox",
  'cache-control': 'private, no-cache',
  vary: 'authorization, accept',
} as const;

export function sendJson(response: ServerResponse, status: number, body: Json, headers: Json = {}): void {
  const bytes = Buffer.from(`${JSON.stringify(body)}\n`);
  response
    .writeHead(status, {
      ...safeHeaders,
      'content-type': 'application/json; charset=utf-8',
      'content-length': bytes.length,
      ...(headers as Record<string, string>),
    })
    .end(bytes);
}

export interface Listing<T> {
  readonly items: AsyncIterable<T>;
  readonly toJson: (item: T) => Json;
  /** Where the page after this item begins. */
  readonly cursorAfter: (item: T) => string;
  /** A page does not end between two of these. */
  readonly belongTogether?: (left: T, right: T) => boolean;
  /** Beside the items. */
  readonly about?: Json;
  readonly headers?: Json;
}

/** How a listing is read: page by page, or as a stream that takes one of the places for those. */
export function readerOf(call: Call): Call['read'] {
  return wantsNdjson(call) ? call.takeStream() : call.read;
}

/**
 * A page as JSON, `{ …about, items, next_cursor }`, or, when the caller accepts `application/x-ndjson`, everything from the cursor
 * on, a line for each item, as fast as it is read.
 */
export async function sendListing<T>(call: Call, listing: Listing<T>, limit: number | undefined): Promise<void> {
  if (wantsNdjson(call)) {
    const headers = { 'content-type': 'application/x-ndjson; charset=utf-8', ...listing.headers };
    return sendStream(call, headers, toLines(listing, limit));
  }
  const { items, nextCursor } = await readPage(listing, limit ?? httpLimits.pageItemsDefault);
  sendJson(call.response, 200, { ...listing.about, items, next_cursor: nextCursor }, listing.headers);
}

function wantsNdjson({ request }: Call): boolean {
  return (request.headers.accept ?? '').includes('application/x-ndjson');
}

async function readPage<T>(
  listing: Listing<T>,
  limit: number,
): Promise<{ readonly items: readonly Json[]; readonly nextCursor: string | null }> {
  const items: Json[] = [];
  let bytes = 0;
  let last: T | undefined;
  for await (const item of listing.items) {
    const isFull = items.length >= limit || bytes >= httpLimits.pageBytesTarget;
    if (last !== undefined && isFull && listing.belongTogether?.(last, item) !== true) {
      return { items, nextCursor: listing.cursorAfter(last) };
    }
    const json = listing.toJson(item);
    items.push(json);
    bytes += JSON.stringify(json).length;
    last = item;
  }
  return { items, nextCursor: null };
}

async function* toLines<T>({ items, toJson }: Listing<T>, limit = Infinity): AsyncGenerator<string> {
  let count = 0;
  for await (const item of items) {
    yield `${JSON.stringify(toJson(item))}\n`;
    count += 1;
    if (count >= limit) return;
  }
}

/**
 * Sends pieces as they come, at the reader's speed. What fails before the first piece is an error's answer; what fails later cuts
 * the connection, so that the reader cannot take a part for the whole.
 */
export async function sendStream(
  { request, response, gone }: Call,
  headers: Json,
  pieces: AsyncIterable<Buffer | string>,
  status: 200 | 206 = 200,
): Promise<void> {
  const iterator = pieces[Symbol.asyncIterator]();
  const first = request.method === 'HEAD' ? undefined : await iterator.next();
  response.writeHead(status, { ...safeHeaders, ...(headers as Record<string, string>) });
  if (first === undefined || first.done === true) {
    await iterator.return?.();
    response.end();
    return;
  }
  await pipeline(Readable.from(putBack(first.value, iterator), { objectMode: true }), response, {
    signal: gone,
  });
}

async function* putBack<T>(first: T, rest: AsyncIterator<T>): AsyncGenerator<T> {
  try {
    yield first;
    for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value;
  } finally {
    await rest.return?.();
  }
}

/** A moment as it stands in answers: for ever the same when it is asked for by version. */
export function momentToJson(moment: Moment): Json {
  return {
    branch: moment.branch,
    version: moment.version,
    commit_time: new Date(moment.commitTimeMs).toISOString(),
    ...(moment.eventTimeUs === undefined ? {} : { event_time_us: moment.eventTimeUs }),
    description: moment.description,
  };
}

export function momentHeaders(moment: Moment): Json {
  return { 'swarmledger-branch': moment.branch, 'swarmledger-version': moment.version };
}
