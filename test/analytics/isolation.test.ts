import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import { createTenantLogin, openAnalytics, startAnalyticsServer } from '@swarmledger/analytics';
import { Secret } from '@swarmledger/runtime';
import { withFolder } from '../support/cli.ts';
import { withAuth } from '../auth/auth-service.ts';

interface Answer {
  readonly status: number;
  readonly text: string;
}
type Ask = (sql: string, url?: string) => Promise<Answer>;

const secret = new Secret('the secret behind tenants’ logins');
const columns =
  'tenant_id, project_id, branch, version, commit_time, event_time, sequence, title, event_type, agent_id';

/** An engine with rows of acme and, in the very same granule, of two others; and acme's reader. */
async function withReader(body: (ask: Ask, url: string, folder: string) => Promise<void>): Promise<void> {
  await withFolder(async (dataDir) => {
    const password = new Secret('hub');
    const server = await startAnalyticsServer({ dataDir, port: 0, username: 'hub', password, tenantSecret: secret });
    const hub = openAnalytics({ url: server.url, username: 'hub', password });
    try {
      await hub.migrate();
      const rows = ['acme', 'beta', 'zeta'].map(
        (tenant, index) =>
          `('${tenant}','web','main','v${index}','2026-01-0${index + 1}','2026-01-0${index + 1}',${index + 1},'secret of ${tenant}','decision','a')`,
      );
      const insert = `INSERT INTO swarmledger.swarm_events (${columns}) VALUES ${rows.join()}`;
      assert.equal((await ask(server.url, 'hub', password.reveal(), insert)).status, 200);
      const { rows: all } = await hub.query('SELECT count() FROM swarmledger.swarm_events');
      assert.equal(Number(all[0]?.[0]), 3);
      const { username, password: key } = createTenantLogin(secret, 'acme', Date.now() + 60_000);
      await body((sql, url = server.url) => ask(url, username, key, sql), server.url, dataDir);
    } finally {
      await hub.close();
      await server.close();
    }
  });
}

async function ask(url: string, user: string, key: string, sql: string): Promise<Answer> {
  const headers = { 'x-clickhouse-user': user, 'x-clickhouse-key': key };
  const response = await fetch(url, { method: 'POST', headers, body: sql });
  return { status: response.status, text: await response.text() };
}

const table = 'swarmledger.swarm_events';

test('a tenant’s reader sees its own rows, through the table, views, joins, unions and subqueries', async () => {
  await withReader(async (ask) => {
    for (const sql of [
      `SELECT title FROM ${table}`,
      `SELECT title FROM ${table} UNION ALL SELECT title FROM ${table} WHERE tenant_id != 'acme'`,
      `WITH x AS (SELECT * FROM ${table}) SELECT title FROM x`,
      `SELECT b.title FROM ${table} AS a JOIN ${table} AS b ON 1 = 1`,
      `SELECT arrayJoin(groupArray(title)) FROM ${table}`,
      `SELECT title FROM ${table} WHERE tenant_id IN ('acme', 'beta', 'zeta')`,
      `SELECT title FROM (SELECT * FROM ${table}) AS swarm_events`,
      `SELECT title FROM ${table} WHERE 1 OR tenant_id = 'beta'`,
    ])
      assert.deepEqual(await ask(sql), { status: 200, text: 'secret of acme\n' }, sql);
    assert.equal((await ask(`SELECT tenant_id FROM swarmledger.cost_by_agent`)).text, 'acme\n');
    assert.equal((await ask(`SELECT count(), min(sequence), max(sequence) FROM ${table}`)).text, '1\t1\t1\n');
    assert.equal((await ask(`SELECT uniq(_part_offset), max(_part_offset) FROM ${table}`)).text, '1\t0\n');
    assert.equal((await ask('SELECT count() FROM swarmledger.rewritten_files(times = 0, minutes = 5)')).status, 200);
  });
});

test('an error of a condition tells a reader nothing of other tenants’ rows', async () => {
  await withReader(async (ask) => {
    for (const condition of [
      `throwIf(title = 'secret of beta') = 0`,
      'intDiv(1, sequence - 2) < 9',
      'throwIf(sequence = 3) = 0',
    ])
      for (const where of ['WHERE', 'PREWHERE'])
        assert.deepEqual(await ask(`SELECT title FROM ${table} ${where} ${condition}`), {
          status: 200,
          text: 'secret of acme\n',
        });
  });
});

