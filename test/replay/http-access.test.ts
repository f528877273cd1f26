import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { request, type ClientRequest, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { createSigningKey } from '@swarmledger/identity';
import { startTestIssuer } from '@swarmledger/identity/testing';
import { openLedger, type ProjectHistory } from '@swarmledger/ledger';
import { encodeEvent, decodeEvent, parseProjectId, parseTenantId } from '@swarmledger/protocol';
import { httpLimits } from '@swarmledger/replayer/service';
import { createLogger, findFreePort, TransientError } from '@swarmledger/runtime';
import { eventually } from '../support/cli.ts';
import { openService, type TestService } from './http-service.ts';
import { openProject, put, type TestProject } from './project.ts';

async function refusal(response: Response): Promise<string> {
  const { error } = (await response.json()) as { error: { code: string } };
  return `${response.status} ${error.code}`;
}

const large = Buffer.alloc(8_000_000, 'large ');

/** Asks and reads nothing: the answer stands still once the pipes are full. */
async function begin(service: TestService, path: string): Promise<{ asked: ClientRequest; response: IncomingMessage }> {
  const headers = { authorization: `Bearer ${service.token}` };
  const asked = request({ port: service.replayer.port, path: `/v1/projects/${path}`, headers, agent: false });
  asked.on('error', () => undefined);
  asked.end();
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  return { asked, response };
}

function load(service: TestService): Promise<string> {
  return fetch(`http://127.0.0.1:${service.replayer.healthPort}/metrics`).then((response) => response.text());
}

test('without a good token there is no answer, not even whether a project exists', async (context) => {
  const service = await openService(context);
  await service.project.append(...put('a', '1'));
  const { issuer } = service;
  const stranger = await createSigningKey(Date.now());
  const past = Date.now() - 3_600_000;
  const header = (claims: object): string => Buffer.from(JSON.stringify(claims)).toString('base64url');
  const payload = service.token.split('.')[1] ?? '';
  const tokens: Readonly<Record<string, string>> = {
    token_malformed: 'Bearer nonsense',
    token_unknown_key: `Bearer ${await issuer.sign({}, stranger)}`,
    token_expired: `Bearer ${await issuer.sign({ issuedAtMs: past, expiresAtMs: past + 60_000 })}`,
    token_audience: `Bearer ${await issuer.sign({ audience: 'another' })}`,
    token_issuer: `Bearer ${await issuer.sign({ issuer: 'http://127.0.0.1:1/other' })}`,
    token_no_role: `Bearer ${await issuer.sign({ roles: [] })}`,
    token_tenant: `Bearer ${await issuer.sign({ tenant: '../acme' })}`,
    token_algorithm: `Bearer ${header({ alg: 'HS256' })}.${payload}.${Buffer.from('x').toString('base64url')}`,
    token_missing: 'Basic YWNtZTphY21l',
  };
  for (const path of ['rocket/tree', 'none/tree', 'rocket/nothing', '']) {
    for (const [code, authorization] of Object.entries(tokens)) {
      const response = await service.get(path, { authorization });
      assert.equal(await refusal(response), `401 ${code}`, path);
      assert.match(response.headers.get('www-authenticate') ?? '', /^Bearer /);
    }
    assert.equal(await refusal(await fetch(`${service.url}/v1/projects/${path}`)), '401 token_missing');
  }
  const unsigned = `Bearer ${header({ alg: 'none' })}.${payload}.`;
  assert.equal((await service.get('rocket/tree', { authorization: unsigned })).status, 401);
});

test("another tenant's project is like one that does not exist; an operator names the tenant", async (context) => {
  const service = await openService(context);
  const { project, issuer } = service;
  await project.append(...put('a', 'secret of acme'));
  await appendTo(project, 'rival', 'plane');
  const tokenOf = async (tenant: string, role: 'analyst' | 'operator' = 'analyst') => ({
    authorization: `Bearer ${await issuer.sign({ tenant, roles: [role] })}`,
  });
  const [rival, nobody, operator] = [await tokenOf('rival'), await tokenOf('nobody'), await tokenOf('hub', 'operator')];
  const none = await (await service.get('none/tree', rival)).text();
  for (const route of ['tree', 'log', 'archive', 'files/a', 'why/a', 'branches', 'tags', 'diff', 'tree?tenant=acme']) {
    const theirs = await service.get(`rocket/${route}`, rival);
    assert.equal(theirs.status, 404, route);
    const text = await theirs.text();
    assert.equal(text.replace('rocket', 'none'), none, route);
    assert.doesNotMatch(text, /secret/);
    assert.equal((await service.get(`rocket/${route}`, nobody)).status, 404, route);
  }
  assert.equal((await service.get('plane/tree', rival)).status, 200);
  assert.equal((await service.get('plane/tree')).status, 404);
  const list = async (headers: Record<string, string>, query = ''): Promise<unknown> =>
    (await fetch(`${service.url}/v1/projects${query}`, { headers })).json();
  assert.deepEqual(await list(rival), { items: [{ name: 'plane' }] });
  assert.deepEqual(await list(nobody), { items: [] });
  assert.deepEqual(await list(operator, '?tenant=acme'), { items: [{ name: 'rocket' }] });
  assert.equal((await service.get('rocket/files/a', operator)).status, 404);
  assert.equal(await (await service.get('rocket/files/a?tenant=acme', operator)).text(), 'secret of acme');
});

async function appendTo(project: TestProject, tenant: string, name: string): Promise<void> {
  await project.ledger.tenants.ensure(parseTenantId(tenant));
  const lease = await project.ledger.partitions.acquire(1, 'other');
  const target = { tenant: parseTenantId(tenant), project: parseProjectId(name) };
  const events = put('a', 'of the rival').map((event) => {
    const raw = encodeEvent({ ...event, ...target });
    return { event: decodeEvent(raw), raw };
  });
  await lease.append([{ ...target, events }]);
}

test('an issuer that cannot be asked is 503, and nobody is let in meanwhile', async (context) => {
  const service = await openService(context);
  await service.project.append(...put('a', '1'));
  service.issuer.status = 500;
  const response = await service.get('rocket/tree');
  assert.equal(response.headers.get('retry-after'), '1');
  assert.equal(await refusal(response), '503 issuer_unreachable');
  service.issuer.status = 200;
  assert.equal((await service.get('rocket/tree')).status, 200);
});

test('a tenant has so many archives at once, gets its place back, and takes none from others', async (context) => {
  const service = await openService(context);
  await service.project.append(...put('large', large));
  const begun = await Promise.all(
    Array.from({ length: httpLimits.streamsPerTenantMax }, () => begin(service, 'rocket/archive')),
  );
  assert.equal(await refusal(await service.get('rocket/archive')), '429 too_many_requests');
  assert.equal((await service.get('rocket/tree')).status, 200);
  assert.match(await load(service), /swarmledger_replayer_streams_under_way 2\n/);
  for (const { asked } of begun) asked.destroy();
  await eventually(async () => ((await service.get('rocket/diff')).status === 200 ? true : undefined));
  await eventually(async () => ((await load(service)).includes('streams_under_way 0\n') ? true : undefined));
});

test('the requests of one tenant are bounded, those of another go on', async (context) => {
  const service = await openService(context);
  await service.project.append(...put('large', large));
  const begun = await Promise.all(
    Array.from({ length: httpLimits.requestsPerTenantMax }, () => begin(service, 'rocket/files/large')),
  );
  assert.equal(await refusal(await service.get('rocket/tree')), '429 too_many_requests');
  const other = { authorization: `Bearer ${await service.issuer.sign({ tenant: 'other' })}` };
  assert.equal((await service.get('rocket/tree', other)).status, 404);
  for (const { asked } of begun) asked.destroy();
  await eventually(async () => ((await service.get('rocket/tree')).status === 200 ? true : undefined));
});

test('damaged content never comes whole: a file or an archive of it is cut', async (context) => {
  const logged: string[] = [];
  const log = createLogger({ level: 'info', service: 'replayer', write: (line) => void logged.push(line) });
  const service = await openService(context, {
    log,
    openLedger: ({ ledger }) =>
      Promise.resolve({
        ...ledger,
        close: () => Promise.resolve(),
        project: async (tenant, name) => {
          const history = await ledger.project(tenant, name);
          return new Proxy(history, {
            get: (target, key) => {
              const read: unknown = Reflect.get(target, key);
              if (key === 'content') return flipBits(target);
              return typeof read === 'function' ? (read.bind(target) as unknown) : read;
            },
          });
        },
      }),
  });
  await service.project.append(...put('small', 'x'), ...put('z', Buffer.alloc(300_000)));
  assert.equal(await refusal(await service.get('rocket/files/small')), '500 internal');
  const cut = await service.get('rocket/files/z');
  await assert.rejects(cut.arrayBuffer());
  // It is found out while the archive is begun: an error's answer, or a connection that is cut.
  const archive = await service.get('rocket/archive?path=z');
  if (archive.status === 200) await assert.rejects(archive.arrayBuffer());
  else assert.equal(await refusal(archive), '500 internal');
  assert.ok(logged.some((line) => line.includes('"content_corrupt"')));
  assert.ok(!logged.some((line) => line.includes(service.token)), 'no token in a log');
});

function flipBits(history: ProjectHistory): ProjectHistory['content'] {
  return async function* (...args) {
    for await (const piece of history.content(...args)) yield Buffer.from(piece.map((byte) => byte ^ 1));
  };
}

test('what is no request is refused, and the service goes on', async (context) => {
  const service = await openService(context);
  await service.project.append(...put('a', '1'));
  const talk = async (text: string): Promise<string> => {
    const socket = connect(service.replayer.port, '127.0.0.1');
    let answer = '';
    socket.setEncoding('utf8').on('data', (piece: string) => (answer += piece));
    socket.on('error', () => undefined);
    socket.write(text);
    await once(socket, 'close');
    return answer.split('\r\n', 1)[0] ?? '';
  };
  const get = 'GET /v1/projects HTTP/1.1\r\nHost: x\r\n';
  assert.match(await talk(`${get}X: ${'x'.repeat(httpLimits.headerBytesMax)}\r\n\r\n`), /431/);
  assert.match(await talk('nonsense\r\n\r\n'), /400/);
  assert.match(await talk(`${get}Content-Length: 5\r\n\r\nhello`), /413/);
  assert.match(await talk(`${get}Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n`), /413/);
  assert.equal((await service.get('rocket/tree')).status, 200);
});

test('it waits for a ledger that comes late, and says so', async (context) => {
  let isThere = false;
  const service = await openService(context, {
    openLedger: ({ ledger }) =>
      isThere
        ? Promise.resolve({ ...ledger, close: () => Promise.resolve() })
        : Promise.reject(new TransientError('ledger_unavailable', 'not yet')),
  });
  await service.project.append(...put('a', '1'));
  const health = (path: string): Promise<Response> => fetch(`http://127.0.0.1:${service.replayer.healthPort}${path}`);
  assert.equal((await health('/healthz')).status, 200);
  const ready = await health('/readyz');
  assert.deepEqual([ready.status, await ready.text()], [503, 'waiting for the ledger\n']);
  assert.equal(await refusal(await service.get('rocket/tree')), '503 starting');
  isThere = true;
  await eventually(async () => ((await health('/readyz')).status === 200 ? true : undefined));
  assert.equal((await service.get('rocket/tree')).status, 200);
  assert.match(await load(service), /swarmledger_replayer_requests_total\{route="tree",status="503"\} 1/);
});

interface Process {
  readonly url: string;
  readonly healthUrl: string;
  readonly child: ReturnType<typeof spawn>;
  readonly closed: Promise<number | null>;
  output(): string;
}

const main = fileURLToPath(new URL('../../../services/replayer/dist/main.js', import.meta.url));

async function startProcess(context: TestContext, environment: Readonly<Record<string, string>>): Promise<Process> {
  const [port, healthPort] = [await findFreePort(), await findFreePort()];
  const ports = { SWARMLEDGER_HTTP_PORT: String(port), SWARMLEDGER_HEALTH_PORT: String(healthPort) };
  const child = spawn(process.execPath, [main], { env: { PATH: process.env['PATH'], ...ports, ...environment } });
  let output = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output += text));
  const closed = once(child, 'close').then(([code]) => code as number | null);
  context.after(() => child.kill('SIGKILL'));
  const [url, healthUrl] = [`http://127.0.0.1:${port}`, `http://127.0.0.1:${healthPort}`];
  return { url, healthUrl, child, closed, output: () => output };
}

