import { PermanentError } from './errors.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** Reads one variable each; problems are collected, so that a person sees all of them at once. */
export class ConfigReader {
  readonly #environment: Environment;
  readonly #problems: string[] = [];

  constructor(environment: Environment) {
    this.#environment = environment;
  }

  text(name: string, fallback?: string): string {
    const value = this.#environment[name];
    if (value !== undefined && value !== '') return value;
    if (fallback === undefined) this.#problems.push(`${name} is required`);
    return fallback ?? '';
  }

  optionalText(name: string): string | undefined {
    return this.#environment[name] || undefined;
  }

  integer(name: string, fallback: number, range: { readonly min: number; readonly max: number }): number {
    const value = this.#environment[name];
    if (value === undefined || value === '') return fallback;
    const number = Number(value);
    if (Number.isSafeInteger(number) && number >= range.min && number <= range.max) return number;
    this.#problems.push(`${name} is not a whole number from ${range.min} to ${range.max}`);
    return fallback;
  }

  boolean(name: string, fallback: boolean): boolean {
    const value = this.#environment[name];
    if (value === undefined || value === '') return fallback;
    if (value === 'true' || value === '1') return true;
    if (value === 'false' || value === '0') return false;
    this.#problems.push(`${name} is neither true nor false`);
    return fallback;
  }

  oneOf<const Name extends string>(name: string, names: readonly Name[], fallback: Name): Name {
    const value = this.#environment[name];
    if (value === undefined || value === '') return fallback;
    const found = names.find((candidate) => candidate === value);
    if (found === undefined) this.#problems.push(`${name} is none of ${names.join(', ')}`);
    return found ?? fallback;
  }

  secret(name: string): Secret | undefined {
    const value = this.#environment[name];
    return value === undefined || value === '' ? undefined : new Secret(value);
  }

  /** @throws PermanentError `invalid_config` naming every problem */
  finish<T extends object>(config: T): Readonly<T> {
    if (this.#problems.length > 0) {
      throw new PermanentError('invalid_config', `configuration: ${this.#problems.join('; ')}`);
    }
    return Object.freeze(config);
  }
}

/** A value that prints as `[secret]` wherever it is logged or serialised. */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return '[secret]';
  }

  toJSON(): string {
    return '[secret]';
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return '[secret]';
  }
}
