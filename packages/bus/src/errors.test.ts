import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ErrorCode, NatsError } from 'nats';
import { PermanentError, TransientError } from '@swarmledger/runtime';
import { jetStreamCodes, translateApiError, translateError } from './errors.ts';

const transient = [
  [ErrorCode.NoResponders, 'no_responders'],
  [ErrorCode.Timeout, 'timeout'],
  [ErrorCode.ConnectionClosed, 'disconnected'],
  [ErrorCode.ConnectionDraining, 'disconnected'],
  [ErrorCode.ConnectionRefused, 'disconnected'],
  [ErrorCode.Disconnect, 'disconnected'],
  [ErrorCode.Unknown, 'bus_failed'],
] as const;
const permanent = [
  [ErrorCode.AuthorizationViolation, 'unauthorized'],
  [ErrorCode.PermissionsViolation, 'permission_denied'],
  [ErrorCode.MaxPayloadExceeded, 'message_too_large'],
  [ErrorCode.BadHeader, 'invalid_header'],
] as const;

test('errors of the nats package are told apart by their code, and keep their cause', () => {
  for (const [kind, cases] of [
    [TransientError, transient],
    [PermanentError, permanent],
  ] as const) {
    for (const [code, ours] of cases) {
      const cause = new NatsError('whatever it says', code);
      const error = translateError(cause, 'publish to x');
      assert.ok(error instanceof kind, code);
      assert.deepEqual([error.code, error.cause], [ours, cause]);
      assert.match(error.message, /^cannot publish to x: /);
    }
  }
});

test('a full stream is worth another try, a message that no stream takes is not', () => {
  const translate = (err_code: number): Error => translateApiError({ err_code, description: 'd' }, 'publish');
  const full = translate(jetStreamCodes.streamStoreFailed);
  assert.ok(full instanceof TransientError && full.code === 'stream_full');
  const tooLarge = translate(jetStreamCodes.messageTooLarge);
  assert.ok(tooLarge instanceof PermanentError && tooLarge.code === 'message_too_large');
  const unknown = translate(99_999);
  assert.ok(unknown instanceof TransientError && unknown.message.includes('99999'));
});

test('errors of ours, and of nobody we know', () => {
  const ours = new PermanentError('x', 'y');
  assert.equal(translateError(ours, 'publish'), ours);
  const foreign = translateError(new RangeError('odd'), 'publish');
  assert.ok(foreign instanceof TransientError && foreign.message === 'cannot publish: odd');
});
