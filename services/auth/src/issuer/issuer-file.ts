import { mkdir, readFile, rename, writeFile, chmod } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Role, SigningKey } from '@swarmledger/identity';
import { PermanentError } from '@swarmledger/runtime';

export interface LocalUser {
  readonly id: string;
  readonly username: string;
  readonly email: string;
  readonly tenant: string;
  readonly role: Role;
  readonly passwordHash: string;
  readonly state: 'pending' | 'enabled';
  readonly createdAtMs: number;
}

export interface LocalAgent {
  readonly clientId: string;
  /** The subject of its tokens. */
  readonly id: string;
  readonly name: string;
  readonly tenant: string;
  readonly secretHash: string;
}

/** Everything that the local issuer knows. Private keys and hashes are in it. */
export interface IssuerState {
  readonly version: 1;
  /** The last one signs; the others are published until their tokens have ended. */
  readonly keys: readonly SigningKey[];
  readonly users: readonly LocalUser[];
  readonly agents: readonly LocalAgent[];
}

const ownerOnly = 0o600;
const emptyState: IssuerState = { version: 1, keys: [], users: [], agents: [] };

/** The issuer's state in one file that only its owner can read. One process has it open; a change is on disk when it resolves. */
export class IssuerFile {
  readonly #file: string;
  #state: IssuerState;
  #last: Promise<unknown> = Promise.resolve();

  private constructor(file: string, state: IssuerState) {
    this.#file = file;
    this.#state = state;
  }

  /** @throws PermanentError issuer_file when it is damaged */
  static async open(file: string): Promise<IssuerFile> {
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined;
      throw error;
    });
    if (text === undefined) return new IssuerFile(file, emptyState);
    await chmod(file, ownerOnly);
    try {
      const state = JSON.parse(text) as IssuerState;
      if (state.version === 1) return new IssuerFile(file, state);
    } catch {
      // Falls through: not ours either.
    }
    throw new PermanentError('issuer_file', `${file} is damaged: put a copy of it back`);
  }

  get state(): IssuerState {
    return this.#state;
  }

  /** One change after the other; one that throws changes nothing. */
  async change(body: (state: IssuerState) => IssuerState): Promise<IssuerState> {
    const change = this.#last.then(async () => {
      const next = body(this.#state);
      await writeFile(`${this.#file}.new`, JSON.stringify(next), { mode: ownerOnly, flush: true });
      await rename(`${this.#file}.new`, this.#file);
      this.#state = next;
      return next;
    });
    this.#last = change.catch(() => undefined);
    return change;
  }
}
