import { ClickHouseError } from '@clickhouse/client';
import { PermanentError, TransientError, errorMessage } from '@swarmledger/runtime';

/** ClickHouse's codes for what passes: overload, timeouts, a restart. */
const transientCodes: ReadonlySet<string> = new Set([
  '159', // TIMEOUT_EXCEEDED
  '202', // TOO_MANY_SIMULTANEOUS_QUERIES
  '209', // SOCKET_TIMEOUT
  '210', // NETWORK_ERROR
  '236', // ABORTED
  '241', // MEMORY_LIMIT_EXCEEDED
  '242', // TABLE_IS_READ_ONLY
  '243', // NOT_ENOUGH_SPACE
  '252', // TOO_MANY_PARTS
  '319', // UNKNOWN_STATUS_OF_INSERT
  '425', // SYSTEM_ERROR
  '745', // SERVER_OVERLOADED
]);

/** What the rest of the code sees instead of an error of the ClickHouse client, decided by its code. */
export function translateError(error: unknown, what: string): Error {
  if (error instanceof TransientError || error instanceof PermanentError) return error;
  if (error instanceof ClickHouseError) {
    const message = `cannot ${what}: ${error.message} (ClickHouse ${error.code} ${error.type ?? ''})`;
    if (transientCodes.has(error.code)) return new TransientError('analytics_busy', message, { cause: error });
    if (error.code === '516' || error.code === '194') {
      return new PermanentError('unauthorized', `cannot ${what}: ClickHouse refuses the credentials`, { cause: error });
    }
    return new PermanentError('analytics_refused', message, { cause: error });
  }
  return new TransientError('analytics_unavailable', `cannot ${what}: ${errorMessage(error)}`, { cause: error });
}
