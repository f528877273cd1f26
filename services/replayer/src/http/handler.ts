import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Principal } from '@swarmledger/identity';
import type { DataKeys } from '@swarmledger/encryption';
import type { Ledger, ProjectHistory } from '@swarmledger/ledger';
import { parseProjectId, parseTenantId, type ProjectId, type TenantId } from '@swarmledger/protocol';
import { errorCode, errorMessage, TransientError, type Logger, type Metrics } from '@swarmledger/runtime';
import { decryptHistory } from '../decrypted-history.ts';
import { sendJson } from './answer.ts';
import { HttpError, toErrorAnswer } from './errors.ts';
import { httpLimits } from './limits.ts';
import { Query } from './query.ts';
import { findTarget, type Target } from './routes.ts';
import { Slots } from './slots.ts';

/** Says who is calling. @throws PermanentError token_… (401), TransientError (503) */
export type Authenticate = (request: IncomingMessage) => Promise<Principal>;

/** The tenant's data keys, as the caller may have them. Undefined: not this caller. */
export type AskDataKeys = (request: IncomingMessage, tenant: TenantId) => Promise<DataKeys | undefined>;

export interface HandlerDependencies {
  readonly authenticate: Authenticate;
  /** Absent: what is encrypted stays so. */
  readonly askDataKeys?: AskDataKeys;
  /** Undefined until it is open. */
  readonly ledger: () => Ledger | undefined;
  readonly metrics: Metrics;
  readonly log: Logger;
  /** Fires when what is under way has to end. */
  readonly abort: AbortSignal;
}

type Undo = () => void;

const help = {
  requests: 'Requests answered.',
  seconds: 'Time from the request to the end of its answer.',
};

/** Answers requests. Never throws; an answer that fails after its beginning is cut. */
export class Handler {
  readonly #dependencies: HandlerDependencies;
  readonly #requests = new Slots(httpLimits.requestsAtOnceMax, httpLimits.requestsPerTenantMax);
  readonly #streams = new Slots(httpLimits.streamsAtOnceMax, httpLimits.streamsPerTenantMax);

  constructor(dependencies: HandlerDependencies) {
    this.#dependencies = dependencies;
  }

  /** Requests at work, and those of them that are streams. */
  get load(): { readonly requests: number; readonly streams: number } {
    return { requests: this.#requests.taken, streams: this.#streams.taken };
  }

  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const startedMs = performance.now();
    const state = { route: 'none', undos: [] as Undo[] };
    const { metrics, log } = this.#dependencies;
    try {
      await this.#answer(request, response, state);
    } catch (error) {
      this.#fail(request, response, error, state.route);
    } finally {
      for (const undo of state.undos) undo();
      const labels = { route: state.route, status: response.statusCode };
      metrics.add('swarmledger_replayer_requests_total', help.requests, 1, labels);
      metrics.add('swarmledger_replayer_seconds_total', help.seconds, (performance.now() - startedMs) / 1_000, {
        route: state.route,
      });
      log.debug('answered', { ...labels, ms: Math.round(performance.now() - startedMs) });
    }
  }

