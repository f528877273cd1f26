import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseTenantId } from '@swarmledger/protocol';
import { eventually } from '../support/cli.ts';
import { registration, withAuth, type Answer, type TestAuth } from './auth-service.ts';

const acme = parseTenantId('acme');
const tenMinutesMs = 10 * 60_000;

/** What a process leaves that dies in the middle. */
async function cutOff({ ledger }: TestAuth, owner = 'nobody'): Promise<void> {
  const value = { owner, untilMs: Date.now() + tenMinutesMs };
  await ledger.tenants.create(acme, {}, { kind: 'registration', id: 'pending', value });
}

function refused({ status, body }: Answer): readonly unknown[] {
  return [status, body.error?.code];
}

test('a registration that fails half-way leaves nothing taken: the same again succeeds', async () => {
  await withAuth(async ({ call, nats, signIn }) => {
    await nats.server.close();
    const input = registration('acme');
    const failed = await call('POST', '/v1/register', undefined, input);
    assert.equal(failed.status, 503, 'what cannot be recorded is not done');
    await assert.rejects(signIn('acme-owner'), /invalid_grant/);
    await nats.restart();
    await eventually(async () => {
      const { status } = await call('POST', '/v1/register', undefined, input);
      return status === 201 ? true : undefined;
    }, 60_000);
    const token = await signIn('acme-owner');
    assert.deepEqual((await call('GET', '/v1/tenants/acme/projects', token)).body['projects'], ['web']);
  });
});

test('the name of a registration whose process died is free again after ten minutes, for one', async () => {
  await withAuth(async (auth) => {
    const { call, clock, signIn, ledger } = auth;
    await cutOff(auth);
    const early = await call('POST', '/v1/register', undefined, registration('acme'));
    assert.deepEqual(refused(early), [409, 'tenant_exists']);
    clock.offsetMs = tenMinutesMs + 1_000;
    const names = ['one', 'two', 'three', 'four'];
    const answers = await Promise.all(
      names.map((username) => call('POST', '/v1/register', undefined, { ...registration('acme'), username })),
    );
    assert.equal(answers.filter(({ status }) => status === 201).length, 1, JSON.stringify(answers));
    const winner = names[answers.findIndex(({ status }) => status === 201)] ?? '';
    const token = await signIn(winner);
    assert.equal((await call('GET', '/v1/tenants/acme', token)).status, 200);
    for (const loser of names.filter((name) => name !== winner)) await assert.rejects(signIn(loser), /invalid_grant/);
    assert.deepEqual(await ledger.tenants.documents.list(acme, 'registration'), []);
  });
});

test('one that only missed its last step stays its owner’s', async () => {
  await withAuth(async ({ call, clock, register, signIn, ledger }) => {
    await register('acme');
    const { body } = await call('GET', '/v1/me', await signIn('acme-owner'));
    const left = { owner: String(body['subject']), untilMs: Date.now() };
    await ledger.tenants.documents.update(acme, 'registration', 'pending', () => left);
    clock.offsetMs = tenMinutesMs + 1_000;
    const other = await call('POST', '/v1/register', undefined, { ...registration('acme'), username: 'other' });
    assert.deepEqual(refused(other), [409, 'tenant_exists']);
    assert.equal((await call('GET', '/v1/tenants/acme', await signIn('acme-owner'))).status, 200);
    assert.deepEqual(await ledger.tenants.documents.list(acme, 'registration'), []);
  });
});

test('a tenant that was never being registered cannot be taken over', async () => {
  await withAuth(async ({ call, clock, ledger }) => {
    await ledger.tenants.create(acme);
    clock.offsetMs = 10 * tenMinutesMs;
    const answer = await call('POST', '/v1/register', undefined, registration('acme'));
    assert.deepEqual(refused(answer), [409, 'tenant_exists']);
    await ledger.tenants.remove(acme);
    const removed = await call('POST', '/v1/register', undefined, registration('acme'));
    assert.deepEqual(refused(removed), [409, 'tenant_exists']);
  });
});
