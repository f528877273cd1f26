import { encryptionLimits, sealPayload, type DataKeys, type DataKeySource } from '@swarmledger/encryption';
import type { SwarmEvent } from '@swarmledger/protocol';
import { errorCode, errorMessage, PermanentError, silentLogger, type Logger } from '@swarmledger/runtime';

export interface EncryptionOptions {
  /** `createAgentDataKeys`. */
  readonly keys: DataKeySource;
  /**
   * `reasoning` (the default): decisions and signals; the hub goes on reading changes, and restores files of them. `everything`: changes
   * too; then they are in the history of who has the key, and nowhere else: not in the tree, a restore or `why`.
   */
  readonly covers?: 'reasoning' | 'everything';
}

export interface Sealer {
  /** At once, with the keys that are known. @throws PermanentError content_not_encryptable, data_key_spent */
  seal(event: SwarmEvent): SwarmEvent;
  close(): void;
}

/** What is recorded goes as it is. */
export const noSealer: Sealer = { seal: (event) => event, close: () => undefined };

export interface SealerLimits {
  readonly refreshMs: number;
  readonly eventsPerKey: number;
}

/** A new key is heard of within the hour; until then, and while the auth service is away, the old one is as good. */
const sealerLimits: SealerLimits = {
  refreshMs: 60 * 60_000,
  eventsPerKey: encryptionLimits.eventsPerKeyTarget,
};

/** Has keys when it resolves. @throws what `keys.load` throws */
export async function openSealer(
  options: EncryptionOptions | undefined,
  log: Logger = silentLogger,
  limits = sealerLimits,
): Promise<Sealer> {
  if (options === undefined) return noSealer;
  return new KeySealer(options, await options.keys.load(), { log, limits });
}

class KeySealer implements Sealer {
  readonly #options: EncryptionOptions;
  readonly #log: Logger;
  readonly #limits: SealerLimits;
  readonly #timer: NodeJS.Timeout;
  #keys: DataKeys;
  /** Under the current key. */
  #sealed = 0;

  constructor(
    options: EncryptionOptions,
    keys: DataKeys,
    { log, limits }: { readonly log: Logger; readonly limits: SealerLimits },
  ) {
    this.#options = options;
    this.#keys = keys;
    this.#log = log;
    this.#limits = limits;
    this.#timer = setInterval(() => void this.#refresh(), limits.refreshMs);
    // Nobody waits for a key that nobody uses.
    this.#timer.unref();
  }

  seal(event: SwarmEvent): SwarmEvent {
    if (!this.#covers(event)) return event;
    if (this.#sealed >= this.#limits.eventsPerKey)
      throw new PermanentError('data_key_spent', 'this process has encrypted all that one data key may: connect again');
    this.#sealed += 1;
    return { ...event, payload: sealPayload(this.#keys.current, event, event.payload) };
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #covers({ payload }: SwarmEvent): boolean {
    const isEverything = this.#options.covers === 'everything';
    switch (payload.kind) {
      case 'decision':
      case 'system_signal':
        return true;
      case 'state_change':
        return isEverything;
      case 'content_chunk':
        if (!isEverything) return false;
        throw new PermanentError(
          'content_not_encryptable',
          'content above 512 KiB travels in chunks that the hub puts together: it cannot be encrypted',
        );
      case 'conflict':
      case 'encrypted':
        return false;
      default:
        return payload satisfies never;
    }
  }

  async #refresh(): Promise<void> {
    try {
      const keys = await this.#options.keys.load();
      if (keys.current.id !== this.#keys.current.id) this.#sealed = 0;
      this.#keys = keys;
    } catch (error) {
      this.#log.warn('data keys not refreshed', { code: errorCode(error), reason: errorMessage(error) });
    }
  }
}
