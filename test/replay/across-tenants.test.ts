import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import type { ProjectHistory } from '@swarmledger/ledger';
import {
  decodeEvent,
  encodeEvent,
  mainBranch,
  parseProjectPath,
  parseTagName,
  parseTenantId,
  tagAttribute,
  type SwarmEvent,
} from '@swarmledger/protocol';
import { resolveMoment, restore, showEvent, whyPath } from '@swarmledger/replayer';
import { errorCode } from '@swarmledger/runtime';
import { runCli } from '../support/cli.ts';
import { openService } from './http-service.ts';
import { decide, makeEvent, openProject, project, put, type TestProject } from './project.ts';

const rival = parseTenantId('rival');
const secret = 'the launch code is 0000';

interface Two {
  readonly acme: TestProject;
  /** Of acme: its decision, and its change of `secret.txt`, tagged `v1`. */
  readonly decision: SwarmEvent;
  readonly change: SwarmEvent;
  readonly version: string;
  /** The rival's project of the same name, with `mine.txt`. */
  readonly theirs: ProjectHistory;
  readonly appendTheirs: (event: SwarmEvent) => Promise<string>;
}

async function openTwo(context: TestContext): Promise<Two> {
  const acme = await openProject(context);
  const decision = decide('to launch');
  const [change] = put('secret.txt', secret, {
    parentEventId: decision.eventId,
    attributes: { [tagAttribute]: 'v1' },
  });
  assert.ok(change !== undefined);
  const appended = await acme.append(decision, change);
  const { tenants, partitions } = acme.ledger;
  await tenants.create(rival);
  const lease = await partitions.acquire(1, 'rival');
  const appendTheirs = async (event: SwarmEvent): Promise<string> => {
    const raw = encodeEvent({ ...event, tenant: rival });
    const [result] = await lease.append([{ tenant: rival, project, events: [{ event: decodeEvent(raw), raw }] }]);
    return result?.kind === 'rejected' ? result.code : (result?.kind ?? '');
  };
  const [mine] = put('mine.txt', 'theirs');
  assert.ok(mine !== undefined);
  assert.equal(await appendTheirs(mine), 'committed');
  const version = appended.at(-1)?.version;
  assert.ok(version !== undefined);
  return { acme, decision, change, version, theirs: await acme.ledger.project(rival, project), appendTheirs };
}

test('a project’s history reaches no event, tag, content or moment of another tenant', async (context) => {
  const { acme, decision, change, version, theirs } = await openTwo(context);
  const out = join(acme.folder, 'out');
  const at = (await theirs.latest(mainBranch)) ?? assert.fail('there is no event');
  assert.equal(await theirs.find(change.eventId), undefined);
  await assert.rejects(showEvent(theirs, decision.eventId), { code: 'unknown_event' });
  assert.equal(await theirs.tag(parseTagName('v1')), undefined);
  assert.deepEqual(
    (await theirs.receipts([change.eventId])).map(({ kind }) => kind),
    ['unknown'],
  );
  const queries = [
    { kind: 'before_event', eventId: change.eventId },
    { kind: 'after_event', eventId: change.eventId },
    { kind: 'tag', name: parseTagName('v1') },
  ] as const;
  for (const query of queries)
    await assert.rejects(resolveMoment(theirs, mainBranch, query), /unknown|no event|no tag/, query.kind);
  const sha256 = createHash('sha256').update(secret).digest();
  const read = async (): Promise<void> => {
    for await (const piece of theirs.content(sha256)) assert.fail(piece.toString());
  };
  await assert.rejects(read(), { code: 'content_missing' });
  await assert.rejects(theirs.contents([{ sha256, bytes: secret.length }]), { code: 'content_missing' });
  // A version is a place in the order of the whole ledger: asked for in another project it is that project's past, and nothing else.
  for (const moment of [at, version] as const) {
    const resolved = await resolveMoment(theirs, mainBranch, { kind: 'version', version: moment as typeof at }).catch(
      errorCode,
    );
    if (typeof resolved === 'string') continue;
    await restore(theirs, { moment: resolved, directory: out, existing: 'replace' });
    await assert.rejects(access(join(out, 'secret.txt')));
  }
  const head = await resolveMoment(theirs, mainBranch, { kind: 'head' });
  const reasons = whyPath(theirs, head, parseProjectPath('secret.txt'));
  await assert.rejects(reasons[Symbol.asyncIterator]().next(), { code: 'unknown_path' });
});

