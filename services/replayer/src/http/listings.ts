import type { Branch, StoredEvent, Tag } from '@swarmledger/ledger';
import { agentRoles, parseEventId, parseProjectPath, parseVersion } from '@swarmledger/protocol';
import { diffMoments, type PathDiff } from '../diff.ts';
import type { LogFilter } from '../log.ts';
import { readLog } from '../log.ts';
import { parseMomentTimeMs } from '../moment-time.ts';
import { diffToJson, renderDiff } from '../render/diff.ts';
import { storedEventToJson } from '../render/event.ts';
import { patchStyle } from '../render/style.ts';
import { treeEntryToJson } from '../render/tree.ts';
import { whyToJson } from '../render/why.ts';
import { showEvent } from '../show.ts';
import { readTags } from '../tags.ts';
import { listTree } from '../tree.ts';
import { whyPath, type ChangeReason } from '../why.ts';
import { momentHeaders, momentToJson, sendJson, sendListing, readerOf, sendStream, type Json } from './answer.ts';
import type { Call, Route } from './call.ts';
import { decodeCursor, encodeCursor, momentFields, readMoment, type CursorReader } from './cursor.ts';
import { HttpError } from './errors.ts';

const payloadKinds = ['decision', 'state_change', 'system_signal', 'conflict', 'content_chunk', 'encrypted'] as const;

export const sendBranches: Route = async (call) => {
  const { cursor, limit } = readPaging(call, 'branches');
  const branches = await call.history.branches(readerOf(call));
  const after = cursor?.text('name');
  await sendListing(
    call,
    {
      items: skipPast(branches, after, ({ name }) => name),
      toJson: branchToJson,
      cursorAfter: ({ name }) => encodeCursor({ route: 'branches', name }),
    },
    limit,
  );
};

export const sendTags: Route = async (call) => {
  const prefix = call.query.one('prefix');
  const { cursor, limit } = readPaging(call, 'tags');
  const tags = await readTags(call.history, { ...readerOf(call), ...(prefix === undefined ? {} : { prefix }) });
  await sendListing(
    call,
    {
      items: skipPast(tags, cursor?.text('name'), ({ name }) => name),
      toJson: tagToJson,
      cursorAfter: ({ name }) => encodeCursor({ route: 'tags', name }),
    },
    limit,
  );
};

export const sendLog: Route = async (call) => {
  const branch = call.query.branch();
  const filter = readFilter(call);
  const { cursor, limit } = readPaging(call, 'log');
  const before = cursor === undefined ? {} : { before: parseVersion(cursor.text('version')) };
  await sendListing<StoredEvent>(
    call,
    {
      items: readLog(call.readable, branch, { ...filter, ...before }, readerOf(call)),
      toJson: storedEventToJson,
      cursorAfter: ({ version }) => encodeCursor({ route: 'log', version }),
    },
    limit,
  );
};

export const sendEvent: Route = async ({ readable, query, rest, read, response }) => {
  query.finish();
  const { stored, parent, preview } = await showEvent(readable, parseEventId(rest.join('/')), read);
  sendJson(response, 200, {
    ...storedEventToJson(stored),
    cause: parent === undefined ? null : storedEventToJson(parent),
    preview: preview ?? null,
  });
};

export const sendTree: Route = async (call) => {
  const paths = call.query.many('path');
  const { cursor, limit } = readPaging(call, 'tree', ['']);
  const read = readerOf(call);
  const moment = await readMoment(call.history, { query: call.query, cursor }, read);
  const after = cursor === undefined ? {} : { after: parseProjectPath(cursor.text('path')) };
  await sendListing(
    call,
    {
      items: listTree(call.history, moment, { ...read, paths, ...after }),
      toJson: treeEntryToJson,
      cursorAfter: ({ path }) => encodeCursor({ route: 'tree', ...momentFields(moment), path }),
      about: { moment: momentToJson(moment) },
      headers: momentHeaders(moment),
    },
    limit,
  );
};

export const sendWhy: Route = async (call) => {
  const asked = parseProjectPath(call.rest.join('/'));
  const { cursor, limit } = readPaging(call, 'why', ['']);
  const read = readerOf(call);
  const moment = await readMoment(call.history, { query: call.query, cursor }, read);
  // A page goes on at the last change of the page before, under the name that the path had then.
  const seen = cursor === undefined ? undefined : parseVersion(cursor.text('seen'));
  const path = cursor === undefined ? asked : parseProjectPath(cursor.text('path'));
  const from = seen === undefined ? moment : { ...moment, version: seen };
  await sendListing<ChangeReason>(
    call,
    {
      items: skipVersion(whyPath(call.readable, from, path, read), seen),
      toJson: whyToJson,
      cursorAfter: ({ change }) =>
        encodeCursor({ route: 'why', ...momentFields(moment), path: change.path, seen: change.version }),
      about: { moment: momentToJson(moment) },
      headers: momentHeaders(moment),
    },
    limit,
  );
};

