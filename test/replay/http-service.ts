import type { TestContext } from 'node:test';
import { createTokenVerifier, readBearer } from '@swarmledger/identity';
import { startTestIssuer, type TestIssuer } from '@swarmledger/identity/testing';
import { openReplayer, type Replayer } from '@swarmledger/replayer/service';
import { silentLogger, type Logger } from '@swarmledger/runtime';
import type { Ledger } from '@swarmledger/ledger';
import { openProject, type TestProject } from './project.ts';

export interface TestService {
  readonly project: TestProject;
  readonly issuer: TestIssuer;
  readonly replayer: Replayer;
  readonly url: string;
  /** A good token of tenant `acme`. */
  readonly token: string;
  /** With the good token, unless `headers` has another. @param path below `/v1/projects/` */
  get(path: string, headers?: Readonly<Record<string, string>>): Promise<Response>;
  json<T>(path: string): Promise<T>;
}

/** A ledger, an issuer and the service on free ports, all real, gone after the test. */
export async function openService(
  context: TestContext,
  options: { readonly openLedger?: (project: TestProject) => Promise<Ledger>; readonly log?: Logger } = {},
): Promise<TestService> {
  const project = await openProject(context);
  const issuer = project.scope.own('issuer', await startTestIssuer());
  const verifier = createTokenVerifier({ issuer: issuer.url });
  const { openLedger = shareLedger } = options;
  const replayer = project.scope.own(
    'replayer',
    await openReplayer(
      { http: { host: '127.0.0.1', port: 0 }, health: { host: '127.0.0.1', port: 0 } },
      {
        openLedger: () => openLedger(project),
        authenticate: ({ headers }) => verifier.verify(readBearer(headers.authorization)),
        log: options.log ?? silentLogger,
      },
    ),
  );
  const url = `http://127.0.0.1:${replayer.port}`;
  const token = await issuer.sign();
  const get = (path: string, headers: Readonly<Record<string, string>> = {}): Promise<Response> =>
    fetch(`${url}/v1/projects/${path}`, { headers: { authorization: `Bearer ${token}`, ...headers } });
  const json = async <T>(path: string): Promise<T> => {
    const response = await get(path);
    if (response.status !== 200) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as T;
  };
  return { project, issuer, replayer, url, token, get, json };
}

/** The test's own ledger, which the service may use but not close. */
function shareLedger({ ledger }: TestProject): Promise<Ledger> {
  return Promise.resolve(
    new Proxy(ledger, {
      get: (target, name) => (name === 'close' ? () => Promise.resolve() : (Reflect.get(target, name) as unknown)),
    }),
  );
}
