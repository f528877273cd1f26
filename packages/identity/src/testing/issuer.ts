import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { closeServer } from '@swarmledger/runtime';
import { createSigningKey, signToken, type SigningKey, type TokenClaims } from '../signer.ts';
import { defaultAudience } from '../verifier.ts';

/** An OIDC issuer of discovery document and key set on loopback, for tests of whoever verifies tokens. */
export interface TestIssuer {
  readonly url: string;
  /** Those that it publishes; a test may change them. */
  readonly keys: SigningKey[];
  /** What every answer's status is, instead of 200; a test may change it. */
  status: number;
  /** What its discovery document says differently; a test may change it. */
  discovery: Readonly<Record<string, unknown>>;
  /** How often it was asked for its keys. */
  readonly keyRequests: number;
  /** A good access token of role `member` for tenant `acme`, but for what is given. */
  sign(claims?: Partial<TokenClaims>, key?: SigningKey): Promise<string>;
  close(): Promise<void>;
}

export async function startTestIssuer(): Promise<TestIssuer> {
  const keys = [await createSigningKey(Date.now())];
  let keyRequests = 0;
  const server = createServer((request, response) => {
    const isKeys = request.url === '/keys';
    if (isKeys) keyRequests += 1;
    const body = isKeys
      ? { keys: issuer.keys.map(({ publicJwk }) => publicJwk) }
      : { issuer: issuer.url, jwks_uri: `${issuer.url}/keys`, ...issuer.discovery };
    response.writeHead(issuer.status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const issuer: TestIssuer = {
    url,
    keys,
    status: 200,
    discovery: {},
    get keyRequests() {
      return keyRequests;
    },
    sign: async (claims = {}, key = keys.at(-1)) => {
      if (key === undefined) throw new Error('the issuer has no key');
      const now = Date.now();
      return signToken(key, {
        issuer: url,
        audience: defaultAudience,
        subject: 'someone',
        tenant: 'acme',
        roles: ['member'],
        clientId: 'test',
        issuedAtMs: now,
        expiresAtMs: now + 60_000,
        ...claims,
      });
    },
    close: () => closeServer(server),
  };
  return issuer;
}