test('whatever SQL a reader sends reaches no other table, file, host or setting, and changes nothing', async () => {
  await withReader(async (ask, url, folder) => {
    const outFile = `${folder}/out.txt`;
    for (const sql of [
      `SELECT * FROM merge('swarmledger', 'swarm_events')`,
      'SELECT * FROM mergeTreeIndex(swarmledger, swarm_events)',
      'SELECT * FROM loop(swarmledger, swarm_events) LIMIT 9',
      `SELECT * FROM remote('127.0.0.1', swarmledger, swarm_events)`,
      `SELECT * FROM cluster('default', swarmledger, swarm_events)`,
      `SELECT * FROM view(SELECT * FROM ${table})`,
      'SELECT * FROM system.tables',
      'SELECT * FROM `system`.`parts`',
      'SELECT * FROM system.processes',
      'SELECT * FROM INFORMATION_SCHEMA.TABLES',
      'SELECT * FROM swarmledger.schema_migrations',
      'SELECT (SELECT count() FROM system.parts)',
      '(1) IN system.one',
      'SELECT 1 IN system.one',
      `SELECT file('/etc/passwd')`,
      `SELECT FILE('/etc/passwd')`,
      "SELECT `file`('/etc/passwd')",
      `SELECT arrayMap(path -> file(path), ['/etc/passwd'])`,
      `SELECT COLUMNS('title') APPLY(file) FROM ${table}`,
      `SELECT * FROM file('/etc/passwd', 'LineAsString')`,
      `SELECT * FROM url('${url}', 'LineAsString')`,
      `SELECT * FROM s3('${url}/x', 'CSV')`,
      `SELECT 1 INTO OUTFILE '${outFile}'`,
      `SELECT 1 inTo/**/outFile '${outFile}'`,
      `EXPLAIN AST SELECT 1 INTO OUTFILE '${outFile}'`,
      `SELECT 1; SELECT * FROM system.tables`,
      `SELECT 1;\nSELECT file('/etc/passwd')`,
      `SELECT title FROM ${table} SETTINGS log_comment = ''`,
      `SET log_comment = ''`,
      'SET readonly = 0',
      'USE system',
      'EXECUTE AS default SELECT 1',
      `INSERT INTO ${table} (tenant_id) VALUES ('acme')`,
      `ALTER TABLE ${table} DELETE WHERE 1`,
      `TRUNCATE TABLE ${table}`,
      'CREATE TABLE mine (a Int8) ENGINE = Memory',
      'CREATE TEMPORARY TABLE mine (a Int8)',
      `CREATE VIEW mine AS SELECT * FROM ${table}`,
      'CREATE FUNCTION f AS x -> file(x)',
      `BACKUP TABLE ${table} TO File('${outFile}')`,
      'SYSTEM SHUTDOWN',
      'KILL QUERY WHERE 1',
      'SHOW PROCESSLIST',
      `SHOW CREATE TABLE ${table}`,
      'SELECT sleep(3)',
    ]) {
      const { status, text } = await ask(sql);
      assert.ok(status >= 400 && status < 500, `${sql}: ${status} ${text}`);
      assert.ok(!text.includes('root:') && !text.includes('beta'), sql);
    }
    for (const [name, value] of [
      ['log_comment', ''],
      ['log_comment', 'beta'],
      ['readonly', '0'],
      ['additional_table_filters', '{}'],
      ['max_memory_usage', '0'],
      ['allow_introspection_functions', '1'],
    ] as const) {
      const { status } = await ask(`SELECT title FROM ${table}`, `${url}/?${name}=${encodeURIComponent(value)}`);
      assert.equal(status, 403, name);
    }
    assert.equal((await ask('SELECT * FROM tables', `${url}/?database=system`)).status, 403);
    const parameter = `${url}/?param_t=${encodeURIComponent('system.tables')}`;
    assert.ok((await ask('SELECT * FROM {t:Identifier}', parameter)).status >= 400);
    assert.equal(
      (await ask(`SELECT title FROM swarm_events`, `${url}/?database=swarmledger`)).text,
      'secret of acme\n',
    );
    assert.ok(!existsSync(outFile));
  });
});

test('a reader’s statement has its limits', async () => {
  await withReader(async (ask) => {
    assert.ok((await ask('SELECT number FROM numbers(2000000)')).status >= 400, 'rows');
    assert.ok((await ask('SELECT groupArray(number) FROM numbers(1000000000)')).status >= 400, 'memory');
  });
});

test('a login is of one tenant and one time, and cannot be made without the secret', async () => {
  await withReader(async (_ask, url) => {
    const statuses = async (username: string, password: string): Promise<number> =>
      (await ask(url, username, password, 'SELECT 1')).status;
    const { username, password } = createTenantLogin(secret, 'acme', Date.now() + 60_000);
    assert.equal(await statuses(username, password), 200);
    assert.equal(await statuses(username.replace('acme', 'beta'), password), 403);
    assert.equal(await statuses(username.replace(/\d+$/, '99999999999'), password), 403);
    assert.equal(await statuses(username, ''), 403);
    const old = createTenantLogin(secret, 'acme', Date.now() - 1_000);
    assert.equal(await statuses(old.username, old.password), 403);
    const forged = createTenantLogin(new Secret('guess'), 'acme', Date.now() + 60_000);
    assert.equal(await statuses(forged.username, forged.password), 403);
    const strange = [`x' OR '1'='1`, 'a.b', '../acme', 'acme/web', '*', '>', '', 'acme%00', 'x'.repeat(10_240)];
    for (const tenant of strange) {
      const odd = createTenantLogin(secret, tenant, Date.now() + 60_000);
      assert.equal(await statuses(odd.username, odd.password), 403, tenant);
    }
  });
});

test('the auth service gives such a login to the tenant’s own people, and to nobody else', async () => {
  await withReader(async (_ask, url) => {
    await withAuth(
      async ({ call, register }) => {
        const owner = await register('acme');
        const other = await register('other');
        const path = '/v1/tenants/acme/credentials/sql';
        const { status, body } = await call('POST', path, owner);
        assert.equal(status, 201);
        const answer = await ask(url, String(body['username']), String(body['password']), `SELECT title FROM ${table}`);
        assert.deepEqual(answer, { status: 200, text: 'secret of acme\n' });
        assert.equal((await call('POST', path, other)).status, 403);
      },
      { sql: { kind: 'embedded', url, tenantSecret: secret } },
    );
  });
});
