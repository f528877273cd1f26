import assert from 'node:assert/strict';
import { readFile, stat } from 'node:fs/promises';
import { test } from 'node:test';
import { createRoutes, describeApi } from '@swarmledger/auth';
import { parseTenantId } from '@swarmledger/protocol';
import { checkout } from '../support/cli.ts';
import { operator, password, readPublished, registration, withAuth } from './auth-service.ts';

test('a tenant is registered once, and its owner signs in', async () => {
  await withAuth(async ({ call, signIn, ledger }) => {
    const made = await call('POST', '/v1/register', undefined, { ...registration('acme'), name: 'Acme Inc' });
    assert.equal(made.status, 201);
    const token = await signIn('acme-owner');
    const me = await call('GET', '/v1/me', token);
    assert.deepEqual(
      [me.status, me.body['tenant'], me.body['roles'], me.body['username']],
      [200, 'acme', ['owner'], 'acme-owner'],
    );
    const { body } = await call('GET', '/v1/tenants/acme', token);
    assert.deepEqual([body['name'], body['plan']], ['Acme Inc', 'free']);
    assert.deepEqual(await ledger.tenants.projects(parseTenantId('acme')), ['web']);
    const again = await call('POST', '/v1/register', undefined, { ...registration('acme'), username: 'another' });
    assert.deepEqual([again.status, again.body.error?.code], [409, 'tenant_exists']);
    await assert.rejects(signIn('another'), /invalid_grant/, 'nobody is left behind who could sign in to it');
    const taken = await call('POST', '/v1/register', undefined, { ...registration('other'), username: 'acme-owner' });
    assert.deepEqual([taken.status, taken.body.error?.code], [409, 'username_taken']);
  });
});

test('of ten registrations of one name at the same moment, one wins, and only its owner can sign in', async () => {
  await withAuth(async ({ call, signIn }) => {
    const names = Array.from({ length: 10 }, (_, index) => `owner-${index}`);
    const answers = await Promise.all(
      names.map((username) => call('POST', '/v1/register', undefined, { ...registration('race'), username })),
    );
    assert.equal(answers.filter(({ status }) => status === 201).length, 1);
    assert.equal(answers.filter(({ status }) => status === 409).length, 9);
    const signedIn = await Promise.allSettled(names.map((name) => signIn(name)));
    const winners = signedIn.map(({ status }) => status === 'fulfilled');
    assert.deepEqual(
      winners,
      answers.map(({ status }) => status === 201),
    );
    const same = await Promise.all(
      ['one', 'two', 'three'].map((tenant) =>
        call('POST', '/v1/register', undefined, { ...registration(tenant), username: 'same-name' }),
      ),
    );
    assert.equal(same.filter(({ status }) => status === 201).length, 1);
  });
});

test('names and input that are not legal are refused, and nothing of ours is told', async () => {
  await withAuth(async ({ call, service }) => {
    const bad: Record<string, unknown>[] = [
      ...['a.b', '*', '>', 'acme.>', '../x', 'a/b', 'a\0', 'Acme', '', 'x'.repeat(64), 'x'.repeat(10_240)].map(
        (tenant) => ({ tenant }),
      ),
      { tenant: 7 },
      { tenant: null },
      { project: 'a.b' },
      { password: 'short' },
      { password: 'x'.repeat(200) },
      { email: 'nobody' },
      { username: 'Ann Ann' },
      { username: 'a\nb' },
      { name: 'bell\u0007' },
      { plan: 'enterprise' },
      { role: 'operator' },
    ];
    for (const spoiled of bad) {
      const { status, body } = await call('POST', '/v1/register', undefined, { ...registration('good'), ...spoiled });
      assert.deepEqual([status, body.error?.code], [400, 'invalid_request'], JSON.stringify(spoiled));
    }
    for (const text of ['', '{', '[]', '"x"', 'null', '{"__proto__":{"tenant":"x"}}']) {
      const { status } = await call('POST', '/v1/register', undefined, text);
      assert.equal(status, 400, text);
    }
    for (const tenant of ['operators', 'unknown', 'probe', 'swarmledger', 'system']) {
      const { status } = await call('POST', '/v1/register', undefined, registration(tenant));
      assert.equal(status, 409, tenant);
    }
    const large = await call('POST', '/v1/register', undefined, { ...registration('good'), name: 'x'.repeat(20_000) });
    assert.deepEqual([large.status, large.body.error?.code], [413, 'too_large']);
    assert.equal((await call('GET', '/v1/nothing')).status, 404);
    const answer = await fetch(`${service.url}/openapi.json`);
    assert.equal(answer.headers.get('x-powered-by'), null);
  });
});

