export interface InFlightBounds {
  readonly countMax: number;
  readonly bytesMax: number;
}

interface Waiting {
  readonly bytes: number;
  readonly enter: () => void;
}

/** Lets work in first come, first served, while it fits in both bounds. What is larger than all of it goes alone. */
export class InFlightGate {
  readonly #bounds: InFlightBounds;
  readonly #waiting: Waiting[] = [];
  readonly #idle: (() => void)[] = [];
  #count = 0;
  #bytes = 0;

  constructor(bounds: InFlightBounds) {
    this.#bounds = bounds;
  }

  /** Resolves once there is room; whoever entered must leave with the same number of bytes. */
  async enter(bytes: number): Promise<void> {
    if (this.#waiting.length === 0 && this.#fits(bytes)) {
      this.#count += 1;
      this.#bytes += bytes;
      return;
    }
    await new Promise<void>((enter) => this.#waiting.push({ bytes, enter }));
  }

  leave(bytes: number): void {
    this.#count -= 1;
    this.#bytes -= bytes;
    for (let next = this.#waiting[0]; next !== undefined && this.#fits(next.bytes); next = this.#waiting[0]) {
      this.#waiting.shift();
      // Counted here, not by the one who wakes up: nobody may slip in between.
      this.#count += 1;
      this.#bytes += next.bytes;
      next.enter();
    }
    if (this.#count === 0) for (const resolve of this.#idle.splice(0)) resolve();
  }

  /** Resolves when nothing is in flight and nothing waits. */
  async whenIdle(): Promise<void> {
    if (this.#count > 0) await new Promise<void>((resolve) => this.#idle.push(resolve));
  }

  #fits(bytes: number): boolean {
    if (this.#count === 0) return true;
    return this.#count < this.#bounds.countMax && this.#bytes + bytes <= this.#bounds.bytesMax;
  }
}
