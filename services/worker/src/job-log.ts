import type { JobQueue } from '@swarmledger/bus';
import type { EventId, TenantId } from '@swarmledger/protocol';
import { errorCode, errorMessage, type Logger } from '@swarmledger/runtime';

/** Of one attempt: an agent that prints for ever costs this much, and says so. Characters. */
const logLengthMax = 4_000_000;
/** One message. */
const pieceLengthMax = 100_000;
const flushMs = 500;

/** Carries an agent's text to the job's log, in pieces. A log that cannot be written never keeps the job from being done. */
export class JobLog {
  readonly #jobs: Pick<JobQueue, 'writeLog'>;
  readonly #tenant: TenantId;
  readonly #id: EventId;
  readonly #log: Logger;
  readonly #timer: NodeJS.Timeout;
  #text = '';
  #length = 0;
  #writing: Promise<void> = Promise.resolve();

  constructor(jobs: Pick<JobQueue, 'writeLog'>, job: { readonly tenant: TenantId; readonly id: EventId }, log: Logger) {
    this.#jobs = jobs;
    this.#tenant = job.tenant;
    this.#id = job.id;
    this.#log = log;
    this.#timer = setInterval(() => this.#flush(), flushMs);
  }

  add(line: string): void {
    if (this.#length > logLengthMax) return;
    this.#length += line.length + 1;
    this.#text += this.#length > logLengthMax ? '[the log is cut here]\n' : `${line}\n`;
    if (this.#text.length >= pieceLengthMax) this.#flush();
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    this.#flush();
    await this.#writing;
  }

  #flush(): void {
    if (this.#text === '') return;
    const text = this.#text;
    this.#text = '';
    this.#writing = this.#writing
      .then(() => this.#jobs.writeLog(this.#tenant, this.#id, text))
      .catch((error: unknown) => {
        this.#log.warn('job log not written', { code: errorCode(error), reason: errorMessage(error) });
      });
  }
}