test('every route of another tenant is closed, whatever the role, and every route asks for a token', async () => {
  await withAuth(async ({ call, register, ledger }) => {
    const acme = await register('acme');
    await register('other');
    for (const route of createRoutes({ ledger } as never)) {
      const method = route.method.toUpperCase();
      const path = route.path.replace('{tenant}', 'other').replaceAll(/\{\w+\}/g, 'x');
      if (route.access === 'open') continue;
      const anonymous = await call(method, path);
      assert.deepEqual([anonymous.status, anonymous.body.error?.code], [401, 'token_missing'], path);
      assert.equal((await call(method, path, 'a.b.c')).status, 401, path);
      if (route.access !== 'tenant') continue;
      const { status, body } = await call(method, path, acme);
      assert.equal(status, 403, `${method} ${path}`);
      assert.match(body.error?.code ?? '', /^forbidden_/);
      for (const strange of ['other%2f..%2facme', '..%2facme', 'acme%00', 'acme.', '*', '%3E', 'x'.repeat(10_000)]) {
        const odd = await call(method, route.path.replace('{tenant}', strange).replaceAll(/\{\w+\}/g, 'x'), acme);
        assert.ok(odd.status === 400 || odd.status === 403, `${path} with ${strange.slice(0, 20)}: ${odd.status}`);
      }
    }
  });
});

test('each role may do what its routes say, and no more', async () => {
  await withAuth(async ({ call, register, signIn, ledger, clientToken }) => {
    const owner = await register('acme');
    const tokens: Record<string, string> = { owner };
    for (const role of ['member', 'analyst']) {
      const invited = await call('POST', '/v1/tenants/acme/invitations', owner, { email: 'x@example.com', role });
      assert.equal(invited.status, 201);
      const accept = { tenant: 'acme', code: String(invited.body['code']), username: `the-${role}`, password };
      assert.equal((await call('POST', '/v1/invitations/accept', undefined, accept)).status, 201);
      tokens[role] = await signIn(`the-${role}`);
    }
    const agent = await call('POST', '/v1/tenants/acme/agents', owner, { name: 'coder' });
    const { body } = await clientToken(String(agent.body['client_id']), String(agent.body['client_secret']));
    assert.equal((await call('GET', '/v1/me', String(body['access_token']))).body['tenant'], 'acme');
    for (const route of createRoutes({ ledger } as never)) {
      if (route.access !== 'tenant') continue;
      const path = route.path.replace('{tenant}', 'acme').replaceAll(/\{\w+\}/g, 'x');
      for (const role of ['owner', 'member', 'analyst'] as const) {
        if (route.roles.includes(role)) continue;
        const { status, body: told } = await call(route.method.toUpperCase(), path, tokens[role]);
        assert.deepEqual([status, told.error?.code], [403, 'forbidden_role'], `${role}: ${route.method} ${path}`);
      }
    }
    const operators = await signIn(operator.username, operator.password);
    assert.equal((await call('PATCH', '/v1/tenants/acme/plan', operators, { plan: 'pro' })).body['plan'], 'pro');
    const usage = await call('GET', '/v1/tenants/acme/usage', tokens['analyst']);
    assert.deepEqual([usage.body['events'], usage.body['events_per_day']], [0, 10_000_000]);
    const own = { events_per_day: 5, burst_events: 'unlimited' };
    assert.equal((await call('PUT', '/v1/tenants/acme/quota', operators, { events_per_day: 0 })).status, 400);
    const { body: changed } = await call('PUT', '/v1/tenants/acme/quota', operators, own);
    assert.deepEqual(changed, { ...own, events_per_second: 2_000 });
    assert.deepEqual((await call('GET', '/v1/tenants/acme/usage', tokens['analyst'])).body, {
      day: usage.body['day'],
      events: 0,
      events_per_day: 5,
      per_project: { events_per_second: 2_000, burst_events: 'unlimited' },
      parked_over_quota: 0,
      projects_in_overflow: [],
    });
  });
});

