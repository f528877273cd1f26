import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import {
  openAnalytics,
  startAnalyticsServer,
  type Analytics,
  type AnalyticsRow,
  type AnalyticsServer,
} from '@swarmledger/analytics';
import {
  encodeEvent,
  eventFromJson,
  formatVersion,
  mainBranch,
  parseProjectId,
  parseTenantId,
} from '@swarmledger/protocol';
import { Secret, TransientError } from '@swarmledger/runtime';
import { createClient } from '@clickhouse/client';
import { withFolder } from '../support/cli.ts';

const scope = { tenant: parseTenantId('acme'), project: parseProjectId('web') };
const password = new Secret(`p'w"\\`);
const analystPassword = new Secret('read-only');
let dataDir: string;
let server: AnalyticsServer;
let release: () => void;
let done: Promise<void>;

function start(): Promise<AnalyticsServer> {
  return startAnalyticsServer({ dataDir, port: 0, username: 'swarmledger', password, analystPassword });
}

function open(database: string): Analytics {
  return openAnalytics({ url: server.url, username: 'swarmledger', password, database });
}

before(async () => {
  await new Promise<void>((resolve, reject) => {
    done = withFolder(async (folder) => {
      dataDir = folder;
      server = await start();
      const stop = new Promise<void>((free) => (release = free));
      resolve();
      await stop;
      await server.close();
    });
    done.catch(reject);
  });
});

after(async () => {
  release();
  await done;
});

let versions = 0;
function createRow(json: object, from: typeof scope = scope): AnalyticsRow {
  versions += 1;
  const event = eventFromJson({ agent_id: 'a', ...json }, from);
  const stamp = Buffer.from(versions.toString(16).padStart(20, '0'), 'hex');
  const version = formatVersion({ incarnation: 1, stamp, order: 0 });
  return { ...from, branch: mainBranch, version, commitTimeMs: Date.now(), event, raw: encodeEvent(event) };
}

test('migrations are applied once', async () => {
  const analytics = open('migrations');
  assert.equal((await analytics.migrate()).length, 2);
  assert.deepEqual(await analytics.migrate(), []);
  await analytics.close();
});

test('a group is there once, however often it is inserted, also after the engine was killed', async () => {
  const analytics = open('groups');
  await analytics.migrate();
  const rows = Array.from({ length: 500 }, (_, index) => createRow({ decision: { title: `t${index}` } }));
  await analytics.insertGroup({ id: 'one', recovered: false }, [rows]);
  await analytics.insertGroup({ id: 'one', recovered: false }, [rows]);
  await analytics.insertGroup({ id: 'one', recovered: true }, [rows]);
  server.kill('SIGKILL');
  await server.exited;
  await assert.rejects(analytics.insertGroup({ id: 'two', recovered: false }, [rows]), TransientError);
  await analytics.close();
  server = await start();
  const again = open('groups');
  await again.insertGroup({ id: 'one', recovered: false }, [rows]);
  assert.deepEqual(await again.countByProject(), [{ tenant: 'acme', project: 'web', branch: 'main', rows: 500 }]);
  // Somebody removed half of it by hand: the recovered group is whole again.
  await again
    .query(`ALTER TABLE groups.swarm_events DELETE WHERE title < 't3' SETTINGS mutations_sync = 1`)
    .catch(() => undefined);
  await again.insertGroup({ id: 'one', recovered: true }, [rows]);
  assert.deepEqual(await again.countByProject(), [{ tenant: 'acme', project: 'web', branch: 'main', rows: 500 }]);
  await again.truncate();
  assert.deepEqual(await again.countByProject(), []);
  await again.close();
});

