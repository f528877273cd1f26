import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { promisify } from 'node:util';
import { deflate, gzip } from 'node:zlib';
import type { Engine, EngineResult } from './engine.ts';
import { httpStatus, parseException } from './exceptions.ts';
import { readRequest } from './request.ts';
import { authenticate, type EndpointUsers } from './users.ts';

/** What a reader of the whole hub sees. */
const everything = { kind: 'everything' } as const;
const gzipAsync = promisify(gzip);
const deflateAsync = promisify(deflate);

/** ClickHouse's HTTP interface over one embedded engine: https://clickhouse.com/docs/interfaces/http */
export function createEndpoint(engine: Engine, users: EndpointUsers): Server {
  return createServer((request, response) => {
    handle(engine, users, request, response).catch((error: unknown) => {
      const exception = parseException(error);
      if (response.headersSent) {
        response.destroy();
        return;
      }
      response.writeHead(httpStatus(exception.code), {
        'content-type': 'text/plain; charset=UTF-8',
        'x-clickhouse-exception-code': String(exception.code),
        ...(exception.code === 516 ? { 'www-authenticate': 'Basic realm="ClickHouse server HTTP API"' } : {}),
      });
      response.end(exception.toBody(engine.version));
    });
  });
}

async function handle(
  engine: Engine,
  users: EndpointUsers,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://127.0.0.1');
  if (url.pathname === '/ping' || url.pathname === '/replicas_status') {
    request.resume();
    response.writeHead(200, { 'content-type': 'text/html; charset=UTF-8' }).end('Ok.\n');
    return;
  }
  if (url.pathname !== '/') {
    request.resume();
    response.writeHead(404, { 'content-type': 'text/plain; charset=UTF-8' });
    response.end(`There is no handle ${url.pathname}\n\nUse / or /ping for health checks.\n`);
    return;
  }
  if (request.method === 'GET' && !url.searchParams.has('query')) {
    response.writeHead(200, { 'content-type': 'text/html; charset=UTF-8' }).end('Ok.\n');
    return;
  }
  const user = authenticate(request, url, users);
  // As in ClickHouse: what a link or a browser can send never writes.
  const access = request.method === 'POST' || user.access !== 'read_write' ? user.access : everything;
  const query = await readRequest(request, url, access);
  const result = await engine.run(query);
  await send(url, request, response, result, query.format);
}

async function send(
  url: URL,
  request: IncomingMessage,
  response: ServerResponse,
  result: EngineResult,
  format: string,
): Promise<void> {
  const encoding = url.searchParams.get('enable_http_compression') === '1' ? chooseEncoding(request) : undefined;
  const body = await compress(result.body, encoding);
  response.writeHead(200, {
    'content-type': contentType(format),
    'x-clickhouse-query-id': url.searchParams.get('query_id') ?? randomUUID(),
    'x-clickhouse-format': format,
    'x-clickhouse-server-display-name': 'swarmledger',
    'x-clickhouse-summary': summarize(result),
    ...(encoding === undefined ? {} : { 'content-encoding': encoding }),
    'content-length': String(body.length),
  });
  response.end(request.method === 'HEAD' ? undefined : body);
}

function chooseEncoding(request: IncomingMessage): 'gzip' | 'deflate' | undefined {
  const accepted = String(request.headers['accept-encoding'] ?? '');
  if (accepted.includes('gzip')) return 'gzip';
  return accepted.includes('deflate') ? 'deflate' : undefined;
}

async function compress(body: Uint8Array, encoding: 'gzip' | 'deflate' | undefined): Promise<Uint8Array> {
  if (encoding === undefined) return body;
  return encoding === 'gzip' ? gzipAsync(body) : deflateAsync(body);
}

function summarize(result: EngineResult): string {
  return JSON.stringify({
    read_rows: String(result.rowsRead),
    read_bytes: String(result.bytesRead),
    written_rows: '0',
    written_bytes: '0',
    total_rows_to_read: '0',
    result_rows: '0',
    result_bytes: String(result.body.length),
    elapsed_ns: String(Math.round(result.elapsedSeconds * 1e9)),
  });
}

function contentType(format: string): string {
  if (format.startsWith('JSON'))
    return format.endsWith('EachRow') ? 'application/x-ndjson; charset=UTF-8' : 'application/json; charset=UTF-8';
  if (format.startsWith('CSV')) return 'text/csv; charset=UTF-8; header=absent';
  if (format.startsWith('TabSeparated') || format.startsWith('TSV')) return 'text/tab-separated-values; charset=UTF-8';
  return 'text/plain; charset=UTF-8';
}