test('an invitation is good once, for its tenant, until it is withdrawn or old', async () => {
  await withAuth(async ({ call, register, clock }) => {
    const owner = await register('acme');
    await register('other');
    const invite = async (): Promise<Record<string, unknown>> =>
      (await call('POST', '/v1/tenants/acme/invitations', owner, { email: 'x@example.com', role: 'member' })).body;
    const accept = async (code: unknown, username: string, tenant = 'acme'): Promise<number> =>
      (await call('POST', '/v1/invitations/accept', undefined, { tenant, code, username, password })).status;
    const { code } = await invite();
    assert.equal(await accept(code, 'thief', 'other'), 404);
    assert.equal(await accept(code, 'thief', 'nobody'), 404);
    assert.equal(await accept(code, 'acme-owner'), 409, 'a taken name does not use it up');
    const both = await Promise.all([accept(code, 'first'), accept(code, 'second')]);
    assert.deepEqual(both.sort(), [201, 404]);
    const withdrawn = await invite();
    const path = `/v1/tenants/acme/invitations/${String(withdrawn['id'])}`;
    assert.equal((await call('DELETE', path, owner)).status, 204);
    assert.equal(await accept(withdrawn['code'], 'third'), 404);
    const old = await invite();
    clock.offsetMs = 8 * 24 * 60 * 60_000;
    assert.equal(await accept(old['code'], 'fourth'), 404);
  });
});

test('what is removed is gone: members, agents, and a tenant with its name', async () => {
  await withAuth(async ({ call, register, signIn, clientToken, ledger }) => {
    const owner = await register('acme');
    const { body: members } = await call('GET', '/v1/tenants/acme/members', owner);
    const [self] = members['members'] as { id: string }[];
    const last = await call('DELETE', `/v1/tenants/acme/members/${self?.id}`, owner);
    assert.deepEqual([last.status, last.body.error?.code], [409, 'last_owner']);
    const { body: agent } = await call('POST', '/v1/tenants/acme/agents', owner, { name: 'coder' });
    assert.equal((await call('POST', '/v1/tenants/acme/agents', owner, { name: 'coder' })).status, 409);
    assert.equal((await call('DELETE', '/v1/tenants/acme/agents/coder', owner)).status, 204);
    assert.equal((await clientToken(String(agent['client_id']), String(agent['client_secret']))).status, 401);
    assert.equal((await call('DELETE', '/v1/tenants/acme', owner, { confirm: 'other' })).status, 409);
    assert.equal((await call('DELETE', '/v1/tenants/acme', owner, { confirm: 'acme' })).status, 204);
    await assert.rejects(signIn('acme-owner'), /invalid_grant/);
    assert.equal((await call('GET', '/v1/tenants/acme', owner)).status, 404, 'an old token opens nothing');
    assert.equal((await call('POST', '/v1/register', undefined, registration('acme'))).status, 409);
    await assert.rejects(ledger.tenants.show(parseTenantId('acme')), { code: 'unknown_tenant' });
  });
});

