import assert from 'node:assert/strict';
import { createHmac, createPublicKey, generateKeyPairSync, sign } from 'node:crypto';
import { test } from 'node:test';
import KeycloakAdminClient from '@keycloak/keycloak-admin-client';
import { createRoutes } from '@swarmledger/auth';
import { createMasterKey } from '@swarmledger/encryption';
import { createTokenVerifier } from '@swarmledger/identity';
import { Secret } from '@swarmledger/runtime';
import {
  keycloakAdmin,
  keycloakSecret,
  missingKeycloak,
  withKeycloak,
  type TestKeycloak,
} from '../support/keycloak.ts';
import { operator, password, registration, withAuth, type TestAuth } from './auth-service.ts';

const skip = missingKeycloak();

test('the auth service on a real Keycloak', { skip, timeout: 600_000 }, async (t) => {
  await withKeycloak(async (keycloak) => {
    const issuer = {
      kind: 'keycloak',
      baseUrl: keycloak.url,
      realm: 'swarmledger',
      clientSecret: new Secret(keycloakSecret),
    } as const;
    await withAuth(
      async (auth) => {
        const owner = await auth.register('acme');
        await auth.register('other');
        await t.test('registers a user with its organisation, and its tokens say whose they are', () =>
          registers(auth, keycloak, owner),
        );
        await t.test('gives one name to one registration', () => races(auth));
        await t.test('lets each role do what its routes say, in its own tenant', () => keepsApart(auth, owner));
        await t.test('gives agents service accounts, and takes them back', () => servesAgents(auth, owner));
        await t.test('refuses forged tokens and tokens for others', () => refusesForgeries(auth, keycloak, owner));
        await t.test('lets nobody choose their own tenant or role', () => refusesPromotion(auth, keycloak, owner));
        await t.test('lets operators in', () => servesOperators(auth, keycloak));
        await t.test('removes a tenant’s people, agents and organisation', () => removes(auth, keycloak, owner));
      },
      { issuer, masterKeys: { kind: 'text', text: new Secret(createMasterKey()) } },
    );
  });
});

async function adminClient({ url }: TestKeycloak): Promise<KeycloakAdminClient> {
  const client = new KeycloakAdminClient({ baseUrl: url, realmName: 'master' });
  await client.auth({ ...keycloakAdmin, grantType: 'password', clientId: 'admin-cli' });
  client.setConfig({ realmName: 'swarmledger' });
  return client;
}

async function registers({ call }: TestAuth, keycloak: TestKeycloak, owner: string): Promise<void> {
  const me = await call('GET', '/v1/me', owner);
  assert.deepEqual(
    [me.status, me.body['tenant'], me.body['roles'], me.body['username']],
    [200, 'acme', ['owner'], 'acme-owner'],
  );
  const principal = await createTokenVerifier({ issuer: keycloak.issuer }).verify(owner);
  assert.equal(principal.subject, me.body['subject']);
  const admin = await adminClient(keycloak);
  const [organisation] = await admin.organizations.find({ search: 'acme', exact: true });
  const members = await admin.organizations.listMembers({ orgId: organisation?.id ?? '' });
  assert.deepEqual(
    members.map(({ username }) => username),
    ['acme-owner'],
  );
}

async function races({ call, signIn }: TestAuth): Promise<void> {
  const names = ['a', 'b', 'c', 'd'].map((letter) => `racer-${letter}`);
  const answers = await Promise.all(
    names.map((username) => call('POST', '/v1/register', undefined, { ...registration('race'), username })),
  );
  const won = answers.map(({ status }) => status === 201);
  assert.equal(won.filter(Boolean).length, 1);
  const signedIn = await Promise.allSettled(names.map((name) => signIn(name)));
  assert.deepEqual(
    signedIn.map(({ status }) => status === 'fulfilled'),
    won,
  );
  const same = await Promise.all(
    ['one', 'two', 'three'].map((tenant) =>
      call('POST', '/v1/register', undefined, { ...registration(tenant), username: 'same-name' }),
    ),
  );
  assert.equal(same.filter(({ status }) => status === 201).length, 1);
  const weak = await call('POST', '/v1/register', undefined, { ...registration('weak'), password: 'short' });
  assert.equal(weak.status, 400);
}

