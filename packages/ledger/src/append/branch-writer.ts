import { encodeHistoryRecord, encodePathRecord, type BranchName, type PathRecord } from '@swarmledger/protocol';
import type { ProjectPlace } from '../directories.ts';
import type { Transaction } from '../fdb/store.ts';
import { packStampedValue } from '../keyspace.ts';
import type { Lineage } from '../lineage.ts';
import { readHead } from '../read/heads.ts';
import { readPathState } from '../read/path-states.ts';
import { encodeHeadTail, type HeadRecord } from '../values.ts';

/** One event as the branch keeps it. */
export interface BranchEvent {
  readonly stored: Uint8Array;
  /** Set when `stored` is in the content store instead. */
  readonly overflowSha256?: Buffer;
}

/** Writes to one branch inside one transaction. It reads everything first: what it writes is not readable before the commit. */
export class BranchWriter {
  /** Of every event that this transaction adds to the branch. */
  readonly commitTimeMs: number;
  readonly #tn: Transaction;
  readonly #incarnation: number;
  readonly #lineage: Lineage;
  readonly #head: HeadRecord | undefined;
  readonly #paths = new Map<string, PathRecord | undefined>();
  readonly #changedPaths = new Map<string, number>();
  #events = 0;
  #lastOrder = 0;

  private constructor(
    tn: Transaction,
    incarnation: number,
    lineage: Lineage,
    head: HeadRecord | undefined,
    nowMs: number,
  ) {
    this.#tn = tn;
    this.#incarnation = incarnation;
    this.#lineage = lineage;
    this.#head = head;
    // The hub's clock may step back; history's does not.
    this.commitTimeMs = Math.max(nowMs, head?.commitTimeMs ?? lineage.forkTimeMs);
  }

  /** Undefined: there is no such branch. */
  static async open(
    tn: Transaction,
    place: ProjectPlace,
    name: BranchName,
    nowMs: number,
  ): Promise<BranchWriter | undefined> {
    const [lineage, head] = await Promise.all([place.lineages.find(tn, name), readHead(tn, place.keys.branch(name))]);
    if (lineage === undefined) return undefined;
    return new BranchWriter(tn, place.keys.incarnation, lineage, head, nowMs);
  }

  get name(): BranchName {
    return this.#lineage.branch.name;
  }

  /** Every path has to be loaded before it is looked at or changed. */
  async loadPath(path: string): Promise<void> {
    if (this.#paths.has(path)) return;
    this.#paths.set(path, undefined);
    this.#paths.set(path, await readPathState(this.#tn, this.#lineage.levels, path));
  }

  /** The path after everything that was written so far, this transaction included. Undefined: it never was. */
  path(path: string): PathRecord | undefined {
    if (!this.#paths.has(path)) throw new RangeError('a path is looked at before it is loaded');
    return this.#paths.get(path);
  }

  addEvent(event: BranchEvent, order: number): void {
    const record = {
      event: event.overflowSha256 === undefined ? event.stored : new Uint8Array(),
      commitTimeMs: this.commitTimeMs,
      ...(event.overflowSha256 === undefined ? {} : { overflowSha256: event.overflowSha256 }),
    };
    this.#tn.setVersionstampedKeyRaw(this.#own.history.next(order), encodeHistoryRecord(record));
    this.#events += 1;
    this.#lastOrder = order;
  }

  changePath(path: string, record: PathRecord, order: number): void {
    this.#paths.set(path, record);
    this.#changedPaths.set(path, order);
    this.#tn.setVersionstampedKeyRaw(this.#own.path(path).next(order), encodePathRecord(record));
  }

  finish(): void {
    if (this.#events === 0) return;
    for (const [path, order] of this.#changedPaths) {
      const record = this.#paths.get(path);
      if (record === undefined) continue;
      const value = packStampedValue(this.#incarnation, order, encodePathRecord(record));
      this.#tn.setVersionstampedValueRaw(this.#own.state(path), value);
    }
    const tail = encodeHeadTail(this.commitTimeMs, (this.#head?.events ?? 0) + this.#events);
    this.#tn.setVersionstampedValueRaw(this.#own.head, packStampedValue(this.#incarnation, this.#lastOrder, tail));
    this.#tn.setVersionstampedKeyRaw(this.#own.nextTime(this.commitTimeMs, this.#lastOrder), Buffer.alloc(0));
  }

  get #own(): Lineage['levels'][0]['keys'] {
    return this.#lineage.levels[0].keys;
  }
}
