import { HttpError } from './errors.ts';

/** Counts work under way, in all and for each tenant. Whoever comes too much is told to come back: nobody waits in a queue. */
export class Slots {
  readonly #max: number;
  readonly #perTenantMax: number;
  readonly #tenants = new Map<string, number>();
  #taken = 0;

  constructor(max: number, perTenantMax: number) {
    this.#max = max;
    this.#perTenantMax = perTenantMax;
  }

  get taken(): number {
    return this.#taken;
  }

  /** @returns what gives the place back @throws HttpError busy (503), too_many_requests (429) */
  take(tenant: string): () => void {
    const again = { 'retry-after': '1' };
    const own = this.#tenants.get(tenant) ?? 0;
    if (own >= this.#perTenantMax) {
      const message = `your tenant has ${own} of these under way, the most that it may: wait for one to end`;
      throw new HttpError(429, 'too_many_requests', message, again);
    }
    if (this.#taken >= this.#max) throw new HttpError(503, 'busy', 'the service is busy: try again', again);
    this.#taken += 1;
    this.#tenants.set(tenant, own + 1);
    let given = false;
    return () => {
      if (given) return;
      given = true;
      this.#taken -= 1;
      const left = (this.#tenants.get(tenant) ?? 1) - 1;
      if (left === 0) this.#tenants.delete(tenant);
      else this.#tenants.set(tenant, left);
    };
  }
}