test('rows carry times, payloads and original bytes without a loss', async () => {
  const analytics = open('fidelity');
  await analytics.migrate();
  const row = createRow({
    timestamp: '2026-11-21T05:32:18.123456Z',
    attributes: { 'a b': `it's "ü"\n` },
    state_change: { target_resource: `it's "a"\t\\ ü.txt`, action: 'create', content: 'x' },
  });
  await analytics.insertGroup({ id: 'g', recovered: false }, [[row]]);
  const { rows } = await analytics.query(
    `SELECT toString(event_time), target_resource, attributes['a b'], hex(raw_proto), version FROM fidelity.swarm_events`,
  );
  const expected = [
    '2026-11-21 05:32:18.123456',
    `it's "a"\t\\ ü.txt`,
    `it's "ü"\n`,
    Buffer.from(row.raw).toString('hex').toUpperCase(),
    row.version,
  ];
  assert.deepEqual(rows, [expected]);
  await analytics.close();
});

test('the views never join across tenants', async () => {
  const analytics = open('views');
  await analytics.migrate();
  const other = { tenant: parseTenantId('other'), project: parseProjectId('web') };
  const decision = createRow({ decision: { title: 'mine', rationale: 'because' } });
  const change = {
    parent_event_id: decision.event.eventId,
    state_change: { target_resource: 'a', action: 'create', content: 'x' },
  };
  const rows = [
    decision,
    createRow(change),
    createRow(change, other),
    ...Array.from({ length: 4 }, () =>
      createRow({ state_change: { target_resource: 'b', action: 'update', content: 'x' } }),
    ),
    createRow({ system_signal: { kind: 'crash', severity: 'critical', message: 'boom' } }),
    createRow({ system_signal: { kind: 'crash', severity: 'critical', message: 'not theirs' } }, other),
  ];
  await analytics.insertGroup({ id: 'g', recovered: false }, [rows]);
  const behind = await analytics.query(
    'SELECT tenant_id, decision FROM views.change_decisions WHERE path = {p:String} ORDER BY tenant_id',
    { parameters: { p: 'a' } },
  );
  assert.deepEqual(behind.rows, [
    ['acme', 'mine'],
    ['other', ''],
  ]);
  const crashes = await analytics.query('SELECT tenant_id, crash, title FROM views.crash_context');
  assert.deepEqual(crashes.rows, [['acme', 'boom', 'mine']]);
  const rewritten = await analytics.query(
    'SELECT path, toUInt32(sum(changes)) FROM views.rewritten_files(times = 3, minutes = 1440) GROUP BY path',
  );
  assert.deepEqual(rewritten.rows, [['b', 4]]);
  for (const view of ['cost_by_agent', 'activity_by_minute', 'conflicts'])
    await analytics.query(`SELECT * FROM views.${view}`);
  await analytics.close();
});

const basic = (user: string, secret: Secret): Record<string, string> => ({
  authorization: `Basic ${Buffer.from(`${user}:${secret.reveal()}`).toString('base64')}`,
});

test('the endpoint speaks ClickHouse’s HTTP: ping, query, parameters, formats, gzip, codes', async () => {
  const headers = basic('swarmledger', password);
  const ask = (path: string, init: RequestInit = {}): Promise<Response> =>
    fetch(`${server.url}${path}`, { headers, ...init });
  assert.equal(await (await fetch(`${server.url}/ping`)).text(), 'Ok.\n');
  assert.equal(await (await ask('/?query=SELECT%201%2C%20%27a%27')).text(), '1\ta\n');
  const parameters = await ask(`/?param_x=${encodeURIComponent("it's")}&default_format=JSONEachRow`, {
    method: 'POST',
    body: 'SELECT {x:String} AS x',
  });
  assert.equal(await parameters.text(), `{"x":"it's"}\n`);
  const zipped = await ask('/?enable_http_compression=1', {
    method: 'POST',
    body: gzipSync('SELECT number FROM numbers(3) FORMAT CSV'),
    headers: { ...headers, 'content-encoding': 'gzip', 'accept-encoding': 'gzip' },
  });
  assert.deepEqual([zipped.headers.get('content-encoding'), await zipped.text()], ['gzip', '0\n1\n2\n']);
  const wrong = await ask('/?query=SELECT%20*%20FROM%20nowhere');
  assert.deepEqual([wrong.status, wrong.headers.get('x-clickhouse-exception-code')], [404, '60']);
  assert.match(await wrong.text(), /^Code: 60\. DB::Exception: .*UNKNOWN_TABLE/s);
  const refused = await ask('/?query=CREATE%20TABLE%20t%20(a%20Int8)%20ENGINE%20%3D%20Memory');
  assert.equal(refused.headers.get('x-clickhouse-exception-code'), '164');
  assert.equal((await fetch(`${server.url}/?query=SELECT%201`)).headers.get('x-clickhouse-exception-code'), '516');
  assert.equal((await ask('/', { method: 'POST', body: Buffer.from([0xff, 0xfe]) })).status, 501);
  assert.equal((await ask('/nope')).status, 404);
});

