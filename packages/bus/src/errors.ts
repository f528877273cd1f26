import { ErrorCode, NatsError } from 'nats';
import { PermanentError, TransientError } from '@swarmledger/runtime';

/** JetStream's err_code values: https://github.com/nats-io/nats-server/blob/main/server/errors.json */
export const jetStreamCodes = {
  streamNotFound: 10059,
  expectedStreamMismatch: 10060,
  streamStoreFailed: 10077,
  messageNotFound: 10037,
  consumerNotFound: 10014,
} as const;

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
  const transient = (code: string, why: string): Error =>
    new TransientError(code, `cannot ${what}: ${why}`, { cause: error });
  const permanent = (code: string, why: string): Error =>
    new PermanentError(code, `cannot ${what}: ${why}`, { cause: error });
  const apiCode = jetStreamCode(error);
  if (apiCode === jetStreamCodes.streamStoreFailed)
    return transient('stream_full', `the stream is full (${error.message})`);
  if (apiCode !== undefined) return transient('jetstream_error', `${error.message} (${apiCode})`);
  switch (error.code as ErrorCode) {
    case ErrorCode.NoResponders:
    case ErrorCode.JetStream404NoMessages:
    case ErrorCode.JetStreamNotEnabled:
      return transient('no_responders', 'no stream takes this subject; is the hub up?');
    case ErrorCode.Timeout:
      return transient('timeout', 'the NATS server did not answer in time');
    case ErrorCode.ConnectionClosed:
    case ErrorCode.ConnectionDraining:
    case ErrorCode.ConnectionRefused:
    case ErrorCode.ConnectionTimeout:
    case ErrorCode.Disconnect:
      return transient('disconnected', 'there is no connection to the NATS server');
    case ErrorCode.AuthorizationViolation:
    case ErrorCode.AuthenticationExpired:
    case ErrorCode.AccountExpired:
    case ErrorCode.BadAuthentication:
      return permanent('unauthorized', 'the NATS server refuses the credentials');
    case ErrorCode.PermissionsViolation:
      return permanent('permission_denied', 'the credentials do not allow this subject');
    case ErrorCode.MaxPayloadExceeded:
      return permanent('message_too_large', 'the message exceeds the NATS server’s max_payload');
    default:
      return transient('bus_failed', `${error.message} (${error.code})`);
  }
}
