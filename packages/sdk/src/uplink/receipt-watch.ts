import type { Bus, ReceiptSubscription } from '@swarmledger/bus';
import type { EventScope } from '@swarmledger/protocol';
import { errorCode, type Logger } from '@swarmledger/runtime';
import type { TrackedBatch } from './tracked-batch.ts';

/** Projects whose announcements are listened to; the one that was used longest ago is given up first. */
const subscriptionsMax = 256;

interface Watched {
  readonly subscription: Promise<ReceiptSubscription>;
  readonly batches: Set<TrackedBatch>;
}

/** Hands announced receipts to the messages that wait for them. What is not announced is asked for: it only makes things faster. */
export class ReceiptWatch {
  readonly #bus: Pick<Bus, 'receipts'>;
  readonly #log: Logger;
  readonly #watched = new Map<string, Watched>();

  constructor(bus: Pick<Bus, 'receipts'>, log: Logger) {
    this.#bus = bus;
    this.#log = log;
  }

  /** Listens for the message from now on; resolves when no announcement can be missed. @throws TransientError */
  async add({ tenant, project }: EventScope, batch: TrackedBatch): Promise<() => void> {
    const key = `${tenant}/${project}`;
    let watched = this.#watched.get(key);
    if (watched === undefined) {
      watched = { subscription: this.#bus.receipts.subscribe(tenant, project), batches: new Set() };
      this.#read(key, watched);
    }
    // The last one used is the last in line.
    this.#watched.delete(key);
    this.#watched.set(key, watched);
    this.#forgetOldest();
    const { batches } = watched;
    batches.add(batch);
    try {
      await watched.subscription;
    } catch (error) {
      batches.delete(batch);
      throw error;
    }
    return () => void batches.delete(batch);
  }

  #read(key: string, watched: Watched): void {
    const read = async (): Promise<void> => {
      for await (const receipts of await watched.subscription) {
        for (const batch of watched.batches) batch.settle(receipts);
      }
    };
    read()
      .catch((error: unknown) => this.#log.debug('receipts are not announced any more', { code: errorCode(error) }))
      .finally(() => {
        if (this.#watched.get(key) === watched) this.#watched.delete(key);
      })
      .catch(() => undefined);
  }

  #forgetOldest(): void {
    for (const [key, { subscription, batches }] of this.#watched) {
      if (this.#watched.size <= subscriptionsMax) return;
      if (batches.size > 0) continue;
      this.#watched.delete(key);
      void subscription.then(
        (opened) => opened.close(),
        () => undefined,
      );
    }
  }
}
