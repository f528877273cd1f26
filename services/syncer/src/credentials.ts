import { loadCredentials, type BusCredentials } from '@swarmledger/bus';
import type { ConfigReader, Secret } from '@swarmledger/runtime';
import { createAgentCredentials, type AgentAccount } from '@swarmledger/sdk';

/** How a syncer signs in to NATS. */
export type CredentialsConfig =
  | { readonly kind: 'none' }
  | { readonly kind: 'password'; readonly user: string; readonly password: Secret }
  /** A `.creds` file. */
  | { readonly kind: 'file'; readonly file: string }
  /** A service account of the tenant whose outbox it is: short-lived JWTs from the auth service. */
  | { readonly kind: 'agent'; readonly account: AgentAccount };

/** Reads `SWARMLEDGER_AGENT_CLIENT_SECRET` and what goes with it, or `SWARMLEDGER_NATS_CREDENTIALS`, or user and password. */
export function readCredentialsConfig(read: ConfigReader): CredentialsConfig {
  const clientSecret = read.secret('SWARMLEDGER_AGENT_CLIENT_SECRET');
  if (clientSecret !== undefined) {
    const issuerUrl = read.optionalText('SWARMLEDGER_ISSUER');
    const account: AgentAccount = {
      authUrl: read.text('SWARMLEDGER_AUTH_URL'),
      tenant: read.text('SWARMLEDGER_TENANT'),
      clientId: read.text('SWARMLEDGER_AGENT_CLIENT_ID'),
      clientSecret,
      ...(issuerUrl === undefined ? {} : { issuerUrl }),
    };
    return { kind: 'agent', account };
  }
  const file = read.optionalText('SWARMLEDGER_NATS_CREDENTIALS');
  if (file !== undefined) return { kind: 'file', file };
  const password = read.secret('SWARMLEDGER_NATS_PASSWORD');
  const user = read.text('SWARMLEDGER_NATS_USER', 'swarmledger');
  return password === undefined ? { kind: 'none' } : { kind: 'password', user, password };
}

/** For one connection. @throws PermanentError invalid_credentials */
export async function openCredentials(config: CredentialsConfig): Promise<{ readonly credentials?: BusCredentials }> {
  switch (config.kind) {
    case 'none':
      return {};
    case 'password':
      return { credentials: { user: config.user, password: config.password } };
    case 'file':
      return { credentials: await loadCredentials(config.file) };
    case 'agent':
      return { credentials: createAgentCredentials(config.account) };
    default:
      return config satisfies never;
  }
}
