import { TransientError } from './errors.ts';

export interface Closeable {
  close(): Promise<void> | void;
}

/**
 * What was opened, and how to close it. Everything opened pushes its own undo in the next line; `close` runs them in reverse,
 * all of them, and then throws the first failure. Idempotent.
 */
export class Scope implements AsyncDisposable {
  readonly #undos: { readonly name: string; readonly undo: () => Promise<void> | void }[] = [];
  #closing: Promise<void> | undefined;

  /** Registers `resource.close()` and hands the resource back. One that comes too late is closed and refused. */
  own<T extends Closeable>(name: string, resource: T): T {
    // Nobody else would close it; how that ends no longer matters to anybody.
    if (this.#closing !== undefined) void (async () => resource.close())().catch(() => undefined);
    this.defer(name, () => resource.close());
    return resource;
  }

  defer(name: string, undo: () => Promise<void> | void): void {
    if (this.#closing !== undefined)
      throw new TransientError('scope_closed', `cannot open ${name}: everything is closing`);
    this.#undos.push({ name, undo });
  }

  close(): Promise<void> {
    this.#closing ??= this.#run();
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #run(): Promise<void> {
    const failures: unknown[] = [];
    for (const { undo } of this.#undos.splice(0).reverse()) {
      try {
        await undo();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
  }
}

/** Runs `body` with a scope that is closed afterwards, whatever happens. The body's error wins over a closing error. */
export async function withScope<T>(body: (scope: Scope) => Promise<T>): Promise<T> {
  const scope = new Scope();
  let result: T;
  try {
    result = await body(scope);
  } catch (error) {
    await scope.close().catch(() => undefined);
    throw error;
  }
  await scope.close();
  return result;
}
