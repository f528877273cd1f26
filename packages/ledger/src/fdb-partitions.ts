import { randomUUID } from 'node:crypto';
import { appendMessages, type Appender } from './append/append-messages.ts';
import { leaseLost } from './append/append-transaction.ts';
import type { Directories } from './directories.ts';
import { assertWritable } from './identity.ts';
import type { Store } from './fdb/store.ts';
import type { AppendMessage, AppendResult, Lease, Partitions, Writer } from './partitions.ts';
import { encodeJson } from './values.ts';

export interface LeaseDependencies {
  readonly store: Store;
  readonly directories: Directories;
  readonly clock: () => number;
}

export class FdbPartitions implements Partitions {
  readonly #dependencies: LeaseDependencies;

  constructor(dependencies: LeaseDependencies) {
    this.#dependencies = dependencies;
  }

  async acquire(partition: number, owner: string): Promise<Lease> {
    const { store, directories, clock } = this.#dependencies;
    // The token tells two leases of one owner apart: a process that restarts is another owner.
    const lease = encodeJson({ owner, token: randomUUID(), acquiredAtMs: clock() });
    await store.transact(async (tn) => {
      await assertWritable(tn, directories.identity, directories.incarnation);
      tn.set(directories.leases.lease(partition), lease);
    });
    return new FdbLease({ ...this.#dependencies, partition, lease }, owner);
  }

  beside(partition: number): Writer {
    const appender: Appender = { ...this.#dependencies, partition, lease: undefined };
    return { partition, append: (messages, options = {}) => appendMessages(appender, messages, options) };
  }
}

type LeasedAppender = Appender & { readonly lease: Buffer };

class FdbLease implements Lease {
  readonly partition: number;
  readonly owner: string;
  readonly #appender: LeasedAppender;

  constructor(appender: LeasedAppender, owner: string) {
    this.partition = appender.partition;
    this.owner = owner;
    this.#appender = appender;
  }

  append(
    messages: readonly AppendMessage[],
    options: { readonly signal?: AbortSignal } = {},
  ): Promise<readonly AppendResult[]> {
    return appendMessages(this.#appender, messages, options);
  }

  async confirm(): Promise<void> {
    const { store, directories, lease, partition } = this.#appender;
    const held = await store.read((tn) => tn.get(directories.leases.lease(partition)));
    if (held?.equals(lease) !== true) throw leaseLost(partition);
  }

  async release(): Promise<void> {
    const { store, directories, lease, partition } = this.#appender;
    const key = directories.leases.lease(partition);
    await store.transact(async (tn) => {
      if ((await tn.get(key))?.equals(lease)) tn.clear(key);
    });
  }
}