async function keepsApart({ call, signIn, ledger }: TestAuth, owner: string): Promise<void> {
  const tokens: Record<string, string> = { owner };
  for (const role of ['member', 'analyst']) {
    const invited = await call('POST', '/v1/tenants/acme/invitations', owner, { email: 'x@example.com', role });
    const accept = { tenant: 'acme', code: String(invited.body['code']), username: `kc-${role}`, password };
    assert.equal((await call('POST', '/v1/invitations/accept', undefined, accept)).status, 201);
    tokens[role] = await signIn(`kc-${role}`);
  }
  for (const route of createRoutes({ ledger } as never)) {
    if (route.access !== 'tenant') continue;
    const method = route.method.toUpperCase();
    const toPath = (tenant: string): string => route.path.replace('{tenant}', tenant).replaceAll(/\{\w+\}/g, 'x');
    assert.equal((await call(method, toPath('acme'))).status, 401);
    for (const role of ['owner', 'member', 'analyst'] as const) {
      assert.equal((await call(method, toPath('other'), tokens[role])).status, 403, `${role}: ${toPath('other')}`);
      if (route.roles.includes(role)) continue;
      assert.equal((await call(method, toPath('acme'), tokens[role])).status, 403, `${role}: ${toPath('acme')}`);
    }
  }
  const { body } = await call('GET', '/v1/tenants/acme/members', owner);
  const members = body['members'] as { readonly username: string; readonly role: string; readonly id: string }[];
  assert.deepEqual(
    members.map(({ username, role }) => [username, role]),
    [
      ['acme-owner', 'owner'],
      ['kc-analyst', 'analyst'],
      ['kc-member', 'member'],
    ],
  );
  const analyst = members.find(({ role }) => role === 'analyst');
  assert.equal((await call('DELETE', `/v1/tenants/acme/members/${analyst?.id}`, owner)).status, 204);
  await assert.rejects(signIn('kc-analyst'), /invalid_grant/);
}

async function servesAgents({ call, clientToken }: TestAuth, owner: string): Promise<void> {
  const { body: agent, status } = await call('POST', '/v1/tenants/acme/agents', owner, { name: 'coder' });
  assert.equal(status, 201);
  assert.equal((await call('POST', '/v1/tenants/acme/agents', owner, { name: 'coder' })).status, 409);
  const [id, secret] = [String(agent['client_id']), String(agent['client_secret'])];
  const { body } = await clientToken(id, secret);
  const me = await call('GET', '/v1/me', String(body['access_token']));
  assert.deepEqual([me.body['tenant'], me.body['roles']], ['acme', ['member']]);
  assert.equal((await call('GET', '/v1/tenants/other', String(body['access_token']))).status, 403);
  const keys = await call('GET', '/v1/tenants/acme/data-keys', String(body['access_token']));
  assert.deepEqual([keys.status, keys.body], [200, (await call('GET', '/v1/tenants/acme/data-keys', owner)).body]);
  assert.equal((await call('GET', '/v1/tenants/other/data-keys', String(body['access_token']))).status, 403);
  const listed = await call('GET', '/v1/tenants/acme/agents', owner);
  assert.deepEqual(listed.body['agents'], [{ client_id: 'agent.acme.coder', name: 'coder' }]);
  assert.equal((await call('DELETE', '/v1/tenants/acme/agents/coder', owner)).status, 204);
  assert.equal((await clientToken(id, secret)).status, 401);
}

