import { createUserKey, type BusCredentials, type IssuedJwt } from '@swarmledger/bus';
import { PermanentError, Secret, TransientError } from '@swarmledger/runtime';

export interface AgentCredentialsOptions {
  /** Of the auth service: `http://host:port`. */
  readonly authUrl: string;
  /** The issuer of its tokens; `{authUrl}/realms/swarmledger` by default, which is the local one's. */
  readonly issuerUrl?: string;
  readonly tenant: string;
  /** Of the agent's service account. */
  readonly clientId: string;
  readonly clientSecret: string | Secret;
}

const requestTimeoutMs = 10_000;

/**
 * Signs an agent in: its service account's token is exchanged for a short-lived NATS user JWT, again and again while the connection lives.
 * The private key that the JWT is for is made here and stays here.
 *
 * The first exchange is made when connecting. It throws PermanentError sign_in_refused, TransientError auth_unreachable.
 */
export function createAgentCredentials(options: AgentCredentialsOptions): BusCredentials {
  const { publicKey, seed } = createUserKey();
  const authUrl = options.authUrl.replace(/\/$/, '');
  const issuerUrl = options.issuerUrl ?? `${authUrl}/realms/swarmledger`;
  const { clientSecret, clientId } = options;
  const issue = async (): Promise<IssuedJwt> => {
    const discovery = await ask(`${issuerUrl}/.well-known/openid-configuration`);
    const token = await ask(readText(discovery, 'token_endpoint'), {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: clientId,
        client_secret: typeof clientSecret === 'string' ? clientSecret : clientSecret.reveal(),
      }),
    });
    const answer = await ask(`${authUrl}/v1/tenants/${encodeURIComponent(options.tenant)}/credentials/nats`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${readText(token, 'access_token')}`,
        'content-type': 'application/json',
      },
      body: JSON.stringify({ public_key: publicKey }),
    });
    return { jwt: readText(answer, 'jwt'), expiresAtMs: Date.parse(readText(answer, 'expires_at')) };
  };
  return { kind: 'jwt', seed: new Secret(seed), issue };
}

async function ask(url: string, init: RequestInit = {}): Promise<Readonly<Record<string, unknown>>> {
  let response: Response;
  let answer: unknown;
  try {
    response = await fetch(url, { ...init, signal: AbortSignal.timeout(requestTimeoutMs) });
    answer = await response.json();
  } catch (cause) {
    throw new TransientError('auth_unreachable', 'cannot sign in: the auth service does not answer', { cause });
  }
  if (response.ok && typeof answer === 'object' && answer !== null) return answer as Readonly<Record<string, unknown>>;
  if (response.status >= 500 || response.status === 429)
    throw new TransientError('auth_unreachable', `cannot sign in: the auth service answers ${response.status}`);
  throw new PermanentError('sign_in_refused', `cannot sign in: the auth service answers ${response.status}`);
}

function readText(answer: Readonly<Record<string, unknown>>, name: string): string {
  const value = answer[name];
  if (typeof value === 'string') return value;
  throw new PermanentError('sign_in_refused', `cannot sign in: the auth service’s answer has no ${name}`);
}
