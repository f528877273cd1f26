/**
 * Runs tasks side by side, at most `tasksMax` at once: `run` waits for a free place, so whoever produces tasks is slowed
 * down to the speed of the work. After the first failure nothing more is started and `run` and `drain` throw it.
 */
export class TaskPool {
  readonly #tasksMax: number;
  readonly #running = new Set<Promise<void>>();
  #failure: Error | undefined;
  readonly #onFailure: () => void;

  /** @param onFailure called once, at the first failure: the place to stop tasks that are under way */
  constructor(tasksMax: number, onFailure: () => void = () => undefined) {
    this.#tasksMax = tasksMax;
    this.#onFailure = onFailure;
  }

  /** The first failure. */
  get failure(): Error | undefined {
    return this.#failure;
  }

  /** Resolves when the task is started. */
  async run(task: () => Promise<void>): Promise<void> {
    while (this.#running.size >= this.#tasksMax) await Promise.race(this.#running);
    this.#throwFailure();
    const running = task()
      .catch((error: unknown) => {
        if (this.#failure !== undefined) return;
        this.#failure = error instanceof Error ? error : new Error(String(error));
        this.#onFailure();
      })
      .finally(() => this.#running.delete(running));
    this.#running.add(running);
  }

  /** Resolves when all tasks are done. */
  async drain(): Promise<void> {
    await this.settle();
    this.#throwFailure();
  }

  /** Waits until no task runs any more; never throws. */
  async settle(): Promise<void> {
    await Promise.all(this.#running);
  }

  #throwFailure(): void {
    if (this.#failure !== undefined) throw this.#failure;
  }
}