  async #answer(
    request: IncomingMessage,
    response: ServerResponse,
    state: { route: string; readonly undos: Undo[] },
  ): Promise<void> {
    const { path, query } = readUrl(request);
    const principal = await this.#dependencies.authenticate(request);
    const target = findTarget(path);
    if (target === undefined) throw new HttpError(404, 'not_found', 'there is nothing at this address');
    state.route = target.kind === 'projects' ? 'projects' : target.name;
    const tenant = chooseTenant(principal, query.one('tenant'), target);
    state.undos.push(this.#requests.take(principal.tenant));
    const ledger = this.#dependencies.ledger();
    if (ledger === undefined) throw new TransientError('starting', 'the ledger is not open yet');
    if (target.kind === 'projects') {
      query.finish();
      return sendJson(response, 200, { items: await listProjects(ledger, tenant) });
    }
    const project = parseProjectId(target.project);
    const history = await this.#findHistory(ledger, tenant, project);
    const gone = this.#watch(request, response, state.undos);
    await target.route({
      request,
      response,
      query,
      rest: target.rest,
      history,
      readable: this.#decrypt(history, request, tenant),
      gone,
      read: { signal: withDeadline(gone, state.undos) },
      takeStream: () => {
        state.undos.push(this.#streams.take(principal.tenant));
        return { signal: gone };
      },
    });
  }

  #decrypt(history: ProjectHistory, request: IncomingMessage, tenant: TenantId): ProjectHistory {
    const { askDataKeys } = this.#dependencies;
    return askDataKeys === undefined ? history : decryptHistory(history, () => askDataKeys(request, tenant));
  }

  /** Fires when the caller hangs up, or the service has to stop. */
  #watch(request: IncomingMessage, response: ServerResponse, undos: Undo[]): AbortSignal {
    const gone = new AbortController();
    const stop = (): void => gone.abort();
    const { abort } = this.#dependencies;
    abort.addEventListener('abort', stop, { once: true });
    undos.push(() => abort.removeEventListener('abort', stop));
    response.once('close', () => {
      if (!response.writableFinished) stop();
    });
    if (abort.aborted || request.socket.destroyed) stop();
    return gone.signal;
  }

  /** Another tenant's project and one that does not exist are the same to the caller. */
  async #findHistory(ledger: Ledger, tenant: TenantId, project: ProjectId) {
    try {
      return await ledger.project(tenant, project);
    } catch (error) {
      if (errorCode(error) !== 'unknown_tenant' && errorCode(error) !== 'unknown_project') throw error;
      throw unknownProject(project);
    }
  }

  #fail(request: IncomingMessage, response: ServerResponse, error: unknown, route: string): void {
    const { log, abort } = this.#dependencies;
    const answer = errorCode(error).startsWith('token_') ? unauthorized(error) : toErrorAnswer(error);
    const isGone = response.destroyed || request.socket.destroyed;
    if (answer.status >= 500 && !isGone && !abort.aborted) {
      log.error('a request failed', { route, code: errorCode(error), reason: errorMessage(error) });
    }
    if (response.headersSent) {
      response.destroy();
      return;
    }
    const { status, code, message, headers = {} } = answer;
    sendJson(response, status, { error: { code, message } }, headers);
  }
}

function readUrl(request: IncomingMessage): { readonly path: string; readonly query: Query } {
  const { method, url = '/', headers } = request;
  if (method !== 'GET' && method !== 'HEAD') {
    throw new HttpError(405, 'method_not_allowed', 'this is read-only: GET and HEAD', { allow: 'GET, HEAD' });
  }
  if (Buffer.byteLength(url) > httpLimits.urlBytesMax) {
    throw new HttpError(414, 'url_too_long', `the address exceeds ${httpLimits.urlBytesMax} bytes`, {
      connection: 'close',
    });
  }
  if (headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0) {
    throw new HttpError(413, 'body_not_allowed', 'this takes no body', { connection: 'close' });
  }
  const at = url.indexOf('?');
  return { path: at < 0 ? url : url.slice(0, at), query: new Query(at < 0 ? '' : url.slice(at + 1)) };
}

/** The same signal, and after a while it fires all the same. */
function withDeadline(signal: AbortSignal, undos: Undo[]): AbortSignal {
  const deadline = new AbortController();
  const end = (): void => deadline.abort(signal.reason);
  const late = new TransientError('timeout', `this took longer than ${httpLimits.answerMsMax} ms`);
  const timer = setTimeout(() => deadline.abort(late), httpLimits.answerMsMax);
  signal.addEventListener('abort', end, { once: true });
  if (signal.aborted) end();
  undos.push(() => {
    clearTimeout(timer);
    signal.removeEventListener('abort', end);
  });
  return deadline.signal;
}

/** The token's tenant; only an operator may name another. */
function chooseTenant(principal: Principal, asked: string | undefined, target: Target): TenantId {
  if (asked === undefined || asked === principal.tenant) return principal.tenant;
  if (!principal.roles.includes('operator')) throw unknownProject(target.kind === 'project' ? target.project : '');
  return parseTenantId(asked);
}

async function listProjects(ledger: Ledger, tenant: TenantId): Promise<readonly { readonly name: string }[]> {
  try {
    return (await ledger.tenants.projects(tenant)).map((name) => ({ name }));
  } catch (error) {
    // Nothing of it was committed yet.
    if (errorCode(error) === 'unknown_tenant') return [];
    throw error;
  }
}

function unknownProject(project: string): HttpError {
  return new HttpError(404, 'unknown_project', `there is no project ${JSON.stringify(project)}`);
}

function unauthorized(error: unknown) {
  const code = errorCode(error);
  const challenge =
    code === 'token_missing' ? 'Bearer realm="swarmledger"' : 'Bearer realm="swarmledger", error="invalid_token"';
  return { status: 401, code, message: errorMessage(error), headers: { 'www-authenticate': challenge } };
}