test('a setting of one request is not there in the next', async () => {
  const headers = basic('swarmledger', password);
  const read = async (more: string): Promise<string> =>
    (
      await fetch(`${server.url}/?query=${encodeURIComponent("SELECT getSetting('max_block_size')")}${more}`, {
        headers,
      })
    ).text();
  const usual = await read('');
  assert.equal(await read('&max_block_size=7'), '7\n');
  assert.equal(await read(''), usual);
});

test('an analyst reads, and neither writes, changes settings nor reaches this machine’s files', async () => {
  const client = createClient({ url: server.url, username: 'analyst', password: analystPassword.reveal() });
  try {
    assert.deepEqual(await (await client.query({ query: 'SELECT 1 AS one', format: 'JSONEachRow' })).json(), [
      { one: 1 },
    ]);
    for (const query of [
      'CREATE DATABASE mine',
      `INSERT INTO FUNCTION file('x.csv') SELECT 1`,
      `SELECT * FROM file('/etc/passwd', 'LineAsString')`,
      `SELECT * FROM url('http://127.0.0.1:1/', 'LineAsString')`,
      'SET readonly = 0',
      // The engine's own readonly lets these through.
      `SELECT file('/etc/passwd')`,
      `SELECT 1 INTO OUTFILE '${dataDir}/written.txt'`,
      `SELECT 1; SELECT file('/etc/passwd')`,
    ]) {
      const refused = (error: { readonly code?: string }): boolean => ['164', '497'].includes(error.code ?? '');
      await assert.rejects(client.command({ query }), refused, query);
    }
    assert.ok(!existsSync(`${dataDir}/written.txt`));
    await assert.rejects(
      client
        .command({ query: 'SELECT 1', clickhouse_settings: { readonly: '0' } })
        .then(() => client.command({ query: 'CREATE DATABASE mine', clickhouse_settings: { readonly: '0' } })),
    );
  } finally {
    await client.close();
  }
});

test('@clickhouse/client inserts and reads every way that we document', async () => {
  const client = createClient({
    url: server.url,
    username: 'swarmledger',
    password: password.reveal(),
    compression: { response: true, request: true },
  });
  try {
    await client.command({ query: 'CREATE TABLE numbers_copy (n UInt32, s String) ENGINE = MergeTree ORDER BY n' });
    await client.insert({
      table: 'numbers_copy',
      values: [
        { n: 1, s: 'a' },
        { n: 2, s: 'ü' },
      ],
      format: 'JSONEachRow',
    });
    const result = await client.query({
      query: 'SELECT * FROM numbers_copy WHERE n > {min:UInt32} ORDER BY n',
      query_params: { min: 1 },
      format: 'JSON',
    });
    const { data } = await result.json<{ n: number; s: string }>();
    assert.deepEqual(data, [{ n: 2, s: 'ü' }]);
    const streamed: unknown[] = [];
    const rows = await client.query({ query: 'SELECT number FROM system.numbers LIMIT 5000', format: 'JSONEachRow' });
    for await (const page of rows.stream()) streamed.push(...page);
    assert.equal(streamed.length, 5_000);
    assert.equal((await client.ping()).success, true);
  } finally {
    await client.close();
  }
});

test('a second engine on the same folder is one sentence', async () => {
  await assert.rejects(start(), { code: 'engine_running' });
});
