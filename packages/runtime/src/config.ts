import { readFileSync } from 'node:fs';
import { errorMessage, PermanentError } from './errors.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

const prefix = 'configuration: ';

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

  /** Notes a problem that the reader's own methods do not look for: it must name the variable, never a value. */
  problem(sentence: string): void {
    this.#problems.push(sentence);
  }

  /** A part that another reader knows: its problems join these, and then `finish` throws before anybody sees the part. */
  include<T>(body: () => T): T {
    try {
      return body();
    } catch (error) {
      if (!(error instanceof PermanentError) || error.code !== 'invalid_config') throw error;
      this.#problems.push(error.message.replace(prefix, ''));
      return undefined as T;
    }
  }

  /** @throws PermanentError `invalid_config` naming every problem */
  finish<T extends object>(config: T): Readonly<T> {
    if (this.#problems.length > 0) {
      throw new PermanentError('invalid_config', `${prefix}${this.#problems.join('; ')}`);
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

/**
 * A service's configuration from its environment over a file: `SWARMLEDGER_CONFIG_FILE` holds `NAME=value` lines (a mounted
 * ConfigMap, say; `#` begins a comment line), and for a name that ends in PASSWORD or SECRET, `NAME_FILE` names a file that holds
 * its value alone (a mounted Secret). The environment wins.
 *
 * @throws PermanentError `invalid_config` naming every file that cannot be read, every line that is none, and what `load` finds
 */
export function loadSettings<T extends object>(environment: Environment, load: (merged: Environment) => T): T {
  const problems = new ConfigReader({});
  const merged = mergeFiles(environment, problems);
  return problems.finish(problems.include(() => load(merged)));
}

function mergeFiles(environment: Environment, problems: ConfigReader): Environment {
  const read = (name: string, file: string): string => {
    try {
      return readFileSync(file, 'utf8');
    } catch (error) {
      problems.problem(`${name} names a file that cannot be read (${errorMessage(error)})`);
      return '';
    }
  };
  const merged: Record<string, string | undefined> = {};
  const file = environment['SWARMLEDGER_CONFIG_FILE'];
  for (const [index, line] of (file ? read('SWARMLEDGER_CONFIG_FILE', file) : '').split('\n').entries()) {
    if (/^\s*(#|$)/.test(line)) continue;
    const [, name, value] = /^\s*([A-Z][A-Z0-9_]*)=(.*?)\s*$/.exec(line) ?? [];
    if (name === undefined) problems.problem(`line ${index + 1} of ${file} is not NAME=value`);
    else merged[name] = value;
  }
  for (const [name, value] of Object.entries(environment)) if (value) merged[name] = value;
  for (const [name, value] of Object.entries(merged)) {
    const [, target] = /^(SWARMLEDGER_(?:[A-Z0-9_]+_)?(?:PASSWORD|SECRET))_FILE$/.exec(name) ?? [];
    // Of a secret's file the last line end is the editor's.
    if (target && value) merged[target] ??= read(name, value).replace(/\r?\n$/, '');
  }
  return merged;
}