test('nobody gets another tenant’s content by naming its hash, nor its decision by naming it as a cause', async (context) => {
  const { decision, theirs, appendTheirs } = await openTwo(context);
  const sha256 = createHash('sha256').update(secret).digest();
  const [base] = put('stolen.txt', 'x');
  assert.ok(base?.payload.kind === 'state_change');
  const named: SwarmEvent = { ...base, payload: { ...base.payload, body: { kind: 'content_sha256', sha256 } } };
  assert.equal(await appendTheirs(named), 'content_missing');
  const caused = makeEvent(
    { kind: 'system_signal', signal: 's', severity: 'INFO', message: 'm', data: '' },
    { parentEventId: decision.eventId },
  );
  assert.equal(await appendTheirs(caused), 'committed');
  const { parent } = await showEvent(theirs, caused.eventId);
  assert.equal(parent, undefined);
});

test('on the command line a tenant’s name decides, and no path, tag, event or option leads to another’s', async (context) => {
  const { acme, change, version } = await openTwo(context);
  const run = (...args: readonly string[]): ReturnType<typeof runCli> => runCli(['--data', acme.folder, ...args]);
  const out = join(acme.folder, 'restored');
  const theirs = ['-t', 'rival', '-p', 'rocket'];
  const attempts = [
    ['restore', ...theirs, '--before', change.eventId, '--out', out],
    ['restore', ...theirs, '--tag', 'v1', '--out', out],
    ['restore', ...theirs, '--path', '../../acme/rocket/**', '--out', `${out}-path`],
    ['restore', '-t', 'rival', '-p', '../acme/rocket', '--out', out],
    ['restore', '-t', 'rival/../acme', '-p', 'rocket', '--out', out],
    ['show', change.eventId, ...theirs],
    ['why', 'secret.txt', ...theirs],
    ['why', '../acme/rocket/secret.txt', ...theirs],
    ['diff', 'v1', 'now', ...theirs],
    ['fork', 'mine', ...theirs, '--tag', 'v1'],
    ['export-git', join(acme.folder, 'git'), '-t', 'rival', '-p', '../acme/rocket'],
    ['log', ...theirs, '--older-than', version, '--json'],
  ];
  for (const args of attempts) {
    const { code, stdout, stderr } = await run(...args);
    // These two find nothing of theirs, which is an answer.
    if (args[0] !== 'log' && !args.includes('--path')) assert.notEqual(code, 0, args.join(' '));
    assert.ok(!`${stdout}${stderr}`.includes(secret) && !stdout.includes('to launch'), args.join(' '));
  }
  const good = await run('restore', '-t', 'acme', '-p', 'rocket', '--out', out);
  assert.equal(good.code, 0, good.stderr);
  await access(join(out, 'secret.txt'));
});

test('over HTTP an archive of every kind of moment has the caller’s own files only', async (context) => {
  const service = await openService(context);
  const decision = decide('to launch');
  const [change] = put('secret.txt', secret, { attributes: { [tagAttribute]: 'v1' } });
  assert.ok(change !== undefined);
  await service.project.append(decision, change);
  const { tenants } = service.project.ledger;
  await tenants.create(rival);
  await tenants.createProject(rival, project);
  const authorization = `Bearer ${await service.issuer.sign({ tenant: 'rival', roles: ['owner'] })}`;
  const paths = [
    'archive',
    'archive?tag=v1',
    `archive?before=${change.eventId}`,
    `archive?after=${change.eventId}`,
    'archive?tenant=acme',
    'files/secret.txt',
    'files/..%2f..%2facme%2frocket%2fsecret.txt',
    `events/${change.eventId}`,
    'why/secret.txt',
  ].map((path) => `rocket/${path}`);
  for (const path of [...paths, '..%2facme%2frocket/tree', 'acme/rocket/tree', '../acme/rocket/tree']) {
    const response = await service.get(path, { authorization });
    const text = await response.text();
    assert.ok(response.status >= 400 && !text.includes(secret), `${path}: ${response.status}`);
  }
});
