import assert from 'node:assert/strict';
import { test } from 'node:test';
import { busLimits } from './limits.ts';
import { ReconnectDelay } from './reconnect-delay.ts';

/** As nats.js decides in its dial loop: https://github.com/nats-io/nats.deno/blob/main/nats-base-client/protocol.ts */
function createLoop(): {
  readonly passMs: (ms: number) => void;
  readonly setBackMs: (ms: number) => void;
  /** Whether it tries the server now. */
  readonly look: () => boolean;
} {
  let monotonic = 1_000;
  let wall = 1_700_000_000_000;
  let lastConnect = 0;
  const delay = new ReconnectDelay({ monotonic: () => monotonic, wall: () => wall });
  return {
    passMs: (ms) => {
      monotonic += ms;
      wall += ms;
    },
    setBackMs: (ms) => (wall -= ms),
    look: () => {
      if (lastConnect !== 0 && lastConnect + delay.next() > wall) return false;
      lastConnect = wall;
      delay.attempted();
      return true;
    },
  };
}

test('attempts follow each other after a delay that grows up to its bound', () => {
  const loop = createLoop();
  assert.equal(loop.look(), true);
  assert.equal(loop.look(), false);
  for (let attempt = 0; attempt < 10; attempt++) {
    loop.passMs(busLimits.reconnectWaitMs / 2 - 1);
    assert.equal(loop.look(), false);
    loop.passMs(busLimits.reconnectWaitMsMax);
    assert.equal(loop.look(), true);
  }
  loop.passMs(busLimits.reconnectWaitMsMax / 2 - 1);
  assert.equal(loop.look(), false);
});

test('a wall clock that is set back by hours delays no attempt, and makes none come at once', () => {
  const loop = createLoop();
  assert.equal(loop.look(), true);
  loop.setBackMs(5 * 3_600_000);
  assert.equal(loop.look(), false);
  loop.passMs(busLimits.reconnectWaitMsMax);
  assert.equal(loop.look(), true);
  assert.equal(loop.look(), false);
  loop.passMs(busLimits.reconnectWaitMsMax);
  assert.equal(loop.look(), true);
});

test('the first attempt after a restored connection waits no longer than the very first one did', () => {
  const delay = new ReconnectDelay();
  delay.attempted();
  delay.restored();
  delay.attempted();
  const next = delay.next();
  assert.ok(next >= busLimits.reconnectWaitMs / 2 && next <= busLimits.reconnectWaitMs, String(next));
});
