import { PermanentError, TransientError, type Secret } from '@swarmledger/runtime';

/** How an agent signs in. */
export interface AgentAccount {
  /** Of the auth service: `http://host:port`. */
  readonly authUrl: string;
  /** The issuer of its tokens; `{authUrl}/realms/swarmledger` by default, which is the local one's. */
  readonly issuerUrl?: string;
  readonly tenant: string;
  /** Of the agent's service account. */
  readonly clientId: string;
  readonly clientSecret: string | Secret;
}

type Answer = Readonly<Record<string, unknown>>;

/** Calls of the auth service as one account: each with a token of its own. */
export interface AuthClient {
  /**
   * Asks for what is below the tenant's address.
   *
   * @throws TransientError auth_unreachable; PermanentError sign_in_refused
   */
  ask(path: string, init?: RequestInit): Promise<Answer>;
}

const requestTimeoutMs = 10_000;

export function createAuthClient({ tenant, clientId, clientSecret, ...urls }: AgentAccount): AuthClient {
  const authUrl = urls.authUrl.replace(/\/$/, '');
  const issuerUrl = urls.issuerUrl ?? `${authUrl}/realms/swarmledger`;
  return {
    ask: async (path, init = {}) => {
      const discovery = await request(`${issuerUrl}/.well-known/openid-configuration`);
      const token = await request(readText(discovery, 'token_endpoint'), {
        method: 'POST',
        body: new URLSearchParams({
          grant_type: 'client_credentials',
          client_id: clientId,
          client_secret: typeof clientSecret === 'string' ? clientSecret : clientSecret.reveal(),
        }),
      });
      return request(`${authUrl}/v1/tenants/${encodeURIComponent(tenant)}/${path}`, {
        ...init,
        headers: { authorization: `Bearer ${readText(token, 'access_token')}`, 'content-type': 'application/json' },
      });
    },
  };
}

/** @throws PermanentError sign_in_refused */
export function readText(answer: Answer, name: string): string {
  const value = answer[name];
  if (typeof value === 'string') return value;
  throw new PermanentError('sign_in_refused', `cannot sign in: the auth service’s answer has no ${name}`);
}

async function request(url: string, init: RequestInit = {}): Promise<Answer> {
  let response: Response;
  let answer: unknown;
  try {
    response = await fetch(url, { ...init, signal: AbortSignal.timeout(requestTimeoutMs) });
    answer = await response.json();
  } catch (cause) {
    throw new TransientError('auth_unreachable', 'cannot sign in: the auth service does not answer', { cause });
  }
  if (response.ok && typeof answer === 'object' && answer !== null) return answer as Answer;
  if (response.status >= 500 || response.status === 429)
    throw new TransientError('auth_unreachable', `cannot sign in: the auth service answers ${response.status}`);
  throw new PermanentError('sign_in_refused', `cannot sign in: the auth service answers ${response.status}`);
}