test('as a process: configured by its environment, drains on SIGTERM and has lost nothing', async (context) => {
  const project = await openProject(context);
  await project.append(...put('large', large));
  const issuer = project.scope.own('issuer', await startTestIssuer());
  const running = await startProcess(context, { SWARMLEDGER_DATA: project.folder, SWARMLEDGER_ISSUER: issuer.url });
  await eventually(async () => ((await fetch(`${running.healthUrl}/readyz`)).status === 200 ? true : undefined));
  const headers = { authorization: `Bearer ${await issuer.sign()}` };
  const asked = request(`${running.url}/v1/projects/rocket/files/large`, { headers });
  asked.end();
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  running.child.kill('SIGTERM');
  await eventually(async () => {
    const refused = await fetch(`${running.url}/v1/projects`, { headers }).then(
      () => undefined,
      () => true,
    );
    return refused;
  });
  const pieces: Buffer[] = [];
  for await (const piece of response) pieces.push(piece as Buffer);
  assert.ok(Buffer.concat(pieces).equals(large), 'what was under way came whole');
  assert.equal(await running.closed, 0);
  assert.doesNotMatch(running.output(), new RegExp(headers.authorization.slice(7, 40)));
});

test('as a process: a reader that stands still does not keep it beyond ten seconds', async (context) => {
  const project = await openProject(context);
  await project.append(...put('large', large));
  const issuer = project.scope.own('issuer', await startTestIssuer());
  const running = await startProcess(context, { SWARMLEDGER_DATA: project.folder, SWARMLEDGER_ISSUER: issuer.url });
  await eventually(async () => ((await fetch(`${running.healthUrl}/readyz`)).status === 200 ? true : undefined));
  const headers = { authorization: `Bearer ${await issuer.sign()}` };
  const asked = request(`${running.url}/v1/projects/rocket/archive`, { headers });
  asked.on('error', () => undefined);
  asked.end();
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  response.on('error', () => undefined);
  running.child.kill('SIGTERM');
  assert.equal(await running.closed, 0, running.output());
});

test('as a process: a configuration that cannot work ends it with one sentence that names everything', async (context) => {
  const running = await startProcess(context, { SWARMLEDGER_HTTP_PORT: 'x', SWARMLEDGER_LOG_LEVEL: 'loud' });
  assert.equal(await running.closed, 2);
  for (const name of ['SWARMLEDGER_ISSUER', 'SWARMLEDGER_HTTP_PORT', 'SWARMLEDGER_LOG_LEVEL']) {
    assert.match(running.output(), new RegExp(name));
  }
  const folder = (await openProject(context)).folder;
  const notUrl = await startProcess(context, { SWARMLEDGER_DATA: join(folder, 'x'), SWARMLEDGER_ISSUER: 'not a url' });
  assert.equal(await notUrl.closed, 2);
  assert.match(notUrl.output(), /invalid_issuer/);
});

test('a ledger that can never be opened ends the service', async (context) => {
  const service = await openService(context, {
    openLedger: ({ folder }) => openLedger({ connection: { kind: 'embedded', file: folder } }),
  });
  await assert.rejects(service.replayer.finished);
});