/** JSON tells which paths differ and how much; `text/x-diff` is the patch itself. */
export const sendDiff: Route = async (call) => {
  const { query, history } = call;
  const paths = query.many('path');
  const { cursor, limit } = readPaging(call, 'diff', ['from_', 'to_']);
  // Each pair of contents is read and compared: one page of it is as much work as a stream.
  const read = call.takeStream();
  const from = await readMoment(history, { query, cursor, prefix: 'from_' }, read);
  const to = await readMoment(history, { query, cursor, prefix: 'to_' }, read);
  const after = cursor === undefined ? {} : { after: parseProjectPath(cursor.text('path')) };
  const items = diffMoments(history, { from, to }, { ...read, paths, ...after });
  if ((call.request.headers.accept ?? '').includes('text/x-diff')) {
    return sendStream(call, { 'content-type': 'text/x-diff; charset=utf-8' }, renderPatch(items));
  }
  await sendListing<PathDiff>(
    call,
    {
      items,
      toJson: diffToJson,
      cursorAfter: ({ path }) =>
        encodeCursor({ route: 'diff', ...momentFields(from, 'from_'), ...momentFields(to, 'to_'), path }),
      // A file that becomes a link is two diffs of one path.
      belongTogether: (left, right) => left.path === right.path,
      about: { from: momentToJson(from), to: momentToJson(to) },
    },
    limit,
  );
};

/** The cursor and the page's length. Checks that the request has no parameter but these, its own, and moments of `prefixes`. */
function readPaging(
  call: Call,
  route: string,
  prefixes: readonly string[] = [],
): { readonly cursor: CursorReader | undefined; readonly limit: number | undefined } {
  const { query } = call;
  const text = query.one('cursor');
  const limit = query.one('limit') === undefined ? undefined : query.limit();
  for (const prefix of prefixes) {
    query.branch(prefix);
    query.moment(prefix);
  }
  query.finish();
  return { cursor: text === undefined ? undefined : decodeCursor(text, route), limit };
}

function readFilter({ query }: Call): LogFilter {
  const [agents, paths] = [query.many('agent'), query.many('path')];
  const roles = query.many('role').map((role) => role.toUpperCase());
  const known = roles.map((role) => agentRoles.find((candidate) => candidate === role));
  if (known.includes(undefined)) throw invalidRole();
  const types = query.manyOf('type', payloadKinds);
  const [since, until] = [query.one('since'), query.one('until')];
  return {
    ...(agents.length === 0 ? {} : { agents }),
    ...(roles.length === 0 ? {} : { roles: known.filter((role) => role !== undefined) }),
    ...(types.length === 0 ? {} : { types }),
    ...(paths.length === 0 ? {} : { paths }),
    ...(since === undefined ? {} : { sinceMs: parseMomentTimeMs(since) }),
    ...(until === undefined ? {} : { untilMs: parseMomentTimeMs(until) }),
  };
}

function invalidRole(): Error {
  return new HttpError(400, 'invalid_parameter', `parameter "role" is none of ${agentRoles.join(', ').toLowerCase()}`);
}

async function* skipPast<T>(
  items: readonly T[],
  last: string | undefined,
  nameOf: (item: T) => string,
): AsyncGenerator<T> {
  const at = last === undefined ? -1 : items.findIndex((item) => nameOf(item) === last);
  // A name that is gone since: the listing starts again rather than end early.
  yield* items.slice(at + 1);
}

async function* skipVersion(
  reasons: AsyncIterable<ChangeReason>,
  seen: string | undefined,
): AsyncGenerator<ChangeReason> {
  for await (const reason of reasons) if (reason.change.version !== seen) yield reason;
}

async function* renderPatch(diffs: AsyncIterable<PathDiff>): AsyncGenerator<string> {
  for await (const diff of diffs) yield renderDiff(diff, patchStyle);
}

function branchToJson(branch: Branch): Json {
  const { name, parent, createdBy, reason, createdAtMs } = branch;
  return {
    name,
    parent: parent === undefined ? null : { branch: parent.branch, version: parent.version },
    created_by: createdBy,
    reason,
    created_at: createdAtMs === 0 ? null : new Date(createdAtMs).toISOString(),
  };
}

function tagToJson(tag: Tag): Json {
  return {
    name: tag.name,
    branch: tag.branch,
    version: tag.version,
    event_id: tag.eventId === '' ? null : tag.eventId,
    set_at: new Date(tag.setAtMs).toISOString(),
  };
}
