import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createMasterKey } from '@swarmledger/encryption';
import { parseTenantId } from '@swarmledger/protocol';
import { Secret } from '@swarmledger/runtime';
import { eventually } from '../support/cli.ts';
import { registration, withAuth } from './auth-service.ts';

const acme = parseTenantId('acme');
const operators = parseTenantId('operators');
const masterKeys = { kind: 'text', text: new Secret(createMasterKey()) } as const;

test('a removal that is cut off by a process’s death is finished by the next one', async () => {
  await withAuth(
    async ({ call, register, signIn, restart, ledger }) => {
      const owner = await register('acme');
      await register('other');
      const { documents } = ledger.tenants;
      // What the act leaves that dies after its first step.
      await documents.update(operators, 'removal', 'acme', () => ({ tenant: 'acme' }));
      await restart();
      await eventually(
        async () => ((await documents.list(operators, 'removal')).length === 0 ? true : undefined),
        60_000,
      );
      await assert.rejects(signIn('acme-owner'), /invalid_grant/);
      assert.equal((await call('GET', '/v1/tenants/acme', owner)).status, 404);
      assert.equal((await call('GET', '/v1/tenants/acme/data-keys', owner)).status, 404);
      assert.equal((await call('POST', '/v1/register', undefined, registration('acme'))).status, 409);
      assert.deepEqual(await ledger.tenants.removed(), [acme]);
      await signIn('other-owner');
    },
    { masterKeys },
  );
});
