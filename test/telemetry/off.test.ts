import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const program = `
import { createRequire } from 'node:module';
import * as sdk from '@swarmledger/sdk';
import { openTelemetry, readTelemetryConfig, silentLogger } from '@swarmledger/runtime';
await openTelemetry(readTelemetryConfig({}), { service: 'x', log: silentLogger });
const loaded = Object.keys(createRequire(import.meta.url).cache);
const count = (text) => loaded.filter((file) => file.includes(text)).length;
console.log(JSON.stringify({ sdk: typeof sdk.connectSwarmLedger, nats: count('/nats'), otel: count('opentelemetry') }));
`;

test('an agent without telemetry loads nothing of OpenTelemetry', () => {
  const cwd = fileURLToPath(new URL('../..', import.meta.url));
  const output = execFileSync(process.execPath, ['--input-type=module', '-e', program], { cwd, encoding: 'utf8' });
  const { sdk, nats, otel } = JSON.parse(output) as { sdk: string; nats: number; otel: number };
  assert.deepEqual([sdk, otel], ['function', 0]);
  assert.ok(nats > 0, 'packages of this kind do show in the list');
});
