import { refuse, unreachable } from './errors.ts';
import { identityLimits } from './limits.ts';

interface Discovery {
  readonly jwksUri: URL;
}

/**
 * Reads `{issuer}/.well-known/openid-configuration` (https://openid.net/specs/openid-connect-discovery-1_0.html).
 *
 * @throws TransientError issuer_unreachable; PermanentError issuer_mismatch when the document is another issuer's, or sends us
 *   to another origin for the keys
 */
export async function discover(issuer: string): Promise<Discovery> {
  const document = await fetchJson(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`);
  if (document['issuer'] !== issuer)
    throw refuse('issuer_mismatch', `the discovery document at ${issuer} names another issuer`);
  const uri = document['jwks_uri'];
  if (typeof uri !== 'string' || !URL.canParse(uri)) throw unreachable('its discovery document has no jwks_uri');
  const jwksUri = new URL(uri);
  if (jwksUri.origin !== new URL(issuer).origin)
    throw refuse('issuer_mismatch', `the discovery document at ${issuer} has its keys at another origin`);
  return { jwksUri };
}

/** As `fetch`, but an answer longer than `issuerAnswerBytesMax` is an error: what jose and discovery read with. */
export async function fetchBounded(url: string, init: RequestInit): Promise<Response> {
  const response = await fetch(url, init);
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    bytes += chunk.length;
    if (bytes > identityLimits.issuerAnswerBytesMax) throw unreachable('its answer is too long');
    chunks.push(chunk);
  }
  return new Response(Buffer.concat(chunks), { status: response.status });
}

async function fetchJson(url: string): Promise<Readonly<Record<string, unknown>>> {
  let text: string;
  try {
    // A redirect would let whoever answers choose where our keys come from.
    const response = await fetchBounded(url, {
      redirect: 'manual',
      signal: AbortSignal.timeout(identityLimits.issuerTimeoutMs),
    });
    if (response.status !== 200) throw unreachable(`its discovery document is answered with ${response.status}`);
    text = await response.text();
  } catch (error) {
    throw error instanceof TypeError || error instanceof DOMException
      ? unreachable('its discovery document cannot be fetched', error)
      : error;
  }
  try {
    const document: unknown = JSON.parse(text);
    if (typeof document === 'object' && document !== null) return document as Readonly<Record<string, unknown>>;
  } catch {
    // Falls through: neither is an object.
  }
  throw unreachable('its discovery document is not a JSON object');
}
