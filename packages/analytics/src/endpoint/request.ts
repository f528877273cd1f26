import type { IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import { gunzip, inflate } from 'node:zlib';
import type { EngineRequest } from './engine.ts';
import { exceptions } from './exceptions.ts';

const gunzipAsync = promisify(gunzip);
const inflateAsync = promisify(inflate);

/** A feed group is at most 32 MB of events, about twice that as rows. */
const bodyBytesMax = 256 * 1024 * 1024;

/**
 * URL parameters that belong to ClickHouse's HTTP server, not to its engine.
 * https://clickhouse.com/docs/interfaces/http
 */
const httpOnly: ReadonlySet<string> = new Set([
  'query',
  'query_id',
  'user',
  'password',
  'database',
  'default_format',
  'session_id',
  'session_timeout',
  'session_check',
  'wait_end_of_query',
  'buffer_size',
  'compress',
  'decompress',
  'enable_http_compression',
  'http_zlib_compression_level',
  'http_headers_progress_interval_ms',
  'send_progress_in_http_headers',
  'http_write_exception_in_output_format',
  'http_response_buffer_size',
  'cancel_http_readonly_queries_on_client_close',
  'role',
  'quota_key',
  'client_protocol_version',
]);

const plainNamePattern = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** The query of an HTTP request: the `query` parameter, then the body, as ClickHouse puts them together. @throws EngineException */
export async function readRequest(
  request: IncomingMessage,
  url: URL,
  access: EngineRequest['access'],
): Promise<EngineRequest> {
  const body = await readBody(request);
  const fromUrl = url.searchParams.get('query') ?? '';
  const sql = fromUrl === '' ? body : body === '' ? fromUrl : `${fromUrl}\n${body}`;
  if (sql.trim() === '') throw exceptions.emptyQuery();
  if (url.searchParams.has('session_id'))
    throw exceptions.notImplemented('Sessions are not supported by the embedded engine');
  const parameters: Record<string, string> = {};
  const settings: Record<string, string> = {};
  for (const [name, value] of url.searchParams) {
    if (name.startsWith('param_')) parameters[name.slice('param_'.length)] = value;
    else if (!httpOnly.has(name)) settings[name] = value;
  }
  const header = request.headers['x-clickhouse-format'];
  const format =
    (typeof header === 'string' ? header : undefined) ?? url.searchParams.get('default_format') ?? 'TabSeparated';
  if (!plainNamePattern.test(format)) throw exceptions.badEncoding(`Unknown format ${format}`);
  const database = readDatabase(url.searchParams.get('database'));
  return { sql, format, parameters, settings, database, access };
}

function readDatabase(database: string | null): string | undefined {
  if (database === null || database === '' || database === 'default') return undefined;
  if (!plainNamePattern.test(database)) throw exceptions.badEncoding(`Illegal database name ${database}`);
  return database;
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > bodyBytesMax) throw exceptions.tooLarge(`The request body exceeds ${bodyBytesMax} bytes`);
    chunks.push(chunk);
  }
  const raw = await decompress(Buffer.concat(chunks), request.headers['content-encoding']);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(raw);
  } catch {
    throw exceptions.notImplemented(
      'The embedded engine takes queries and rows as UTF-8 text; binary formats need a ClickHouse server',
    );
  }
}

async function decompress(data: Buffer, encoding: string | undefined): Promise<Buffer> {
  try {
    if (encoding === undefined || encoding === 'identity') return data;
    if (encoding === 'gzip') return await gunzipAsync(data, { maxOutputLength: bodyBytesMax });
    if (encoding === 'deflate') return await inflateAsync(data, { maxOutputLength: bodyBytesMax });
  } catch {
    throw exceptions.badEncoding(`The request body is not valid ${encoding}, or exceeds ${bodyBytesMax} bytes`);
  }
  throw exceptions.notImplemented(`Content-Encoding ${encoding} is not supported by the embedded engine`);
}
