import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { after, before, test } from 'node:test';
import { exportSPKI, importJWK, SignJWT, type CryptoKey } from 'jose';
import { parseTenantId } from '@swarmledger/protocol';
import { findFreePort, PermanentError, TransientError } from '@swarmledger/runtime';
import { readBearer } from './bearer.ts';
import { identityLimits } from './limits.ts';
import { requireRole, requireTenant } from './principal.ts';
import { createSigningKey } from './signer.ts';
import { startTestIssuer, type TestIssuer } from './testing/issuer.ts';
import { createTokenVerifier, defaultAudience, type TokenVerifier } from './verifier.ts';

let issuer: TestIssuer;
let verifier: TokenVerifier;

before(async () => {
  issuer = await startTestIssuer();
  verifier = createTokenVerifier({ issuer: issuer.url });
});
after(() => issuer.close());

async function assertRefused(token: string, code: string, by = verifier): Promise<void> {
  await assert.rejects(by.verify(token), (error: unknown) => {
    assert.ok(error instanceof PermanentError, String(error));
    assert.equal(error.code, code);
    const [, payload, signature] = token.split('.');
    for (const secret of [token, payload, signature].filter((part) => part !== undefined && part.length > 10))
      assert.ok(!error.message.includes(secret ?? ''), 'an error quotes the token');
    return true;
  });
}

const encodePart = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url');

/** Good claims, which a test may spoil, signed as the issuer would. */
async function signClaims(claims: Readonly<Record<string, unknown>>, header: object = {}): Promise<string> {
  const key = issuer.keys.at(-1)!;
  const now = Math.floor(Date.now() / 1_000);
  const good = {
    iss: issuer.url,
    aud: defaultAudience,
    sub: 'someone',
    iat: now,
    exp: now + 60,
    tenant_id: 'acme',
    realm_access: { roles: ['member'] },
  };
  return new SignJWT({ ...good, ...claims })
    .setProtectedHeader({ alg: 'ES256', kid: key.id, ...header })
    .sign(await importJWK(key.privateJwk, 'ES256'));
}

test('a good token gives the principal', async () => {
  const principal = await verifier.verify(await issuer.sign({ username: 'ann', roles: ['owner', 'analyst'] }));
  assert.equal(principal.subject, 'someone');
  assert.equal(principal.tenant, 'acme');
  assert.deepEqual(principal.roles, ['owner', 'analyst']);
  assert.equal(principal.username, 'ann');
  assert.equal(principal.clientId, 'test');
  assert.ok(principal.expiresAtMs > Date.now());
});

test('a token of algorithm "none" is refused, however it is spelt', async () => {
  const [, payload = ''] = (await issuer.sign()).split('.');
  for (const alg of ['none', 'None', 'NONE', ''])
    for (const signature of ['', 'AAAA']) {
      const token = `${encodePart({ alg, typ: 'JWT' })}.${payload}.${signature}`;
      await assert.rejects(verifier.verify(token), PermanentError);
    }
});

test('a public key does not do as a shared secret', async () => {
  const key = issuer.keys.at(-1)!;
  const pem = await exportSPKI((await importJWK(key.publicJwk, 'ES256')) as CryptoKey);
  const [, payload = ''] = (await issuer.sign()).split('.');
  for (const secret of [pem, JSON.stringify(key.publicJwk)]) {
    const signed = `${encodePart({ alg: 'HS256', kid: key.id })}.${payload}`;
    const signature = createHmac('sha256', secret).update(signed).digest('base64url');
    await assertRefused(`${signed}.${signature}`, 'token_algorithm');
  }
});

test('a token of another key is refused, also under the id of a good one and with its own key in the header', async () => {
  const foreign = await createSigningKey(Date.now());
  await assertRefused(await issuer.sign({}, foreign), 'token_unknown_key');
  await assertRefused(await issuer.sign({}, { ...foreign, id: issuer.keys.at(-1)!.id }), 'token_signature');
  const [, payload = ''] = (await issuer.sign({}, foreign)).split('.');
  const signer = (await importJWK(foreign.privateJwk, 'ES256')) as CryptoKey;
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Record<string, unknown>;
  const token = await new SignJWT(claims)
    .setProtectedHeader({ alg: 'ES256', jwk: foreign.publicJwk, jku: 'http://127.0.0.1:1/keys' })
    .sign(signer);
  await assert.rejects(verifier.verify(token), PermanentError);
});

test('changed claims are refused', async () => {
  const [header = '', payload = '', signature = ''] = (await issuer.sign()).split('.');
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as object;
  await assertRefused(`${header}.${encodePart({ ...claims, tenant_id: 'other' })}.${signature}`, 'token_signature');
});

test('a token of another issuer or for another audience is refused', async () => {
  await assertRefused(await issuer.sign({ issuer: 'http://127.0.0.1:1' }), 'token_issuer');
  await assertRefused(await issuer.sign({ issuer: `${issuer.url}/` }), 'token_issuer');
  await assertRefused(await issuer.sign({ audience: 'account' }), 'token_audience');
  await assertRefused(await signClaims({ aud: undefined }), 'token_audience');
});

test('a token counts from its start to its end, give or take the clock tolerance', async () => {
  const now = Date.now();
  const tolerance = identityLimits.clockToleranceMs;
  await assertRefused(await issuer.sign({ expiresAtMs: now - tolerance - 2_000 }), 'token_expired');
  await verifier.verify(await issuer.sign({ expiresAtMs: now - tolerance / 2 }));
  await assertRefused(await issuer.sign({ issuedAtMs: now + tolerance + 5_000 }), 'token_not_active');
  const seconds = Math.floor(now / 1_000);
  await assertRefused(await signClaims({ nbf: seconds + tolerance / 1_000 + 5 }), 'token_not_active');
  await verifier.verify(await signClaims({ nbf: seconds + tolerance / 2_000 }));
  await assertRefused(await signClaims({ exp: undefined }), 'token_claims');
  await assertRefused(await signClaims({ sub: '' }), 'token_claims');
  const later = createTokenVerifier({ issuer: issuer.url, clock: () => now + 120_000 });
  await assertRefused(await issuer.sign(), 'token_expired', later);
});

