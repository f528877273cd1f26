/** An error in ClickHouse's own terms: what clients read from status, header and body. */
export class EngineException extends Error {
  override readonly name = 'EngineException';
  readonly code: number;
  readonly type: string;

  constructor(code: number, type: string, message: string) {
    super(message);
    this.code = code;
    this.type = type;
  }

  /** The body that ClickHouse sends: `Code: 60. DB::Exception: … (UNKNOWN_TABLE)`. */
  toBody(version: string): string {
    return `Code: ${this.code}. DB::Exception: ${this.message} (${this.type}) (version ${version})\n`;
  }
}

/** Codes: https://github.com/ClickHouse/ClickHouse/blob/master/src/Common/ErrorCodes.cpp */
export const exceptions = {
  notImplemented: (message: string) => new EngineException(48, 'NOT_IMPLEMENTED', message),
  unknownSetting: (message: string) => new EngineException(115, 'UNKNOWN_SETTING', message),
  tooManyQueries: (message: string) => new EngineException(202, 'TOO_MANY_SIMULTANEOUS_QUERIES', message),
  timeout: (message: string) => new EngineException(159, 'TIMEOUT_EXCEEDED', message),
  tooLarge: (message: string) => new EngineException(62, 'SYNTAX_ERROR', message),
  denied: (message: string) => new EngineException(497, 'ACCESS_DENIED', `Not enough privileges: ${message}`),
  readonlySetting: (name: string) =>
    new EngineException(164, 'READONLY', `Cannot modify '${name}' setting in readonly mode.`),
  readonlyStatement: (kind: string) =>
    new EngineException(164, 'READONLY', `Cannot execute query in readonly mode: ${kind}.`),
  emptyQuery: () =>
    new EngineException(62, 'SYNTAX_ERROR', 'Syntax error: failed at position 1 (end of query): Empty query'),
  badEncoding: (message: string) => new EngineException(117, 'INCORRECT_DATA', message),
  unauthorized: (user: string) =>
    new EngineException(
      516,
      'AUTHENTICATION_FAILED',
      `${user}: Authentication failed: password is incorrect, or there is no user with such name.`,
    ),
} as const;

/** The engine's text as an exception; what has no code is code 1001, ClickHouse's own for foreign errors. */
export function parseException(error: unknown): EngineException {
  if (error instanceof EngineException) return error;
  const text = error instanceof Error ? error.message : String(error);
  const [, code, message, type] =
    /Code: (\d+)\. DB::Exception: ([\s\S]*?)\s*\(([A-Z0-9_]+)\)\s*(?:\(version [^)]*\))?\s*$/.exec(text) ?? [];
  if (code === undefined || message === undefined || type === undefined) {
    return new EngineException(1001, 'STD_EXCEPTION', text);
  }
  return new EngineException(Number(code), type, message);
}

const notFoundCodes: ReadonlySet<number> = new Set([46, 47, 50, 56, 60, 81, 115, 36]);
const badRequestCodes: ReadonlySet<number> = new Set([
  6, 26, 27, 38, 41, 42, 43, 44, 51, 53, 62, 72, 73, 117, 130, 131, 456, 457,
]);

/** As ClickHouse's HTTPHandler maps its codes. */
export function httpStatus(code: number): number {
  if (code === 516 || code === 194) return code === 194 ? 401 : 403;
  if (notFoundCodes.has(code)) return 404;
  if (badRequestCodes.has(code)) return 400;
  if (code === 48) return 501;
  if (code === 159) return 408;
  if (code === 202) return 503;
  if (code === 164 || code === 497) return 403;
  return 500;
}
