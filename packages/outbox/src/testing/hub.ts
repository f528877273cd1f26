import { decodeMessage, ProtocolError, type RejectionCode, type SwarmEvent } from '@swarmledger/protocol';
import { TransientError } from '@swarmledger/runtime';
import type { OutgoingBatch } from '../contract.ts';
import type { AcceptedBatch, Confirmation, Uplink, UplinkState } from '../syncer/contract.ts';

/** What may stand between the syncer and a commit. */
export interface HubBehaviour {
  /** Throws, or lets it pass. */
  beforePublish?: (batch: OutgoingBatch, attempt: number) => void | Promise<void>;
  /** A code: the whole message is refused. */
  refuse?: (event: SwarmEvent) => RejectionCode | undefined;
  /** Undefined: the ledger's word. */
  confirm?: (batch: OutgoingBatch, attempt: number) => Confirmation | undefined;
  clockOffsetUs?: number;
}

/** The port's other side in memory: keeps each event once, in the order of its commits, as the ledger does. */
export class MemoryHub implements Uplink {
  readonly behaviour: HubBehaviour;
  readonly events: SwarmEvent[] = [];
  readonly batches: OutgoingBatch[] = [];
  state: UplinkState = 'connected';
  problem: { readonly code: string; readonly message: string } | undefined;
  readonly #ids = new Set<string>();
  readonly #listeners = new Set<(state: UplinkState) => void>();
  #attempt = 0;

  constructor(behaviour: HubBehaviour = {}) {
    this.behaviour = behaviour;
  }

  setState(state: UplinkState): void {
    this.state = state;
    this.problem = state === 'connected' ? undefined : { code: state, message: `it is ${state}` };
    for (const listener of [...this.#listeners]) listener(state);
  }

  onState(listener: (state: UplinkState) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  async publish(batch: OutgoingBatch): Promise<AcceptedBatch> {
    const attempt = ++this.#attempt;
    if (this.state !== 'connected') throw new TransientError('disconnected', 'no connection');
    await this.behaviour.beforePublish?.(batch, attempt);
    this.batches.push(batch);
    const word = this.#commit(batch);
    return { confirm: async () => this.behaviour.confirm?.(batch, attempt) ?? word };
  }

  async measureClock(): Promise<number | undefined> {
    return this.behaviour.clockOffsetUs;
  }

  async close(): Promise<void> {
    this.setState('closed');
  }

  #commit(batch: OutgoingBatch): Confirmation {
    try {
      const events = decodeMessage(batch.data, 'batch', batch).map(({ event }) => event);
      for (const event of events) {
        const code = this.behaviour.refuse?.(event);
        if (code !== undefined) return { kind: 'rejected', code };
      }
      for (const event of events) {
        if (this.#ids.has(event.eventId)) continue;
        this.#ids.add(event.eventId);
        this.events.push(event);
      }
      return { kind: 'committed' };
    } catch (error) {
      if (error instanceof ProtocolError) return { kind: 'rejected', code: error.code };
      throw error;
    }
  }
}
