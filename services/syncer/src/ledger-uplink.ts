import type { Ledger, Writer } from '@swarmledger/ledger';
import type { AcceptedBatch, Confirmation, OutgoingBatch, Uplink, UplinkState } from '@swarmledger/outbox';
import { decodeMessage, type EventScope, type TenantId } from '@swarmledger/protocol';
import {
  backoffMs,
  errorCode,
  errorMessage,
  pause,
  silentLogger,
  TransientError,
  type BackoffPolicy,
  type Logger,
} from '@swarmledger/runtime';

export interface LedgerUplinkOptions {
  readonly openLedger: () => Promise<Ledger>;
  /** Of the hub: what is written is fed into ClickHouse with one of them. */
  readonly partitions: number;
  /** Creates a tenant with its first event: for one machine. */
  readonly autoTenants: boolean;
  readonly log?: Logger;
}

const reopen: BackoffPolicy = { initialMs: 250, maxMs: 4_000, attemptsMax: Infinity };

/**
 * The way straight into the ledger, for a machine next to the cluster: one transaction per message, and the ledger's own answer is the
 * receipt. Opens the ledger in the background, for ever.
 */
export function openLedgerUplink(options: LedgerUplinkOptions): Uplink {
  const uplink = new LedgerUplink(options);
  uplink.open();
  return uplink;
}

class LedgerUplink implements Uplink {
  readonly #options: LedgerUplinkOptions;
  readonly #log: Logger;
  readonly #listeners = new Set<(state: UplinkState) => void>();
  readonly #stop = new AbortController();
  readonly #writers = new Map<number, Writer>();
  readonly #known = new Set<TenantId>();
  #problem: { readonly code: string; readonly message: string } | undefined;
  #ledger: Ledger | undefined;
  #state: UplinkState = 'connecting';
  #opening: Promise<void> = Promise.resolve();

  constructor(options: LedgerUplinkOptions) {
    this.#options = options;
    this.#log = options.log ?? silentLogger;
  }

  get state(): UplinkState {
    return this.#state;
  }

  get problem(): { readonly code: string; readonly message: string } | undefined {
    return this.#problem;
  }

  open(): void {
    this.#opening = this.#open();
  }

  onState(listener: (state: UplinkState) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  async publish(batch: OutgoingBatch, { signal }: { readonly signal: AbortSignal }): Promise<AcceptedBatch> {
    const { tenant, project } = batch;
    const ledger = this.#requireLedger();
    const events = decodeMessage(batch.data, 'batch', { tenant, project });
    if (this.#options.autoTenants && !this.#known.has(tenant)) {
      await ledger.tenants.ensure(tenant);
      this.#known.add(tenant);
    }
    const [result] = await this.#writer(ledger, batch)
      .append([{ tenant, project, events }], { signal })
      .catch((error: unknown) => {
        if (errorCode(error) === 'ledger_moved') this.#reopen(ledger);
        throw error;
      });
    const confirmation: Confirmation =
      result?.kind === 'rejected' ? { kind: 'rejected', code: result.code } : { kind: 'committed' };
    return { confirm: async () => confirmation };
  }

  /** Nothing is between this machine's clock and the one that counts. */
  async measureClock(): Promise<number | undefined> {
    return undefined;
  }

  async close(): Promise<void> {
    this.#stop.abort();
    await this.#opening;
    await this.#ledger?.close();
    this.#ledger = undefined;
    this.#setState('closed');
  }

  async #open(): Promise<void> {
    const { signal } = this.#stop;
    for (let failures = 0; !signal.aborted; failures++) {
      try {
        this.#ledger = await this.#options.openLedger();
        this.#problem = undefined;
        return this.#setState('connected');
      } catch (error) {
        this.#problem = { code: errorCode(error), message: errorMessage(error) };
        if (failures === 0) {
          const { code, message: reason } = this.#problem;
          this.#log.warn('ledger not opened, trying on', { code, reason });
        }
        this.#setState('disconnected');
      }
      await pause(
        backoffMs(reopen, failures, () => 0.5 + Math.random() / 2),
        signal,
      );
    }
  }

  /** The data lies elsewhere now: what was opened is the old place. */
  #reopen(moved: Ledger): void {
    if (this.#ledger !== moved) return;
    this.#ledger = undefined;
    this.#writers.clear();
    this.#setState('disconnected');
    this.#opening = this.#opening.then(() => moved.close()).then(() => this.#open());
  }

  #requireLedger(): Ledger {
    if (this.#ledger !== undefined) return this.#ledger;
    throw new TransientError('disconnected', 'the ledger is not open');
  }

  #writer(ledger: Ledger, scope: EventScope): Writer {
    // Any of them will do, as long as somebody feeds it; a project stays with one.
    const partition = hash(`${scope.tenant}/${scope.project}`) % this.#options.partitions;
    let writer = this.#writers.get(partition);
    if (writer === undefined) {
      writer = ledger.partitions.beside(partition);
      this.#writers.set(partition, writer);
    }
    return writer;
  }

  #setState(state: UplinkState): void {
    if (state === this.#state) return;
    this.#state = state;
    for (const listener of [...this.#listeners]) listener(state);
  }
}

/** FNV-1a, 32 bits. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (const byte of Buffer.from(text)) value = Math.imul(value ^ byte, 0x01000193) >>> 0;
  return value;
}
