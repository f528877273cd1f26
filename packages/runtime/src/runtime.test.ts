import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { test } from 'node:test';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigReader, loadSettings, Secret, type Environment } from './config.ts';
import { PermanentError, TransientError } from './errors.ts';
import { openHealthServer } from './health.ts';
import { createLogger, silentLogger } from './log.ts';
import { Metrics } from './metrics.ts';
import { createTelemetry, openTelemetry, readTelemetryConfig } from './telemetry/open-telemetry.ts';
import { formatTraceparent, readTraceparent } from './telemetry/tracer.ts';
import { isRunning } from './processes.ts';
import { backoffMs, pause, retry, withDeadline } from './retry.ts';
import { Scope, withScope } from './scope.ts';

test('a scope closes everything in reverse and reports the first failure', async () => {
  const closed: string[] = [];
  const scope = new Scope();
  scope.defer('a', () => void closed.push('a'));
  scope.defer('b', () => {
    closed.push('b');
    throw new Error('b failed');
  });
  scope.defer('c', async () => {
    closed.push('c');
    throw new Error('c failed');
  });
  await assert.rejects(scope.close(), /c failed/);
  assert.deepEqual(closed, ['c', 'b', 'a']);
  assert.throws(() => scope.defer('d', () => undefined), TransientError);
});

test('the body of withScope decides which error is seen', async () => {
  let closes = 0;
  await assert.rejects(
    withScope(async (scope) => {
      scope.defer('x', () => {
        closes += 1;
        throw new Error('closing');
      });
      throw new Error('body');
    }),
    /body/,
  );
  assert.equal(closes, 1);
});

test('retry tries transient errors again, others never, and stops at the bound', async () => {
  const policy = { initialMs: 1, maxMs: 2, attemptsMax: 3 };
  let calls = 0;
  const transient = async (): Promise<never> => {
    calls += 1;
    throw new TransientError('busy', 'busy');
  };
  await assert.rejects(retry(transient, { policy }), TransientError);
  assert.equal(calls, 3);
  calls = 0;
  await assert.rejects(
    retry(
      async () => {
        calls += 1;
        throw new PermanentError('no', 'no');
      },
      { policy },
    ),
    PermanentError,
  );
  assert.equal(calls, 1);
  await assert.rejects(retry(transient, { policy, signal: AbortSignal.abort() }), { name: 'AbortError' });
});

test('backoff grows to its bound and pause ends quietly on abort', async () => {
  const policy = { initialMs: 10, maxMs: 100, attemptsMax: 9 };
  assert.deepEqual(
    [0, 1, 2, 3, 4, 50].map((attempt) => backoffMs(policy, attempt, () => 0.999)),
    [9, 19, 39, 79, 99, 99],
  );
  await pause(60_000, AbortSignal.timeout(5));
  await assert.rejects(withDeadline(new Promise(() => undefined), 5, 'waiting'), { code: 'timeout' });
});

test('configuration reports every problem at once and never a secret', () => {
  const reader = new ConfigReader({ PORT: 'x', MODE: 'fast', FLAG: 'maybe', PASSWORD: 'hunter2' });
  reader.integer('PORT', 1, { min: 0, max: 65_535 });
  reader.oneOf('MODE', ['slow'], 'slow');
  reader.boolean('FLAG', false);
  reader.text('URL');
  assert.throws(
    () => reader.finish({}),
    (error: unknown) =>
      error instanceof PermanentError && ['PORT', 'MODE', 'FLAG', 'URL'].every((name) => error.message.includes(name)),
  );
  const secret = reader.secret('PASSWORD');
  assert.ok(secret instanceof Secret);
  assert.equal(`${secret.toString()} ${JSON.stringify({ secret })} ${inspect({ secret })}`.includes('hunter2'), false);
  assert.equal(secret.reveal(), 'hunter2');
});

test('logs are JSON lines with a constant message and no stack', () => {
  const lines: string[] = [];
  const log = createLogger({
    level: 'info',
    service: 's',
    write: (line) => void lines.push(line),
    now: () => new Date(0),
  });
  log.debug('hidden');
  log.with({ partition: 3 }).warn('slow', { error: new TransientError('busy', 'try later'), count: 5n });
  assert.deepEqual(
    lines.map((line) => JSON.parse(line) as unknown),
    [
      {
        time: '1970-01-01T00:00:00.000Z',
        level: 'warn',
        service: 's',
        message: 'slow',
        partition: 3,
        error: { name: 'TransientError', message: 'try later', code: 'busy' },
        count: '5',
      },
    ],
  );
});