test('the local issuer keeps its keys for itself, and a new key drops no token', async () => {
  await withAuth(async (auth) => {
    const { call, register, issuerFile, restart, signIn, clock } = auth;
    await register('acme');
    assert.equal((await stat(issuerFile)).mode & 0o777, 0o600);
    const text = await readFile(issuerFile, 'utf8');
    assert.ok(!text.includes(password) && text.includes('"d":'));
    const keys = async (): Promise<string> =>
      (await fetch(`${auth.service.issuerUrl}/protocol/openid-connect/certs`)).text();
    const before = await keys();
    const days = 24 * 60 * 60_000;
    clock.offsetMs = 90 * days - 60_000;
    const token = await signIn('acme-owner');
    clock.offsetMs = 90 * days + 60_000;
    await restart();
    assert.equal((await call('GET', '/v1/me', token)).status, 200);
    assert.equal((await call('GET', '/v1/me', await signIn('acme-owner'))).status, 200);
    const after = await keys();
    assert.ok(
      after.length > before.length && !after.includes('"d"'),
      'a second key, and no private part, is published',
    );
    clock.offsetMs = 91 * days;
    assert.equal((await keys()).length, before.length, 'the first key is withdrawn after its last token');
    assert.equal((await call('GET', '/v1/me', token)).status, 401);
  });
});

test('strangers, callers and guessers of passwords are held to their rate', async () => {
  const few = { points: 3, durationSeconds: 60 };
  const limits = { open: few, failedLogin: few, signedIn: few };
  await withAuth(
    async ({ call, register, signIn }) => {
      const token = await register('acme');
      await call('POST', '/v1/register', undefined, {});
      await call('POST', '/v1/register', undefined, {});
      const refused = await call('POST', '/v1/register', undefined, registration('more'));
      assert.deepEqual([refused.status, refused.body.error?.code], [429, 'rate_limited']);
      assert.ok(Number(refused.headers.get('retry-after')) >= 1);
      for (let count = 0; count < 3; count++) assert.equal((await call('GET', '/v1/me', token)).status, 200);
      assert.equal((await call('GET', '/v1/me', token)).status, 429);
      const guesses = await Promise.allSettled(
        ['a', 'b', 'c', 'd', 'e'].map((guess) => signIn('acme-owner', `${guess} wrong password`)),
      );
      const reasons = guesses.map((guess) => String((guess as PromiseRejectedResult).reason));
      assert.equal(reasons.filter((reason) => reason.includes('invalid_grant')).length, 3);
      assert.equal(reasons.filter((reason) => reason.includes('rate_limited')).length, 2);
      await assert.rejects(signIn('acme-owner'), /rate_limited/, 'the right password does not help a guesser');
    },
    { limits },
  );
});

test('administrative acts are events in the tenant’s own project "audit"', async () => {
  await withAuth(async ({ call, register, nats }) => {
    const owner = await register('acme');
    await call('POST', '/v1/tenants/acme/projects', owner, { project: 'api' });
    await call('POST', '/v1/tenants/acme/agents', owner, { name: 'coder' });
    const messages = await readPublished(nats);
    for (const message of messages) assert.match(message, /^swarm\.acme\.audit\.events\./);
    const acts = ['tenant.registered', 'project.created', 'agent.created'];
    assert.deepEqual(
      acts.map((act) => messages.filter((message) => message.includes(act)).length),
      [1, 1, 1],
    );
    await nats.server.close();
    const refused = await call('POST', '/v1/tenants/acme/projects', owner, { project: 'later' });
    assert.equal(refused.status, 503, 'what cannot be recorded is not done');
    const { body } = await call('GET', '/v1/tenants/acme/projects', owner);
    assert.ok(!(body['projects'] as string[]).includes('later'));
  });
});

test('docs/openapi/auth.json is the document of the routes that are served', async () => {
  await withAuth(async ({ service, ledger }) => {
    const served: unknown = await (await fetch(`${service.url}/openapi.json`)).json();
    const written: unknown = JSON.parse(await readFile(`${checkout}/docs/openapi/auth.json`, 'utf8'));
    assert.deepEqual(served, written, 'run "node scripts/generate-openapi.mjs"');
    assert.deepEqual(JSON.parse(JSON.stringify(describeApi(createRoutes({ ledger } as never)))), written);
  });
});
