import { fdbErrorCode } from '../fdb/errors.ts';
import type { NativeDatabase } from '../fdb/package.ts';
import { transactions, type KeySelector, type Step } from './schedule.ts';

type NativeTransaction = ReturnType<NativeDatabase['createTransaction']>;

/** Keys before and behind the schedule's own: no selector reaches further. */
const sentinels = 8;
/** `fdb_transaction_option` 30. */
const nextWriteNoWriteConflictRange = 30;
const stampedKeyType = 14;
const stampedValueType = 15;
const streamingExact = 0;

/** Runs schedules on one database below a prefix, one step after the other. */
export class ScheduleRunner {
  readonly #database: NativeDatabase;
  readonly #prefix: string;
  #stamps: string[] = [];

  constructor(database: NativeDatabase, prefix: string) {
    this.#database = database;
    this.#prefix = prefix;
  }

  /** What each step answered, as text in which stamps are numbered: the same on every implementation. */
  async run(steps: readonly Step[]): Promise<readonly string[]> {
    await this.#begin();
    this.#stamps = [];
    const open = await Promise.all(Array.from({ length: transactions }, () => this.#open()));
    const answers: string[] = [];
    for (const step of steps) {
      try {
        answers.push(this.#hide(await this.#step(open, step)));
      } catch (error) {
        const code = fdbErrorCode(error);
        if (code === undefined) throw error;
        answers.push(`!${code}`);
        // A failed commit leaves its transaction to onError; here it begins anew.
        if (step.op === 'commit') open[step.tn] = await this.#open();
      }
    }
    for (const transaction of open) transaction.cancel();
    answers.push(this.#hide(await this.#readAll()));
    return answers;
  }

  /** With a read version: FoundationDB would take it with the first read that its own writes do not answer. */
  async #open(): Promise<NativeTransaction> {
    const transaction = this.#database.createTransaction();
    await transaction.getReadVersion();
    return transaction;
  }

  async #begin(): Promise<void> {
    const transaction = this.#database.createTransaction();
    transaction.clearRange(this.#key(''), this.#key('\x7f'));
    for (let index = 0; index < sentinels; index++) {
      transaction.set(this.#key(`!${index}`), 'low');
      transaction.set(this.#key(`~${index}`), 'high');
    }
    await transaction.commit();
    // The addon destroys a transaction that nobody refers to any more, with its commit in flight.
    transaction.cancel();
  }

  async #readAll(): Promise<string> {
    const transaction = this.#database.createTransaction();
    const [begin, end] = [this.#key('a'), this.#key('~')];
    const read = await transaction.getRange(begin, false, 1, end, false, 1, 1_000, 0, streamingExact, 1, true, false);
    transaction.cancel();
    return this.#list(read.results);
  }

  async #step(open: NativeTransaction[], step: Step): Promise<string> {
    const transaction = open[step.tn];
    if (transaction === undefined) throw new RangeError('a schedule names a transaction that is not there');
    switch (step.op) {
      case 'get': {
        const value = await transaction.get(this.#key(step.key), step.snapshot);
        return value === undefined ? '-' : `=${value.toString('latin1')}`;
      }
      case 'getKey': {
        const { key, orEqual, offset } = step.selector;
        return this.#name(await transaction.getKey(this.#key(key), orEqual, offset, step.snapshot));
      }
      case 'getRange':
        return this.#getRange(transaction, step);
      case 'set':
        transaction.set(this.#key(step.key), Buffer.from(step.value));
        return '';
      case 'clear':
        transaction.clear(this.#key(step.key));
        return '';
      case 'clearRange':
        transaction.clearRange(this.#key(step.begin), this.#key(step.end));
        return '';
      case 'readConflict':
        transaction.addReadConflictRange(this.#key(step.begin), this.#key(step.end));
        return '';
      case 'writeConflict':
        transaction.addWriteConflictRange(this.#key(step.begin), this.#key(step.end));
        return '';
      case 'atomic':
        transaction.atomicOp(step.type, this.#key(step.key), Buffer.from(step.operand));
        return '';
      case 'stampedKey':
        transaction.atomicOp(stampedKeyType, stamped(this.#key(step.head), step.tail), Buffer.from(step.value));
        return '';
      case 'stampedValue':
        transaction.atomicOp(stampedValueType, this.#key(step.key), stamped(Buffer.from(step.head), step.tail));
        return '';
      case 'noWriteConflict':
        transaction.setOption(nextWriteNoWriteConflictRange, null);
        return '';
      case 'commit':
        return this.#commit(open, step.tn, transaction);
      case 'reset':
        transaction.reset();
        await transaction.getReadVersion();
        return '';
      default:
        return step satisfies never;
    }
  }

  async #getRange(transaction: NativeTransaction, step: Extract<Step, { op: 'getRange' }>): Promise<string> {
    const bound = ({ key, orEqual, offset }: KeySelector): [Buffer, boolean, number] => [
      this.#key(key),
      orEqual,
      offset,
    ];
    const { results, more } = await transaction.getRange(
      ...bound(step.begin),
      ...bound(step.end),
      step.limit,
      0,
      streamingExact,
      1,
      step.snapshot,
      step.reverse,
    );
    return this.#list(results) + (more ? '+' : '');
  }

  async #commit(open: NativeTransaction[], tn: number, transaction: NativeTransaction): Promise<string> {
    // FoundationDB's promise: it must be asked for before the commit and awaited after it.
    const stamp = transaction.getVersionstamp().then(
      (bytes) => this.#stamps.push(bytes.toString('latin1')),
      () => undefined,
    );
    await transaction.commit();
    await stamp;
    open[tn] = await this.#open();
    return 'ok';
  }

  #list(rows: readonly (readonly [Buffer, Buffer])[]): string {
    return rows.map(([key, value]) => `${this.#name(key)}=${value.toString('latin1')}`).join(',');
  }

  #key(name: string): Buffer {
    return Buffer.from(this.#prefix + name, 'latin1');
  }

  #name(key: Buffer): string {
    const name = key.toString('latin1');
    return name.startsWith(this.#prefix) ? name.slice(this.#prefix.length) : 'outside';
  }

  #hide(answer: string): string {
    return this.#stamps.reduce((text, stamp, index) => text.replaceAll(stamp, `<${index}>`), answer);
  }
}

/** Template of a stamped key or value: head, stamp, tail, and where the stamp is. */
function stamped(head: Buffer, tail: string): Buffer {
  const template = Buffer.concat([head, Buffer.alloc(10, 0xff), Buffer.from(tail), Buffer.alloc(4)]);
  template.writeUInt32LE(head.length, template.length - 4);
  return template;
}