test('health answers by progress and metrics in the Prometheus format', async () => {
  const metrics = new Metrics();
  metrics.add('events_total', 'Events.', 2, { reason: 'a"b\n' });
  let problem: string | undefined = 'no commit for 60 s';
  const server = await openHealthServer({ host: '127.0.0.1', port: 0 }, { ready: () => problem, metrics });
  try {
    const get = (path: string): Promise<Response> => fetch(`http://127.0.0.1:${server.port}${path}`);
    assert.equal((await get('/healthz')).status, 200);
    const unready = await get('/readyz');
    assert.deepEqual([unready.status, await unready.text()], [503, 'no commit for 60 s\n']);
    problem = undefined;
    assert.equal((await get('/readyz')).status, 200);
    assert.match(
      await (await get('/metrics')).text(),
      /# TYPE events_total counter\nevents_total\{reason="a\\"b\\n"\} 2\n/,
    );
    assert.equal((await get('/other')).status, 404);
  } finally {
    await server.close();
  }
});

test('a process is known by its command line, so a pid that somebody else has now is not taken for ours', () => {
  assert.equal(isRunning(process.pid, 'runtime.test'), true);
  assert.equal(isRunning(process.pid, 'nats-server.conf'), false);
  assert.equal(isRunning(2 ** 22 + 1, ''), false);
  assert.equal(isRunning(Number.NaN, ''), false);
});

test('a histogram counts each observation once, in cumulative buckets', async () => {
  const metrics = new Metrics();
  for (const value of [0.05, 0.1, 0.3, 9]) metrics.observe('wait_seconds', 'Waits.', value, [0.1, 1], { step: 'a' });
  assert.match(
    metrics.render(),
    /# TYPE wait_seconds histogram\nwait_seconds_bucket\{step="a",le="0.1"\} 2\nwait_seconds_bucket\{step="a",le="1"\} 3\nwait_seconds_bucket\{step="a",le="\+Inf"\} 4\nwait_seconds_sum\{step="a"\} 9.45\d*\nwait_seconds_count\{step="a"\} 4\n/,
  );
  assert.equal(metrics.read('wait_seconds', { step: 'a' }), 4);
  assert.throws(() => metrics.add('wait_seconds', '', 1), TypeError);
  metrics.onCollect(() => metrics.set('age_seconds', 'Age.', 7));
  assert.deepEqual(
    (await metrics.collect()).map(({ name }) => name),
    ['wait_seconds', 'age_seconds'],
  );
});

test('a configuration file and files of secrets stand below the environment, and every bad one is named', () => {
  const folder = mkdtempSync(join(tmpdir(), 'swarmledger-config-'));
  try {
    const file = join(folder, 'config');
    const secret = join(folder, 'password');
    writeFileSync(file, `# a comment\nA_B=from file\nC=2 \n\nSWARMLEDGER_PASSWORD_FILE=${secret}\n`);
    writeFileSync(secret, 'hunter2\n');
    const merged = loadSettings({ SWARMLEDGER_CONFIG_FILE: file, C: '3' }, (environment) => environment);
    assert.deepEqual([merged['A_B'], merged['C'], merged['SWARMLEDGER_PASSWORD']], ['from file', '3', 'hunter2']);
    writeFileSync(file, 'no pair\nX=1\nalso none\n');
    const environment = { SWARMLEDGER_CONFIG_FILE: file, SWARMLEDGER_NATS_SECRET_FILE: join(folder, 'missing') };
    const load = (merged: Environment): object => {
      const read = new ConfigReader(merged);
      return read.finish({ x: read.integer('X', 0, { min: 5, max: 9 }), y: read.text('Y') });
    };
    assert.throws(
      () => loadSettings(environment, load),
      (error: unknown) =>
        error instanceof PermanentError &&
        /^configuration: line 1 .*line 3 .*SWARMLEDGER_NATS_SECRET_FILE.*; X is not .*; Y is required$/.test(
          error.message,
        ),
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('telemetry without an endpoint is the tracer that does nothing, and no OpenTelemetry is loaded', async () => {
  const telemetry = await openTelemetry(readTelemetryConfig({}), { service: 'x', log: silentLogger });
  assert.equal(telemetry.tracer.isOn, false);
  assert.equal(telemetry.tracer, createTelemetry().tracer);
  assert.equal(telemetry.tracer.start('a').traceparent, undefined);
  await telemetry.close();
});

test('a traceparent is read with its flag, and a broken one is none', () => {
  const text = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-00`;
  assert.deepEqual(readTraceparent(text), { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), isSampled: false });
  assert.equal(formatTraceparent({ traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), isSampled: false }), text);
  assert.equal(readTraceparent(`00-${'0'.repeat(32)}-${'b'.repeat(16)}-01`), undefined);
});