test('only an access token is one', async () => {
  for (const typ of ['ID', 'Refresh', 'Offline']) await assertRefused(await signClaims({ typ }), 'token_kind');
});

test('a tenant that is no tenant’s name is refused', async () => {
  const bad: unknown[] = [
    undefined,
    null,
    '',
    7,
    ['acme'],
    { acme: 1 },
    'a.b',
    'a.*',
    '*',
    '>',
    'acme.>',
    '../acme',
    'a/b',
  ];
  bad.push(
    'a\\b',
    'acme\0',
    '\0',
    'Acme',
    'acme ',
    ' acme',
    'acme\n',
    'аcme',
    '-acme',
    'x'.repeat(64),
    'x'.repeat(10_240),
  );
  for (const tenant of bad) await assertRefused(await signClaims({ tenant_id: tenant }), 'token_tenant');
});

test('a token without a role that we know is refused, and roles of another shape give none', async () => {
  for (const access of [
    undefined,
    null,
    {},
    { roles: [] },
    { roles: 'owner' },
    { roles: ['default-roles-x'] },
    'owner',
  ])
    await assertRefused(await signClaims({ realm_access: access }), 'token_no_role');
  const { roles } = await verifier.verify(await signClaims({ realm_access: { roles: ['uma', 'analyst'] } }));
  assert.deepEqual(roles, ['analyst']);
});

test('what is no token is refused', async () => {
  for (const text of ['', 'x', 'a.b', 'a.b.c', '...', 'e30.e30.e30', '\0.\0.\0', 'é.é.é', `${'a'.repeat(10_000)}.b.c`])
    await assertRefused(text, 'token_malformed');
  await assertRefused('a'.repeat(identityLimits.tokenBytesMax + 1), 'token_malformed');
});

test('a new key of the issuer is found, and a withdrawn one is refused by a new verifier', async () => {
  const rotating = await startTestIssuer();
  try {
    const old = await rotating.sign();
    const first = createTokenVerifier({ issuer: rotating.url });
    await first.verify(old);
    rotating.keys.push(await createSigningKey(Date.now()));
    const token = await rotating.sign();
    const deadlineMs = performance.now() + identityLimits.keysCooldownMs * 3;
    while (performance.now() < deadlineMs) {
      const found = await first.verify(token).then(
        () => true,
        () => false,
      );
      if (found) break;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    await first.verify(token);
    await first.verify(old);
    assert.equal(rotating.keyRequests, 2, 'a forged key id makes us ask no more than once a cool-down');
    rotating.keys.shift();
    await assertRefused(old, 'token_unknown_key', createTokenVerifier({ issuer: rotating.url }));
  } finally {
    await rotating.close();
  }
});

test('an issuer that cannot be asked is transient, and the same verifier goes on when it is back', async () => {
  const nowhere = createTokenVerifier({ issuer: `http://127.0.0.1:${await findFreePort()}` });
  const isTransient = (error: unknown): boolean =>
    error instanceof TransientError && error.code === 'issuer_unreachable';
  await assert.rejects(nowhere.verify(await issuer.sign()), isTransient);
  const flaky = await startTestIssuer();
  try {
    const later = createTokenVerifier({ issuer: flaky.url });
    flaky.status = 503;
    await assert.rejects(later.verify(await flaky.sign()), isTransient);
    flaky.status = 302;
    await assert.rejects(later.verify(await flaky.sign()), isTransient);
    flaky.status = 200;
    await later.verify(await flaky.sign());
  } finally {
    await flaky.close();
  }
});

test('a discovery document of another issuer, or with keys elsewhere, is a wrong configuration', async () => {
  for (const discovery of [{ issuer: 'http://127.0.0.1:1' }, { jwks_uri: 'http://localhost:1/keys' }]) {
    issuer.discovery = discovery;
    const confused = createTokenVerifier({ issuer: issuer.url });
    await assertRefused(await issuer.sign(), 'issuer_mismatch', confused);
  }
  issuer.discovery = { jwks_uri: 'not a url' };
  await assert.rejects(createTokenVerifier({ issuer: issuer.url }).verify(await issuer.sign()), TransientError);
  issuer.discovery = {};
  assert.throws(() => createTokenVerifier({ issuer: 'file:///etc/passwd' }), PermanentError);
});

test('roles and tenants are required by name', async () => {
  const member = await verifier.verify(await issuer.sign());
  requireRole(member, ['owner', 'member']);
  assert.throws(() => requireRole(member, ['owner']), { code: 'forbidden_role' });
  requireTenant(member, parseTenantId('acme'));
  assert.throws(() => requireTenant(member, parseTenantId('other')), { code: 'forbidden_tenant' });
  requireTenant(await verifier.verify(await issuer.sign({ roles: ['operator'] })), parseTenantId('other'));
});

test('a bearer token is read from its header only', () => {
  assert.equal(readBearer('Bearer a.b.c'), 'a.b.c');
  assert.equal(readBearer('bearer a.b-_c'), 'a.b-_c');
  for (const header of [undefined, '', 'Bearer', 'Bearer ', 'Basic a', 'Bearer a b', 'Bearer a\nb'])
    assert.throws(() => readBearer(header), { code: 'token_missing' });
});
