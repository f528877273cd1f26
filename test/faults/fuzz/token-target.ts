import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createSigningKey, createTokenVerifier, defaultAudience, readBearer, signToken } from '@swarmledger/identity';
import { closeServer } from '@swarmledger/runtime';
import type { OpenTarget } from './target.ts';

const hourMs = 3_600_000;

/** A token with one changed bit must be nobody's. */
export const openTokenTarget: OpenTarget = async (scope) => {
  const key = await createSigningKey(Date.now());
  let issuer = '';
  const server = createServer((request, response) => {
    const keys = { keys: [key.publicJwk] };
    const discovery = { issuer, jwks_uri: `${issuer}/keys` };
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(request.url === '/keys' ? keys : discovery));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  scope.defer('issuer', () => closeServer(server));
  issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const verifier = createTokenVerifier({ issuer });
  const nowMs = Date.now();
  const claims = { issuer, audience: defaultAudience, subject: 'someone', tenant: 'acme', clientId: 'test' };
  const times = { issuedAtMs: nowMs, expiresAtMs: nowMs + hourMs };
  const token = await signToken(key, { ...claims, ...times, roles: ['member'] });
  await verifier.verify(token);
  return {
    name: 'tokens',
    samples: [Buffer.from(`Bearer ${token}`)],
    run: async (input) => {
      const read = readBearer(input.toString('latin1'));
      const principal = await verifier.verify(read);
      // The last character of base64 has bits that say nothing.
      assert.equal(read.slice(0, -1), token.slice(0, -1), `taken as ${principal.tenant}`);
    },
  };
};
