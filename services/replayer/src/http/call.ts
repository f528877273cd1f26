import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ProjectHistory, ReadOptions } from '@swarmledger/ledger';
import type { Query } from './query.ts';

/** One request that was let in: its caller may read this project. */
export interface Call {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly query: Query;
  /** What follows the route's name in the URL, decoded. */
  readonly rest: readonly string[];
  readonly history: ProjectHistory;
  /** The same for reading events: payloads are decrypted when the caller may have the tenant's data keys. */
  readonly readable: ProjectHistory;
  /** For what is answered at once: ends with its deadline. */
  readonly read: Required<ReadOptions>;
  /** Fires when the caller has hung up, or the service has to stop. */
  readonly gone: AbortSignal;
  /**
   * Takes one of the few places for work that reads a whole tree or history, and may take as long as its reader goes on reading.
   *
   * @throws HttpError busy, too_many_requests
   */
  takeStream(): Required<ReadOptions>;
}

/** Answers a request. @throws anything, as long as nothing was sent */
export type Route = (call: Call) => Promise<void>;
