import { TransientError } from '@swarmledger/runtime';

interface WaitingCall {
  readonly admit: () => void;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
  readonly bytes: number;
}

/**
 * Lets calls in strictly in the order they came: at once while there is room, else when there is again. What waits is bounded
 * too, in calls and in bytes.
 */
export class Gate {
  readonly #hasRoom: () => boolean;
  readonly #limits: { readonly callsMax: number; readonly bytesMax: number };
  readonly #waiting: WaitingCall[] = [];
  #waitingBytes = 0;

  constructor(hasRoom: () => boolean, limits: { readonly callsMax: number; readonly bytesMax: number }) {
    this.#hasRoom = hasRoom;
    this.#limits = limits;
  }

  /** Calls that wait. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** Runs `admit` now or later; the promise says when. @throws TransientError buffer_full, at once: nothing was taken */
  enter(bytes: number, admit: () => void): Promise<void> {
    if (this.#waiting.length === 0 && this.#hasRoom()) {
      admit();
      return Promise.resolve();
    }
    if (this.#waiting.length >= this.#limits.callsMax || this.#waitingBytes >= this.#limits.bytesMax) {
      throw new TransientError(
        'buffer_full',
        `${this.#waiting.length} calls wait for room already: await each record, or slow down`,
      );
    }
    this.#waitingBytes += bytes;
    return new Promise((resolve, reject) => this.#waiting.push({ admit, resolve, reject, bytes }));
  }

  /** There may be room now. */
  open(): void {
    while (this.#hasRoom()) {
      const call = this.#waiting.shift();
      if (call === undefined) return;
      this.#waitingBytes -= call.bytes;
      call.admit();
      call.resolve();
    }
  }

  /** Refuses every call that waits. */
  refuseAll(error: Error): void {
    for (const call of this.#waiting.splice(0)) call.reject(error);
    this.#waitingBytes = 0;
  }
}
