import { createUserKey, type BusCredentials, type IssuedJwt } from '@swarmledger/bus';
import { Secret } from '@swarmledger/runtime';
import { createAuthClient, readText, type AgentAccount } from './auth-client.ts';

/**
 * Signs an agent in: its service account's token is exchanged for a short-lived NATS user JWT, again and again while the connection lives.
 * The private key that the JWT is for is made here and stays here.
 *
 * The first exchange is made when connecting. It throws PermanentError sign_in_refused, TransientError auth_unreachable.
 */
export function createAgentCredentials(account: AgentAccount): BusCredentials {
  const { publicKey, seed } = createUserKey();
  const auth = createAuthClient(account);
  const issue = async (): Promise<IssuedJwt> => {
    const body = JSON.stringify({ public_key: publicKey });
    const answer = await auth.ask('credentials/nats', { method: 'POST', body });
    return { jwt: readText(answer, 'jwt'), expiresAtMs: Date.parse(readText(answer, 'expires_at')) };
  };
  return { kind: 'jwt', seed: new Secret(seed), issue };
}
