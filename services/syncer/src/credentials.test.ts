import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConfigReader, type Environment } from '@swarmledger/runtime';
import { openCredentials, readCredentialsConfig, type CredentialsConfig } from './credentials.ts';

function read(environment: Environment): CredentialsConfig {
  const reader = new ConfigReader(environment);
  const config = readCredentialsConfig(reader);
  return reader.finish(config);
}

const agent = {
  SWARMLEDGER_AGENT_CLIENT_SECRET: 'secret',
  SWARMLEDGER_AGENT_CLIENT_ID: 'agent.acme.coder',
  SWARMLEDGER_AUTH_URL: 'http://127.0.0.1:1',
  SWARMLEDGER_TENANT: 'acme',
};

test('an agent’s account comes before a file, a file before a password, and nothing is nothing', async () => {
  const file = { SWARMLEDGER_NATS_CREDENTIALS: '/nowhere/hub.creds' };
  const password = { SWARMLEDGER_NATS_PASSWORD: 'x' };
  assert.equal(read({ ...agent, ...file, ...password }).kind, 'agent');
  assert.equal(read({ ...file, ...password }).kind, 'file');
  assert.equal(read(password).kind, 'password');
  assert.deepEqual(await openCredentials(read({})), {});
  assert.equal((await openCredentials(read(agent))).credentials?.kind, 'jwt');
  assert.equal((await openCredentials(read(password))).credentials?.kind, undefined);
  await assert.rejects(openCredentials(read(file)), { code: 'invalid_credentials' });
});

test('half an account is refused, naming what is missing and no secret', () => {
  assert.throws(
    () => read({ SWARMLEDGER_AGENT_CLIENT_SECRET: 'hunter2' }),
    (error: Error) =>
      ['SWARMLEDGER_AUTH_URL', 'SWARMLEDGER_TENANT', 'SWARMLEDGER_AGENT_CLIENT_ID'].every((name) =>
        error.message.includes(name),
      ) && !error.message.includes('hunter2'),
  );
});
