import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import {
  describeReader,
  describeReaderAccess,
  describeReaderRemoval,
  openAnalytics,
  openReaderLogins,
  startAnalyticsServer,
  type Analytics,
} from '@swarmledger/analytics';
import { closeServer, Secret } from '@swarmledger/runtime';
import { withFolder } from '../support/cli.ts';

const name = 'tenant.acme.1900000000.0123456789abcdef';
const password = new Secret('hub');

/** The engine is ClickHouse's own; it has no place to store users in, so it reads these statements and refuses to keep them. */
async function withEngine(body: (analytics: Analytics, url: string) => Promise<void>): Promise<void> {
  await withFolder(async (dataDir) => {
    const server = await startAnalyticsServer({ dataDir, port: 0, username: 'hub', password });
    const analytics = openAnalytics({ url: server.url, username: 'hub', password });
    try {
      await analytics.migrate();
      await body(analytics, server.url);
    } finally {
      await analytics.close();
      await server.close();
    }
  });
}

test('ClickHouse understands every statement that makes readers of one tenant', async () => {
  const statements = [
    ...describeReaderAccess('swarmledger'),
    ...describeReader(name, 'a password', 1_900_000_000_000),
    describeReaderRemoval(name),
  ];
  await withEngine(async (analytics) => {
    for (const statement of statements) {
      const { rows } = await analytics.query(`EXPLAIN AST ${statement}`);
      assert.ok(rows.length > 0, statement);
      // It gets as far as asking where to keep it, or who it is about.
      await assert.rejects(
        analytics.query(statement),
        /ACCESS_STORAGE_FOR_INSERTION_NOT_FOUND|UNKNOWN_ROLE|UNKNOWN_USER|THERE_IS_NO_PROFILE|ACCESS_ENTITY_NOT_FOUND|ACCESS_DENIED|NOT_ENOUGH_PRIVILEGES|Not enough privileges/,
        statement,
      );
    }
  });
});

test('the policy’s condition is the tenant in the user’s name, for names that we make and for no others', async () => {
  const [condition] = describeReaderAccess('swarmledger').flatMap(
    (statement) => /tenant_id = (.*) AS RESTRICTIVE/.exec(statement)?.[1] ?? [],
  );
  assert.ok(condition !== undefined);
  await withEngine(async (analytics) => {
    const read = async (user: string): Promise<unknown> => {
      const sql = `SELECT ${condition.replace('currentUser()', '{user:String}')}`;
      return (await analytics.query(sql, { parameters: { user } })).rows[0]?.[0];
    };
    assert.equal(await read(name), 'acme');
    for (const user of ['default', 'hub', 'acme', '']) assert.equal(await read(user), '', user);
  });
  for (const odd of ['default', 'tenant.a.b', `tenant.acme'.1.0123456789abcdef`, 'tenant.acme.1.0123456789abcdef\n'])
    assert.throws(() => describeReader(odd, 'x', 0), RangeError, odd);
  assert.throws(() => describeReaderAccess('swarm; DROP'), { code: 'invalid_config' });
});

test('no statement holds a password, and each makes one login or takes one away', async () => {
  const statements: string[] = [];
  let users = [name, 'tenant.acme.1000000000.0123456789abcdef', 'tenant.acme-2.1000000000.0123456789abcdef'];
  // Only what goes over the wire is looked at here; there is no server.
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      statements.push(body);
      const rows = users.map((user) => `${JSON.stringify({ name: user })}\n`).join('');
      response.end(body.includes('system.users') ? rows : '');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const logins = openReaderLogins({ url: `http://127.0.0.1:${port}`, username: 'admin', password });
  try {
    const login = await logins.create('acme', Date.now() + 60_000);
    assert.match(login.username, /^tenant\.acme\.\d+\.[0-9a-f]{16}$/);
    assert.ok(!statements.some((sql) => sql.includes(login.password)));
    const dropped = (): string[] => statements.filter((sql) => sql.startsWith('DROP USER'));
    assert.deepEqual(dropped(), [`DROP USER IF EXISTS \`tenant.acme.1000000000.0123456789abcdef\``]);
    users = users.filter((user) => user === name);
    await logins.removeTenant('acme');
    assert.deepEqual(dropped().slice(1), [`DROP USER IF EXISTS \`${name}\``]);
    for (const tenant of ['a.b', `x'`, '*', '', '../acme', 'x'.repeat(10_000), 'a\0'])
      await assert.rejects(logins.create(tenant, Date.now() + 60_000), tenant);
  } finally {
    await logins.close();
    await closeServer(server);
  }
  const gone = openReaderLogins({ url: `http://127.0.0.1:${port}`, username: 'admin', password });
  await assert.rejects(gone.create('acme', Date.now()), { code: 'analytics_unavailable' });
  await gone.close();
});
