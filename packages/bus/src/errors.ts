import { ErrorCode, NatsError } from 'nats';
import { PermanentError, TransientError } from '@swarmledger/runtime';

/** JetStream's err_code values: https://github.com/nats-io/nats-server/blob/main/server/errors.json */
export const jetStreamCodes = {
  accountResourcesExceeded: 10002,
  consumerNotFound: 10014,
  insufficientResources: 10023,
  messageNotFound: 10037,
  notEnabledForAccount: 10039,
  storageExceeded: 10047,
  messageTooLarge: 10054,
  streamNameInUse: 10058,
  streamNotFound: 10059,
  expectedStreamMismatch: 10060,
  subjectsOverlap: 10065,
  streamStoreFailed: 10077,
} as const;

interface ApiError {
  readonly err_code?: number;
  readonly description?: string;
}

/** JetStream's err_code of an API error; undefined for every other error. */
export function jetStreamCode(error: unknown): number | undefined {
  return error instanceof NatsError ? error.api_error?.err_code : undefined;
}

/**
 * What the rest of the code sees instead of an error of the nats package, decided by its code.
 *
 * @param what completes "cannot …", such as "publish to swarm.acme.web.events"
 */
export function translateError(error: unknown, what: string): Error {
  if (error instanceof TransientError || error instanceof PermanentError) return error;
  if (!(error instanceof NatsError)) {
    const reason = error instanceof Error ? error.message : String(error);
    return new TransientError('bus_failed', `cannot ${what}: ${reason}`, { cause: error });
  }
  if (error.api_error !== undefined) return translateApiError(error.api_error, what, error);
  const transient = (code: string, why: string): Error =>
    new TransientError(code, `cannot ${what}: ${why}`, { cause: error });
  const permanent = (code: string, why: string): Error =>
    new PermanentError(code, `cannot ${what}: ${why}`, { cause: error });
  switch (error.code as ErrorCode) {
    case ErrorCode.NoResponders:
    case ErrorCode.JetStream404NoMessages:
    case ErrorCode.JetStreamNotEnabled:
      return transient('no_responders', 'nobody answers to this subject; is the hub up?');
    case ErrorCode.Timeout:
      return transient('timeout', 'the NATS server did not answer in time');
    case ErrorCode.ConnectionClosed:
    case ErrorCode.ConnectionDraining:
    case ErrorCode.ConnectionRefused:
    case ErrorCode.ConnectionTimeout:
    case ErrorCode.AuthenticationTimeout:
    case ErrorCode.Disconnect:
      return transient('disconnected', 'there is no connection to the NATS server');
    case ErrorCode.AuthorizationViolation:
    case ErrorCode.AuthenticationExpired:
    case ErrorCode.AccountExpired:
    case ErrorCode.BadAuthentication:
    case ErrorCode.BadCreds:
      return permanent('unauthorized', 'the NATS server refuses the credentials');
    case ErrorCode.PermissionsViolation:
      return permanent('permission_denied', 'the credentials do not allow this subject');
    case ErrorCode.MaxPayloadExceeded:
      return permanent('message_too_large', 'the message exceeds the NATS server’s max_payload');
    case ErrorCode.BadHeader:
      return permanent('invalid_header', error.message);
    case ErrorCode.BadSubject:
      return permanent('invalid_subject', error.message);
    default:
      return transient('bus_failed', `${error.message} (${error.code})`);
  }
}

/** The same for what JetStream answers. Unknown codes are transient: a cluster that elects a leader has many of them. */
export function translateApiError(apiError: ApiError, what: string, cause?: unknown): Error {
  const { err_code: code = 0, description = 'no description' } = apiError;
  const options = cause === undefined ? {} : { cause };
  const transient = (name: string, why: string): Error => new TransientError(name, `cannot ${what}: ${why}`, options);
  const permanent = (name: string, why: string): Error => new PermanentError(name, `cannot ${what}: ${why}`, options);
  switch (code) {
    case jetStreamCodes.streamStoreFailed:
    case jetStreamCodes.accountResourcesExceeded:
    case jetStreamCodes.insufficientResources:
      return transient('stream_full', `the stream is full (${description})`);
    case jetStreamCodes.messageTooLarge:
      return permanent('message_too_large', `the message exceeds what the stream takes (${description})`);
    case jetStreamCodes.storageExceeded:
      return permanent(
        'insufficient_storage',
        'the NATS server has less JetStream storage than the streams may take: give it more (max_file_store), or make them smaller',
      );
    case jetStreamCodes.notEnabledForAccount:
      return transient('jetstream_not_enabled', 'this NATS account has no JetStream');
    case jetStreamCodes.subjectsOverlap:
    case jetStreamCodes.streamNameInUse:
      return permanent('stream_taken', `${description}: another stream has this name or these subjects`);
    default:
      return transient('jetstream_error', `${description} (${code})`);
  }
}