async function refusesForgeries({ call }: TestAuth, keycloak: TestKeycloak, good: string): Promise<void> {
  const [header = '', payload = '', signature = ''] = good.split('.');
  const encode = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url');
  const decode = (part: string): Record<string, unknown> =>
    JSON.parse(Buffer.from(part, 'base64url').toString()) as Record<string, unknown>;
  const { kid } = decode(header);
  const set = (await (await fetch(`${keycloak.issuer}/protocol/openid-connect/certs`)).json()) as {
    keys: { readonly kid: string }[];
  };
  const key = set.keys.find((candidate) => candidate.kid === kid);
  const pem = createPublicKey({ key: key as never, format: 'jwk' }).export({ type: 'spki', format: 'pem' });
  const hs = `${encode({ alg: 'HS256', kid, typ: 'JWT' })}.${payload}`;
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const foreign = `${header}.${payload}`;
  const forged: Record<string, string> = {
    'alg none': `${encode({ alg: 'none', typ: 'JWT' })}.${payload}.`,
    'public key as secret': `${hs}.${createHmac('sha256', pem).update(hs).digest('base64url')}`,
    'another key': `${foreign}.${sign('sha256', Buffer.from(foreign), privateKey).toString('base64url')}`,
    'another tenant': `${header}.${encode({ ...decode(payload), tenant_id: 'other' })}.${signature}`,
    'another role': `${header}.${encode({ ...decode(payload), realm_access: { roles: ['operator'] } })}.${signature}`,
  };
  const admin = await adminClient(keycloak);
  forged['another realm'] = (await admin.getAccessToken()) ?? '';
  const service = await fetch(`${keycloak.issuer}/protocol/openid-connect/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: 'swarmledger-auth',
      client_secret: keycloakSecret,
    }),
  });
  forged['another audience'] = ((await service.json()) as { access_token: string }).access_token;
  for (const [name, token] of Object.entries(forged)) {
    const { status, body } = await call('GET', '/v1/tenants/acme', token);
    assert.equal(status, 401, `${name}: ${JSON.stringify(body)}`);
  }
}

async function refusesPromotion({ call, signIn }: TestAuth, keycloak: TestKeycloak, owner: string): Promise<void> {
  const headers = { authorization: `Bearer ${owner}`, 'content-type': 'application/json', accept: 'application/json' };
  for (const attributes of [{ tenant_id: ['other'] }, { tenant_id: ['operators'], registration: ['x'] }]) {
    await fetch(`${keycloak.issuer}/account/`, {
      method: 'POST',
      headers,
      body: JSON.stringify({ username: 'acme-owner', email: 'a@example.com', attributes }),
    });
    const { subject } = (await call('GET', '/v1/me', owner)).body;
    const { status } = await fetch(`${keycloak.url}/admin/realms/swarmledger/users/${String(subject)}`, {
      method: 'PUT',
      headers,
      body: JSON.stringify({ username: 'acme-owner', attributes }),
    });
    assert.ok(status === 403 || status === 401, `the Admin API answers ${status}`);
  }
  const me = await call('GET', '/v1/me', await signIn('acme-owner'));
  assert.deepEqual([me.body['tenant'], me.body['roles']], ['acme', ['owner']]);
}

async function servesOperators({ call, signIn }: TestAuth, keycloak: TestKeycloak): Promise<void> {
  const admin = await adminClient(keycloak);
  const { id } = await admin.users.create({
    username: operator.username,
    enabled: true,
    attributes: { tenant_id: ['operators'] },
    credentials: [{ type: 'password', value: operator.password, temporary: false }],
  });
  const role = await admin.roles.findOneByName({ name: 'operator' });
  await admin.users.addRealmRoleMappings({ id, roles: [{ id: role?.id ?? '', name: 'operator' }] });
  const token = await signIn(operator.username, operator.password);
  const { status, body } = await call('PATCH', '/v1/tenants/other/plan', token, { plan: 'enterprise' });
  assert.deepEqual([status, body['plan']], [200, 'enterprise']);
}

async function removes({ call, signIn }: TestAuth, keycloak: TestKeycloak, owner: string): Promise<void> {
  await call('POST', '/v1/tenants/acme/agents', owner, { name: 'last' });
  assert.equal((await call('DELETE', '/v1/tenants/acme', owner, { confirm: 'acme' })).status, 204);
  await assert.rejects(signIn('acme-owner'), /invalid_grant/);
  assert.equal((await call('GET', '/v1/tenants/acme', owner)).status, 404);
  const admin = await adminClient(keycloak);
  assert.deepEqual(await admin.organizations.find({ search: 'acme', exact: true }), []);
  assert.deepEqual(await admin.clients.find({ clientId: 'agent.acme.', search: true }), []);
  assert.equal((await call('GET', '/v1/me', await signIn('other-owner'))).status, 200);
}
