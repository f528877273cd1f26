import {
  parseTagName,
  tagAttribute,
  type BranchName,
  type EventId,
  type FeedSpan,
  type RejectionCode,
  type TagName,
  type Version,
} from '@swarmledger/protocol';
import { ContentWriter } from '../content/content-writer.ts';
import type { ContentVerdict } from '../content/verify-content.ts';
import type { ProjectPlace } from '../directories.ts';
import type { Transaction } from '../fdb/store.ts';
import { packStampedValue } from '../keyspace.ts';
import { decodeTag, encodeTagTail, type TagRecord } from '../tags.ts';
import { applyChange, type ConflictFound } from './apply-change.ts';
import { BranchWriter } from './branch-writer.ts';
import { conflictEventId, createConflictEvent } from './conflict-event.ts';
import { findCommitted } from './find-committed.ts';
import type { ContentFindings } from './find-contents.ts';
import type { PreparedEvent, PreparedMessage, PreparedProject } from './prepare.ts';

/** A run of consecutive events of one branch. */
export interface WrittenSpan extends FeedSpan {
  lastOrder: number;
  readonly commitTimeMs: number;
  bytes: number;
}

/** Where an event is: at a version, or at an order of this very transaction. */
export type WrittenAt =
  { readonly kind: 'before'; readonly version: Version } | { readonly kind: 'now'; readonly order: number };

export type MessageOutcome =
  | {
      readonly kind: 'committed';
      readonly events: readonly { readonly eventId: EventId; readonly at: WrittenAt; readonly duplicate: boolean }[];
      readonly conflicts: number;
    }
  | { readonly kind: 'rejected'; readonly code: RejectionCode; readonly message: string };

/** Writes one project's messages inside one transaction. First `load`, then `append` each message, then `finish`. */
export class ProjectWriter {
  readonly spans: WrittenSpan[] = [];
  /** Events of producers that were written: what their tenant is charged for. */
  chargedEvents = 0;
  readonly #tn: Transaction;
  readonly #place: ProjectPlace;
  readonly #prepared: PreparedProject;
  readonly #findings: ContentFindings;
  readonly #nowMs: number;
  readonly #contents: ContentWriter;
  readonly #branches = new Map<BranchName, BranchWriter | undefined>();
  #known: ReadonlyMap<EventId, Version> = new Map();
  readonly #written = new Map<EventId, number>();
  readonly #oldTags = new Map<TagName, TagRecord | undefined>();
  readonly #newTags = new Map<TagName, { readonly event: PreparedEvent; readonly order: number }>();

  constructor(
    tn: Transaction,
    place: ProjectPlace,
    input: { readonly prepared: PreparedProject; readonly findings: ContentFindings; readonly nowMs: number },
  ) {
    this.#tn = tn;
    this.#place = place;
    this.#prepared = input.prepared;
    this.#findings = input.findings;
    this.#nowMs = input.nowMs;
    this.#contents = new ContentWriter(tn, place.keys);
  }

  /** Ids of the messages' events that are committed already. */
  get known(): ReadonlyMap<EventId, Version> {
    return this.#known;
  }

