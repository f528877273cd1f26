import { ProtocolError } from '@swarmledger/protocol';
import { errorCode, PermanentError, TransientError } from '@swarmledger/runtime';

/** An answer that is no success. `code` is stable; `message` is one sentence for the caller. */
export interface ErrorAnswer {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A refusal that is about HTTP itself. */
export class HttpError extends PermanentError {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, code: string, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(code, message);
    this.status = status;
    this.headers = headers;
  }
}

export function badRequest(code: string, message: string): HttpError {
  return new HttpError(400, code, message);
}

/** What the caller asks for is not there: a moment, a name, a path. */
const notFoundCodes = new Set([
  'unknown_branch',
  'unknown_tag',
  'unknown_event',
  'unknown_path',
  'unknown_version',
  'before_first_event',
  'empty_history',
  'not_ingested_yet',
]);
/** What is recorded cannot be put on a disk as it is; another selection of paths or links can. */
const conflictCodes = new Set([
  'invalid_path',
  'path_not_portable',
  'path_collision',
  'symlink_escapes',
  'invalid_symlink',
]);
const badRequestCodes = new Set(['invalid_time', 'time_in_future', 'invalid_glob']);
const retryAfter = { 'retry-after': '1' } as const;

/** The answer to a request that failed, decided by the error's code. What we do not know is our own fault, and is not told. */
export function toErrorAnswer(error: unknown): ErrorAnswer {
  if (error instanceof HttpError) return { ...pick(error), status: error.status, headers: error.headers };
  if (error instanceof ProtocolError) return { ...pick(error), status: 400 };
  const code = errorCode(error);
  if (error instanceof TransientError) {
    const message = 'something that this needs is not reachable now: try again';
    return { status: 503, code, message, headers: retryAfter };
  }
  if (error instanceof Error && (error.name === 'AbortError' || error.name === 'TimeoutError')) {
    return { status: 503, code: 'interrupted', message: 'this was given up: try again', headers: retryAfter };
  }
  if (error instanceof PermanentError) {
    if (notFoundCodes.has(code)) return { ...pick(error), status: 404 };
    if (badRequestCodes.has(code)) return { ...pick(error), status: 400 };
    if (conflictCodes.has(code)) return { ...pick(error), status: 409 };
  }
  return {
    status: 500,
    code: 'internal',
    message: 'this failed, and it is our fault: the log of the service says why',
  };
}

function pick(error: { readonly code: string; readonly message: string }): {
  readonly code: string;
  readonly message: string;
} {
  return { code: error.code, message: error.message };
}
