import type { ProjectHistory, ReadOptions } from '@swarmledger/ledger';
import { parseBranchName, parseVersion } from '@swarmledger/protocol';
import { resolveMoment, type Moment } from '../moment.ts';
import { badRequest } from './errors.ts';
import type { Query } from './query.ts';

/** Where the next page goes on. Callers hand it back as they got it; it pins the moments, so that all pages are of one tree. */
export type CursorFields = Readonly<Record<string, string | number>>;

export function encodeCursor(fields: CursorFields): string {
  return Buffer.from(JSON.stringify(fields)).toString('base64url');
}

/** @param route whose cursor it has to be @throws HttpError invalid_cursor */
export function decodeCursor(text: string, route: string): CursorReader {
  try {
    const fields: unknown = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
    if (typeof fields === 'object' && fields !== null && 'route' in fields && fields.route === route) {
      return new CursorReader({ ...fields });
    }
  } catch {
    // Falls through: not JSON is not a cursor either.
  }
  throw invalid();
}

export class CursorReader {
  readonly #fields: Readonly<Record<string, unknown>>;

  constructor(fields: Readonly<Record<string, unknown>>) {
    this.#fields = fields;
  }

  text(name: string): string {
    const value = this.#fields[name];
    if (typeof value !== 'string') throw invalid();
    return value;
  }

  optionalNumber(name: string): number | undefined {
    const value = this.#fields[name];
    if (value !== undefined && !Number.isSafeInteger(value)) throw invalid();
    return value as number | undefined;
  }
}

/** What of a moment a cursor holds. */
export function momentFields(moment: Moment, prefix = ''): CursorFields {
  return {
    [`${prefix}branch`]: moment.branch,
    [`${prefix}version`]: moment.version,
    ...(moment.eventTimeUs === undefined ? {} : { [`${prefix}event_time_us`]: moment.eventTimeUs }),
  };
}

/** The moment that the cursor pins, or the one that the request names. */
export async function readMoment(
  history: ProjectHistory,
  from: { readonly query: Query; readonly cursor: CursorReader | undefined; readonly prefix?: string },
  options: ReadOptions,
): Promise<Moment> {
  const { query, cursor, prefix = '' } = from;
  // Both are read in any case: a caller repeats its request, and adds the cursor.
  const [branch, asked] = [query.branch(prefix), query.moment(prefix)];
  if (cursor === undefined) return resolveMoment(history, branch, asked, options);
  const version = parseVersion(cursor.text(`${prefix}version`));
  const pinned = parseBranchName(cursor.text(`${prefix}branch`));
  const eventTimeUs = cursor.optionalNumber(`${prefix}event_time_us`);
  const moment = await resolveMoment(history, pinned, { kind: 'version', version }, options);
  return eventTimeUs === undefined ? moment : { ...moment, eventTimeUs };
}

function invalid(): Error {
  return badRequest('invalid_cursor', 'the cursor is not one of this request: start again without it');
}
