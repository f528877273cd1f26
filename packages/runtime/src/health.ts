import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { errorMessage } from './errors.ts';
import type { Metrics } from './metrics.ts';

export interface HealthChecks {
  /** Throws, or returns a sentence, when the service makes no progress; undefined when it does. */
  readonly ready: () => string | undefined | Promise<string | undefined>;
  readonly metrics: Metrics;
}

export interface HealthServer {
  readonly port: number;
  close(): Promise<void>;
}

/** Serves `/healthz` (the process answers), `/readyz` (it makes progress: 200 or 503 with why) and `/metrics`. */
export async function openHealthServer(
  address: { readonly host: string; readonly port: number },
  checks: HealthChecks,
): Promise<HealthServer> {
  const server = createServer((request, response) => {
    answer(request.url ?? '/', checks).then(
      ({ status, body, type }) => response.writeHead(status, { 'content-type': type }).end(body),
      (error: unknown) => response.writeHead(500, { 'content-type': 'text/plain' }).end(`${errorMessage(error)}\n`),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(address.port, address.host, resolve);
  });
  return { port: (server.address() as AddressInfo).port, close: () => closeServer(server) };
}

/** Stops accepting, ends idle connections, waits for the rest. */
export async function closeServer(server: Server): Promise<void> {
  if (!server.listening) return;
  await new Promise<void>((resolve, reject) => {
    server.close((error) => (error === undefined ? resolve() : reject(error)));
    server.closeAllConnections();
  });
}

async function answer(
  url: string,
  checks: HealthChecks,
): Promise<{ readonly status: number; readonly body: string; readonly type: string }> {
  const plain = 'text/plain; charset=utf-8';
  const path = url.split('?', 1)[0];
  if (path === '/healthz') return { status: 200, body: 'ok\n', type: plain };
  if (path === '/readyz') {
    const problem = await checks.ready();
    return problem === undefined
      ? { status: 200, body: 'ready\n', type: plain }
      : { status: 503, body: `${problem}\n`, type: plain };
  }
  if (path === '/metrics') {
    await checks.metrics.collect();
    return { status: 200, body: checks.metrics.render(), type: 'text/plain; version=0.0.4; charset=utf-8' };
  }
  return { status: 404, body: 'not found\n', type: plain };
}