  /**
   * Reads all that the messages touch, in two rounds. `stale`: staged content changed since it was looked through; nothing may
   * be written then.
   */
  async load(): Promise<'ready' | 'stale'> {
    const events = this.#prepared.messages.flatMap((message) => message.events);
    const branches = new Set(events.map(({ event }) => event.branch));
    const ids = events.map(({ event }) => event.eventId);
    const [known] = await Promise.all([
      findCommitted(this.#tn, this.#place.keys, ids),
      ...[...branches].map((name) => this.#loadBranch(name)),
    ]);
    this.#known = known;
    const added = events.filter(({ event }) => !this.#known.has(event.eventId));
    const loads = await Promise.all([this.#loadContents(added), this.#loadTags(added), this.#loadPaths(added)]);
    return loads[0];
  }

  /** Writes a message, all of it or nothing. `order` is the first free one; `added` says how many it took. */
  async append(
    message: PreparedMessage,
    order: number,
  ): Promise<{ readonly outcome: MessageOutcome; readonly added: number }> {
    const rejection = this.#check(message);
    if (rejection !== undefined) return { outcome: rejection, added: 0 };
    const events: { eventId: EventId; at: WrittenAt; duplicate: boolean }[] = [];
    let next = order;
    let conflicts = 0;
    for (const prepared of message.events) {
      const { eventId } = prepared.event;
      const found = this.#find(eventId);
      events.push({ eventId, at: found ?? { kind: 'now', order: next }, duplicate: found !== undefined });
      if (found !== undefined) continue;
      const conflict = await this.#appendEvent(message, prepared, next++);
      if (conflict === undefined || (await this.#isTaken(conflictEventId(prepared.event)))) continue;
      this.#appendConflict(prepared, conflict, next++);
      conflicts += 1;
    }
    return { outcome: { kind: 'committed', events, conflicts }, added: next - order };
  }

  finish(): void {
    for (const branch of this.#branches.values()) branch?.finish();
    this.#contents.finish();
    for (const [name, { event, order }] of this.#newTags) {
      const moved = this.#oldTags.get(name);
      const tail = encodeTagTail({
        branch: event.event.branch,
        eventId: event.event.eventId,
        setAtMs: this.#nowMs,
        ...(moved === undefined ? {} : { movedFrom: { branch: moved.branch, version: moved.version } }),
      });
      const value = packStampedValue(this.#place.keys.incarnation, order, tail);
      this.#tn.setVersionstampedValueRaw(this.#place.keys.tag(name), value);
    }
  }

  async #loadBranch(name: BranchName): Promise<void> {
    this.#branches.set(name, await BranchWriter.open(this.#tn, this.#place, name, this.#nowMs));
  }

  async #loadContents(added: readonly PreparedEvent[]): Promise<'ready' | 'stale'> {
    const hashes = new Map<string, Uint8Array>();
    const need = (sha256: Uint8Array): void => void hashes.set(Buffer.from(sha256).toString('hex'), sha256);
    for (const { event, content, overflow } of added) {
      if (content !== undefined) need(content.sha256);
      if (overflow !== undefined) need(overflow.sha256);
      const { payload } = event;
      if (payload.kind === 'content_chunk') need(payload.sha256);
      if (payload.kind === 'state_change' && payload.body.kind === 'content_sha256') need(payload.body.sha256);
    }
    const fresh = await Promise.all(
      [...hashes].map(async ([id, sha256]) => this.#findings.isFresh(id, await this.#contents.load(sha256))),
    );
    return fresh.includes(false) ? 'stale' : 'ready';
  }

  async #loadTags(added: readonly PreparedEvent[]): Promise<void> {
    const names = new Set(added.map(readTag).filter((name) => name !== undefined));
    await Promise.all(
      [...names].map(async (name) => {
        const value = await this.#tn.get(this.#place.keys.tag(name));
        this.#oldTags.set(name, value === undefined ? undefined : decodeTag(name, value));
      }),
    );
  }

  async #loadPaths(added: readonly PreparedEvent[]): Promise<void> {
    const loads: Promise<void>[] = [];
    for (const { event } of added) {
      const branch = this.#branches.get(event.branch);
      if (event.payload.kind !== 'state_change' || branch === undefined) continue;
      loads.push(branch.loadPath(event.payload.path));
      if (event.payload.previousPath !== undefined) loads.push(branch.loadPath(event.payload.previousPath));
    }
    await Promise.all(loads);
  }

  #find(eventId: EventId): WrittenAt | undefined {
    const version = this.#known.get(eventId);
    if (version !== undefined) return { kind: 'before', version };
    const order = this.#written.get(eventId);
    return order === undefined ? undefined : { kind: 'now', order };
  }

  /** Everything that can reject a message, before any of it is written. */
  #check(message: PreparedMessage): MessageOutcome | undefined {
    const inline = new Set<string>();
    for (const { event, content } of message.events) {
      if (this.#find(event.eventId) !== undefined) continue;
      if (content !== undefined) inline.add(content.sha256.toString('hex'));
      if (this.#branches.get(event.branch) === undefined) {
        return rejected('unknown_branch', `event ${event.eventId} names branch ${event.branch}, which does not exist`);
      }
      const { payload } = event;
      if (payload.kind !== 'state_change' || payload.body.kind !== 'content_sha256') continue;
      const { sha256 } = payload.body;
      // Somebody's inline content, before it in this very append, may be what it names.
      const isThere =
        this.#contents.verifiedBytes(sha256) !== undefined || inline.has(Buffer.from(sha256).toString('hex'));
      if (isThere) continue;
      const verdict = this.#findings.verdict(message.index, sha256);
      if (verdict.kind === 'mismatch') this.#contents.discard(sha256);
      const rejection = judgeVerdict(event.eventId, sha256, verdict);
      if (rejection !== undefined) return rejection;
    }
    return undefined;
  }

  async #appendEvent(
    message: PreparedMessage,
    prepared: PreparedEvent,
    order: number,
  ): Promise<ConflictFound | undefined> {
    const { event, stored, overflow } = prepared;
    const branch = this.#record(event.branch, event.eventId, order, stored);
    if (overflow !== undefined) this.#contents.put(overflow.sha256, overflow.bytes);
    branch.addEvent(overflow === undefined ? { stored } : { stored, overflowSha256: overflow.sha256 }, order);
    this.chargedEvents += 1;
    const tag = readTag(prepared);
    if (tag !== undefined) this.#newTags.set(tag, { event: prepared, order });
    const { payload } = event;
    if (payload.kind === 'content_chunk') {
      this.#contents.stage(payload.sha256, payload.offset, payload.totalBytes, payload.data);
    }
    if (payload.kind !== 'state_change') return undefined;
    if (payload.body.kind === 'content_sha256') {
      const verdict = this.#findings.verdict(message.index, payload.body.sha256);
      if (verdict.kind === 'complete') this.#contents.adopt(payload.body.sha256, verdict);
    }
    const target = { tn: this.#tn, keys: this.#place.keys, branch, contents: this.#contents };
    return applyChange(target, prepared, payload, order);
  }

  /** The id of a conflict event can be foretold: whoever used it already must not get a second event of that id. */
  async #isTaken(eventId: EventId): Promise<boolean> {
    if (this.#find(eventId) !== undefined) return true;
    return (await this.#tn.get(this.#place.keys.event(eventId))) !== undefined;
  }

  #appendConflict({ event }: PreparedEvent, found: ConflictFound, order: number): void {
    if (event.payload.kind !== 'state_change') return;
    const { commitTimeMs } = this.#branch(event.branch);
    const conflict = createConflictEvent({ ...found, event, change: event.payload }, commitTimeMs);
    const branch = this.#record(event.branch, conflict.event.eventId, order, conflict.raw);
    branch.addEvent({ stored: conflict.raw }, order);
  }

  /** The event's index entry, and its place in the feed. */
  #record(name: BranchName, eventId: EventId, order: number, stored: Uint8Array): BranchWriter {
    const { keys, tenant, project } = this.#place;
    const branch = this.#branch(name);
    this.#written.set(eventId, order);
    this.#tn.setVersionstampedValueRaw(
      keys.event(eventId),
      packStampedValue(keys.incarnation, order, Buffer.from(name)),
    );
    const last = this.spans.at(-1);
    if (last?.branch === name && last.lastOrder + 1 === order) {
      last.lastOrder = order;
      last.bytes += stored.length;
    } else {
      const { commitTimeMs } = branch;
      const span = { tenant, project, branch: name, firstOrder: order, lastOrder: order, commitTimeMs };
      this.spans.push({ ...span, bytes: stored.length });
    }
    return branch;
  }

  #branch(name: BranchName): BranchWriter {
    const branch = this.#branches.get(name);
    if (branch === undefined) throw new RangeError('a branch is written before it is loaded');
    return branch;
  }
}

function judgeVerdict(eventId: EventId, sha256: Uint8Array, verdict: ContentVerdict): MessageOutcome | undefined {
  const content = `content ${Buffer.from(sha256).toString('hex')}`;
  switch (verdict.kind) {
    case 'verified':
    case 'complete':
      return undefined;
    case 'incomplete':
      return rejected(
        'content_missing',
        verdict.need === undefined
          ? `event ${eventId} names ${content}, of which no chunk has arrived`
          : `event ${eventId} names ${content}, of which ${verdict.have} of ${verdict.need} chunks have arrived`,
      );
    case 'mismatch':
      return rejected('content_mismatch', `event ${eventId} names ${content}, but its chunks do not have that hash`);
    default:
      return verdict satisfies never;
  }
}

function rejected(code: RejectionCode, message: string): MessageOutcome {
  return { kind: 'rejected', code, message };
}

function readTag({ event }: PreparedEvent): TagName | undefined {
  const name = event.attributes[tagAttribute];
  return name === undefined ? undefined : parseTagName(name);
}
