import { PermanentError } from '@swarmledger/runtime';

/** A value of a foreign JSON file together with its place in it: what is wrong with it can be said in one sentence. */
export class JsonField {
  readonly #value: unknown;
  readonly #file: string;
  readonly #place: string;

  /** @param file the file's name @param place such as `trajectory[3].action` */
  constructor(value: unknown, file: string, place: string) {
    this.#value = value;
    this.#file = file;
    this.#place = place;
  }

  /** The member of that name; absent when this is no object. */
  get(name: string): JsonField {
    const place = this.#place === 'its content' ? name : `${this.#place}.${name}`;
    const value = isObject(this.#value) && Object.hasOwn(this.#value, name) ? this.#value[name] : undefined;
    return new JsonField(value, this.#file, place);
  }

  find(...names: readonly string[]): JsonField {
    return names.reduce<JsonField>((field, name) => field.get(name), this);
  }

  /** Absent or null. */
  isAbsent(): boolean {
    return this.#value === undefined || this.#value === null;
  }

  isText(): boolean {
    return typeof this.#value === 'string';
  }

  isTrue(): boolean {
    return this.#value === true;
  }

  /** @throws PermanentError unless it is an object */
  object(): void {
    if (!isObject(this.#value)) throw this.#wrong('an object');
  }

  /** Its elements; undefined when absent. @throws PermanentError when it is something else */
  list(): readonly JsonField[] | undefined {
    if (this.isAbsent()) return undefined;
    if (!Array.isArray(this.#value)) throw this.#wrong('a list');
    return this.#value.map((item: unknown, index) => new JsonField(item, this.#file, `${this.#place}[${index}]`));
  }

  /** @throws PermanentError when absent or not a text */
  text(): string {
    if (typeof this.#value === 'string') return this.#value;
    throw this.#wrong('a text');
  }

  /** Empty when absent. @throws PermanentError when it is something else */
  optionalText(): string {
    return this.isAbsent() ? '' : this.text();
  }

  /** Empty unless it is a text. */
  maybeText(): string {
    return typeof this.#value === 'string' ? this.#value : '';
  }

  /** A text, or a number as text; empty when absent. */
  scalarText(): string {
    return typeof this.#value === 'number' ? String(this.#value) : this.optionalText();
  }

  /** `{ [name]: number }`, or nothing when absent. @throws PermanentError when it is something else */
  optionalNumber<Name extends string>(name: Name): { readonly [Key in Name]?: number } {
    if (this.isAbsent()) return {};
    if (typeof this.#value !== 'number' || !Number.isFinite(this.#value)) throw this.#wrong('a number');
    const found: { [Key in Name]?: number } = {};
    return Object.assign(found, { [name]: this.#value });
  }

  /** A chat message's content: a text, or a list of parts whose texts are joined. */
  messageText(): string {
    if (this.isAbsent() || this.isText()) return this.optionalText();
    return (this.list() ?? []).map((part) => part.get('text').maybeText()).join('\n');
  }

  /** The value inside, when it is JSON text. */
  unwrapJson(): JsonField {
    if (typeof this.#value !== 'string') return this;
    try {
      return new JsonField(JSON.parse(this.#value), this.#file, this.#place);
    } catch {
      return new JsonField(undefined, this.#file, this.#place);
    }
  }

  #wrong(expected: string): PermanentError {
    const problem = this.isAbsent() ? 'is missing' : `is not ${expected}`;
    return new PermanentError('trajectory_invalid', `${this.#file} is not a trajectory: ${this.#place} ${problem}`);
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
