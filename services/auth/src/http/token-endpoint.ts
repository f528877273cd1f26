import express, { Router, type Request } from 'express';
import type { RateLimiterMemory } from 'rate-limiter-flexible';
import { issuerPath, TokenRefusal, type LocalIssuer, type TokenAnswer } from '../issuer/local-issuer.ts';
import { authLimits } from '../limits.ts';
import { consume } from './rate-limits.ts';

/** Discovery, key set and token endpoint of the local issuer, under Keycloak's paths. */
export function createTokenEndpoint(
  issuer: LocalIssuer,
  limits: { readonly byAddress: RateLimiterMemory; readonly failedByUser: RateLimiterMemory },
): Router {
  const router = Router();
  router.get(`${issuerPath}/.well-known/openid-configuration`, (_request, response) => {
    response.json(issuer.discovery());
  });
  router.get(`${issuerPath}/protocol/openid-connect/certs`, (_request, response) => {
    response.json(issuer.keySet());
  });
  router.post(
    `${issuerPath}/protocol/openid-connect/token`,
    express.urlencoded({ extended: false, limit: authLimits.requestBytesMax }),
    async (request, response) => {
      // RFC 6749, 5.1: no cache may keep a token.
      response.set('cache-control', 'no-store');
      try {
        await consume(limits.byAddress, request.ip ?? '');
        response.json(await answer(issuer, request, limits.failedByUser));
      } catch (error) {
        if (!(error instanceof TokenRefusal)) throw error;
        const { error: code, message } = error;
        response.status(code === 'invalid_client' ? 401 : 400).json({ error: code, error_description: message });
      }
    },
  );
  return router;
}

async function answer(issuer: LocalIssuer, request: Request, failed: RateLimiterMemory): Promise<TokenAnswer> {
  const form = (request.body ?? {}) as Readonly<Record<string, unknown>>;
  const field = (name: string): string => {
    const value = form[name];
    return typeof value === 'string' ? value : '';
  };
  const client = readBasic(request.headers.authorization) ?? { id: field('client_id'), secret: field('client_secret') };
  switch (field('grant_type')) {
    case 'client_credentials':
      return issuer.clientToken(client.id, client.secret);
    case 'password': {
      const username = field('username').slice(0, authLimits.usernameLengthMax);
      const password = field('password').slice(0, authLimits.passwordLengthMax);
      // Asked before the password is looked at: a limit that counts afterwards lets a burst through.
      await consume(failed, username);
      const token = await issuer.passwordToken(client.id, username, password);
      await failed.reward(username, 1);
      return token;
    }
    default:
      throw new TokenRefusal('unsupported_grant_type', 'grant_type is neither client_credentials nor password');
  }
}

function readBasic(header: string | undefined): { readonly id: string; readonly secret: string } | undefined {
  const [, encoded] = /^Basic +([A-Za-z0-9+/=]+)$/i.exec(header ?? '') ?? [];
  if (encoded === undefined) return undefined;
  const [id = '', ...secret] = Buffer.from(encoded, 'base64').toString('utf8').split(':');
  return { id, secret: secret.join(':') };
}
