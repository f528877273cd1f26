import type { NatsConnection, Subscription } from 'nats';
import { sleep } from '@swarmledger/runtime';
import type { ConnectionWatch } from './connection-watch.ts';
import { translateError } from './errors.ts';
import { flushWithin } from './flush-within.ts';
import { busLimits } from './limits.ts';
import type { Member, Roster, RosterOptions } from './roster-contract.ts';

/** Not below `swarm.` nor `ledger.`: no tenant may publish here. */
const subject = 'hub.ingestors';
/** Intervals of silence after which somebody is gone. */
const silencesMax = 3;
/** Others answer a newcomer at once: this is for their answers to arrive. */
const firstLookMs = 250;
const decoder = new TextDecoder();

interface Heard {
  readonly member: Member;
  readonly atMs: number;
}

/** Joins, and has heard of everybody who is there. @throws TransientError */
export async function openRoster(
  connection: NatsConnection,
  watch: ConnectionWatch,
  options: RosterOptions,
): Promise<Roster> {
  const roster = new NatsRoster(connection, watch, options);
  await roster.open();
  return roster;
}

class NatsRoster implements Roster {
  readonly #connection: NatsConnection;
  readonly #watch: ConnectionWatch;
  readonly #intervalMs: number;
  readonly #others = new Map<string, Heard>();
  readonly #listeners: (() => void)[] = [];
  #self: Member;
  #subscription: Subscription | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(connection: NatsConnection, watch: ConnectionWatch, options: RosterOptions) {
    this.#connection = connection;
    this.#watch = watch;
    this.#intervalMs = options.intervalMs ?? busLimits.rosterIntervalMs;
    this.#self = { id: options.id, isLeaving: false, holding: [] };
  }

  get self(): Member {
    return this.#self;
  }

  get members(): readonly Member[] {
    const all = [this.#self, ...[...this.#others.values()].map(({ member }) => member)];
    return all.sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  async open(): Promise<void> {
    this.#subscription = this.#connection.subscribe(subject, {
      callback: (error, message) => {
        if (error === null) this.#hear(message.data);
      },
    });
    await this.#connection.flush().catch((error: unknown) => {
      throw translateError(error, 'join the other ingestors');
    });
    this.#say('hello');
    await sleep(firstLookMs);
    this.#timer = setInterval(() => this.#beat(), this.#intervalMs);
  }

  onChange(body: () => void): void {
    this.#listeners.push(body);
  }

  hold(partitions: readonly number[]): void {
    this.#self = { ...this.#self, holding: [...partitions] };
    this.#say('here');
  }

  leave(): void {
    this.#self = { ...this.#self, isLeaving: true };
    this.#say('here');
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#say('bye');
    this.#isClosed = true;
    clearInterval(this.#timer);
    this.#subscription?.unsubscribe();
    if (this.#watch.isConnected) await flushWithin(this.#connection, busLimits.lastWordsMs);
  }

  #beat(): void {
    if (!this.#watch.isConnected) {
      // Nobody is heard, and that says nothing about them.
      for (const [id, { member }] of this.#others) this.#others.set(id, { member, atMs: performance.now() });
      return;
    }
    this.#say('here');
    const oldestMs = performance.now() - silencesMax * this.#intervalMs;
    const gone = [...this.#others].filter(([, { atMs }]) => atMs < oldestMs);
    for (const [id] of gone) this.#others.delete(id);
    if (gone.length > 0) this.#notify();
  }

  #say(word: 'hello' | 'here' | 'bye'): void {
    if (this.#isClosed || this.#connection.isClosed()) return;
    this.#connection.publish(subject, JSON.stringify({ word, ...this.#self }));
  }

  #hear(data: Uint8Array): void {
    const said = parse(data);
    if (said === undefined || said.member.id === this.#self.id) return;
    const { word, member } = said;
    const before = this.#others.get(member.id)?.member;
    if (word === 'bye') this.#others.delete(member.id);
    else this.#others.set(member.id, { member, atMs: performance.now() });
    if (word === 'hello') this.#say('here');
    if (word === 'bye' ? before !== undefined : JSON.stringify(before) !== JSON.stringify(member)) this.#notify();
  }

  #notify(): void {
    for (const body of this.#listeners) body();
  }
}

/** Undefined: whatever it was, no member said it. */
function parse(data: Uint8Array): { readonly word: string; readonly member: Member } | undefined {
  try {
    const { word, id, isLeaving, holding } = JSON.parse(decoder.decode(data)) as Member & { readonly word: string };
    const isShaped = typeof id === 'string' && typeof isLeaving === 'boolean' && Array.isArray(holding);
    return isShaped ? { word, member: { id, isLeaving, holding } } : undefined;
  } catch {
    return undefined;
  }
}
