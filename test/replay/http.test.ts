import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { createEventId, fileModes, mainBranch, parseBranchName, parseTagName } from '@swarmledger/protocol';
import { resolveMoment, restore } from '@swarmledger/replayer';
import { readFolder } from './folder.ts';
import { openService, type TestService } from './http-service.ts';
import { decide, onBranch, put, remove, rename, signal } from './project.ts';

interface Page {
  readonly items: readonly Readonly<Record<string, unknown>>[];
  readonly next_cursor: string | null;
}

/** Follows the cursor to the end. */
async function readPages(service: TestService, path: string): Promise<readonly Page[]> {
  const pages: Page[] = [];
  let cursor: string | null = '';
  while (cursor !== null) {
    const sign = path.includes('?') ? '&' : '?';
    const page: Page = await service.json<Page>(cursor === '' ? path : `${path}${sign}cursor=${cursor}`);
    pages.push(page);
    cursor = page.next_cursor;
  }
  return pages;
}

async function refusal(service: TestService, path: string): Promise<string> {
  const response = await service.get(path);
  const { error } = (await response.json()) as { error: { code: string; message: string } };
  return `${response.status} ${error.code}`;
}

test('an archive holds exactly what a restore writes, and is the same bytes each time', async (context) => {
  const service = await openService(context);
  const { project } = service;
  const long = `${'deep/'.repeat(30)}file`;
  await project.append(
    ...put('README.md', '# hello\n'),
    ...put('bin/run', '#!/bin/sh\n', { mode: fileModes.executable }),
    ...put('empty', ''),
    ...put('binary', randomBytes(3_000_000)),
    ...put('sp ace/ünï 日本.txt', 'name'),
    ...put(long, 'a long name'),
    ...put('links/up', '../README.md', { mode: fileModes.symlink }),
    ...put('vendor/module', '1'.repeat(40), { mode: fileModes.gitlink }),
  );
  const response = await service.get('rocket/archive');
  assert.equal(response.status, 200);
  assert.equal(response.headers.get('content-type'), 'application/x-tar');
  const archive = Buffer.from(await response.arrayBuffer());
  await mkdir(join(project.folder, 'from-tar'));
  await writeFile(join(project.folder, 'archive.tar'), archive);
  execFileSync('tar', ['-xf', '../archive.tar'], { cwd: join(project.folder, 'from-tar') });
  const history = await project.history();
  const moment = await resolveMoment(history, mainBranch, { kind: 'head' });
  await restore(history, { moment, directory: join(project.folder, 'restored') });
  assert.deepEqual(
    await readFolder(join(project.folder, 'from-tar')),
    await readFolder(join(project.folder, 'restored')),
  );
  assert.equal(response.headers.get('swarmledger-version'), moment.version);
  await project.append(...put('later', 'x'));
  const again = await service.get(`rocket/archive?version=${moment.version}`);
  assert.ok(archive.equals(Buffer.from(await again.arrayBuffer())));
  const some = await service.get('rocket/archive?path=*.md&path=bin');
  const names = execFileSync('tar', ['-t'], { input: Buffer.from(await some.arrayBuffer()), encoding: 'utf8' });
  assert.equal(names, 'README.md\nbin/run\n');
});

test('an archive of thousands of empty files and links comes whole', async (context) => {
  const service = await openService(context);
  await service.project.append(
    ...Array.from({ length: 3_000 }, (_, index) => put(`e/${index}`, '')).flat(),
    ...Array.from({ length: 1_000 }, (_, index) => put(`l/${index}`, 'x', { mode: fileModes.symlink })).flat(),
  );
  const bytes = Buffer.from(await (await service.get('rocket/archive')).arrayBuffer());
  const names = execFileSync('tar', ['-t'], { input: bytes, encoding: 'utf8', maxBuffer: 10_000_000 });
  assert.equal(names.trim().split('\n').length, 4_000);
});

test('what a restore refuses, an archive refuses', async (context) => {
  const service = await openService(context);
  await service.project.append(...put('a', '/etc/passwd', { mode: fileModes.symlink }));
  assert.equal(await refusal(service, 'rocket/archive'), '409 symlink_escapes');
  assert.equal((await service.get('rocket/archive?links=keep')).status, 200);
  await service.project.append(...put('a/b', 'below'));
  // It has begun when the second path shows the collision: what came is no whole archive, and the reader is told so.
  const begun = await service.get('rocket/archive?links=keep');
  await assert.rejects(begun.arrayBuffer());
});

test('a file is its bytes, with its hash as ETag, ranges and conditions', async (context) => {
  const service = await openService(context);
  const content = randomBytes(200_000);
  await service.project.append(...put('d/sp ace?', content), ...put('empty', ''));
  const etag = `"${createHash('sha256').update(content).digest('hex')}"`;
  const whole = await service.get('rocket/files/d/sp%20ace%3F');
  assert.deepEqual([whole.status, whole.headers.get('etag')], [200, etag]);
  assert.equal(whole.headers.get('content-length'), '200000');
  assert.equal(whole.headers.get('swarmledger-mode'), '100644');
  assert.equal(whole.headers.get('x-content-type-options'), 'nosniff');
  assert.equal(whole.headers.get('content-disposition'), 'attachment');
  assert.ok(content.equals(Buffer.from(await whole.arrayBuffer())));
  for (const [range, start, end] of [
    ['bytes=0-0', 0, 1],
    ['bytes=65530-65545', 65_530, 65_546],
    ['bytes=199999-', 199_999, 200_000],
    ['bytes=-10', 199_990, 200_000],
    ['bytes=100-999999', 100, 200_000],
  ] as const) {
    const part = await service.get('rocket/files/d/sp%20ace%3F', { range });
    assert.equal(part.status, 206, range);
    assert.equal(part.headers.get('content-range'), `bytes ${start}-${end - 1}/200000`);
    assert.ok(content.subarray(start, end).equals(Buffer.from(await part.arrayBuffer())), range);
  }
  const beyond = await service.get('rocket/files/d/sp%20ace%3F', { range: 'bytes=200000-' });
  assert.deepEqual([beyond.status, beyond.headers.get('content-range')], [416, 'bytes */200000']);
  const several = await service.get('rocket/files/d/sp%20ace%3F', { range: 'bytes=0-1,5-6' });
  assert.equal((await several.arrayBuffer()).byteLength, 200_000);
  const other = await service.get('rocket/files/d/sp%20ace%3F', { range: 'bytes=0-1', 'if-range': '"other"' });
  assert.equal(other.status, 200);
  await other.arrayBuffer();
  const known = await service.get('rocket/files/d/sp%20ace%3F', { 'if-none-match': `"x", ${etag}` });
  assert.deepEqual([known.status, await known.text()], [304, '']);
  const empty = await service.get('rocket/files/empty');
  assert.deepEqual([empty.status, await empty.text(), empty.headers.get('content-length')], [200, '', '0']);
  const head = await fetch(`${service.url}/v1/projects/rocket/files/empty`, {
    method: 'HEAD',
    headers: { authorization: `Bearer ${service.token}` },
  });
  assert.deepEqual([head.status, head.headers.get('content-length')], [200, '0']);
});

test('listings come in pages that join without a gap, all of one moment, and as lines', async (context) => {
  const service = await openService(context);
  const { project } = service;
  const paths = Array.from({ length: 25 }, (_, index) => `d${index % 3}/f${String(index).padStart(2, '0')}`).sort();
  await project.append(...paths.flatMap((path) => put(path, path)));
  const first = await service.json<Page>('rocket/tree?limit=10');
  assert.equal(first.items.length, 10);
  // What happens meanwhile is on no later page.
  await project.append(...put('d1/new', 'x'), remove('d2/f02'));
  const pages = await readPages(
    service,
    `rocket/tree?limit=10&version=${(first as unknown as { moment: { version: string } }).moment.version}`,
  );
  assert.deepEqual(
    pages.map(({ items }) => items.length),
    [10, 10, 5],
  );
  const joined: string[] = first.items.map((item) => String(item['path']));
  for (let cursor = first.next_cursor; cursor !== null;) {
    const page: Page = await service.json<Page>(`rocket/tree?limit=10&cursor=${cursor}`);
    joined.push(...page.items.map((item) => String(item['path'])));
    cursor = page.next_cursor;
  }
  assert.deepEqual(joined, paths);
  const lines = await (await service.get('rocket/tree?path=d1', { accept: 'application/x-ndjson' })).text();
  const listed = lines
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as { path: string }).path);
  assert.deepEqual(listed, [...paths.filter((path) => path.startsWith('d1/')), 'd1/new']);
});

test('log, events and why tell what the library tells', async (context) => {
  const service = await openService(context);
  const { project } = service;
  const plan = decide('plan', { agentId: 'planner', agentRole: 'PLANNER' });
  const events = [
    plan,
    ...put('old.ts', '1', { parentEventId: plan.eventId }),
    rename('old.ts', 'new.ts', { parentEventId: plan.eventId }),
    ...put('new.ts', '2', { agentId: 'coder' }),
    signal('done', { agentId: 'coder' }),
  ];
  await project.append(...events);
  const ids = (page: Page): readonly unknown[] => page.items.map((item) => item['event_id']);
  const all = [...events].reverse().map(({ eventId }) => eventId);
  const pages = await readPages(service, 'rocket/log?limit=2');
  assert.deepEqual(pages.map(ids), [all.slice(0, 2), all.slice(2, 4), all.slice(4)]);
  assert.deepEqual(ids(await service.json<Page>('rocket/log?agent=planner&type=decision&role=planner')), [
    plan.eventId,
  ]);
  assert.deepEqual(ids(await service.json<Page>('rocket/log?path=old.ts')), [events[2]!.eventId, events[1]!.eventId]);
  const shown = await service.json<Record<string, unknown>>(`rocket/events/${events[1]!.eventId}`);
  assert.equal((shown['cause'] as Record<string, unknown>)['event_id'], plan.eventId);
  assert.deepEqual(shown['preview'], { kind: 'text', text: '1', truncated: false });
  const reasons = (await readPages(service, 'rocket/why/new.ts?limit=1')).flatMap(({ items }) => items);
  assert.deepEqual(
    reasons.map(({ path, change, decision }) => [
      path,
      (change as Record<string, unknown>)['event_id'],
      (decision as Record<string, unknown> | null)?.['event_id'],
    ]),
    [
      ['new.ts', events[3]!.eventId, undefined],
      ['new.ts', events[2]!.eventId, plan.eventId],
      ['old.ts', events[1]!.eventId, plan.eventId],
    ],
  );
});

test('diffs are pages of paths or a patch that git takes; branches and tags are listed', async (context) => {
  const service = await openService(context);
  const { project } = service;
  const [before] = await project.append(...put('a', '1\n'), ...put('b', 'x\n'), ...put('t', 'text\n'));
  const history = await project.history();
  const point = { branch: mainBranch, version: (await history.latest(mainBranch))! };
  await history.fork(parseBranchName('idea/one'), point, { by: 'me', reason: 'to try' });
  await history.setTag(parseTagName('v1'), point);
  await history.setTag(parseTagName('v0'), { ...point, version: before!.version });
  await project.append(
    ...put('a', '2\n', onBranch('idea/one')),
    remove('b', onBranch('idea/one')),
    ...put('t', 'a', { mode: fileModes.symlink, ...onBranch('idea/one') }),
  );
  const query = 'rocket/diff?from_tag=v1&to_branch=idea/one';
  const pages = await readPages(service, `${query}&limit=2`);
  assert.deepEqual(
    pages.map(({ items }) =>
      items.map(({ path, kind, before, after }) => [path, kind, before !== null, after !== null]),
    ),
    [
      [
        ['a', 'text', true, true],
        ['b', 'text', true, false],
      ],
      [
        ['t', 'text', true, false],
        ['t', 'text', false, true],
      ],
    ],
  );
  const patch = await (await service.get(query, { accept: 'text/x-diff' })).text();
  await restore(history, {
    moment: await resolveMoment(history, mainBranch, { kind: 'tag', name: parseTagName('v1') }),
    directory: join(project.folder, 'work'),
  });
  execFileSync('git', ['init', '-q'], { cwd: join(project.folder, 'work') });
  execFileSync('git', ['apply', '-'], { cwd: join(project.folder, 'work'), input: patch });
  const files = await readFolder(join(project.folder, 'work'));
  assert.deepEqual([files['a'], files['b'], files['t']], ['644 2\n', undefined, '-> a']);
  const branches = await service.json<Page>('rocket/branches');
  assert.deepEqual(
    branches.items.map(({ name, parent, reason }) => [name, (parent as { branch: string } | null)?.branch, reason]),
    [
      ['main', undefined, ''],
      ['idea/one', 'main', 'to try'],
    ],
  );
  const tags = await readPages(service, 'rocket/tags?limit=1');
  assert.deepEqual(
    tags.flatMap(({ items }) => items.map(({ name }) => name)),
    ['v1', 'v0'],
  );
  const projects = await fetch(`${service.url}/v1/projects`, { headers: { authorization: `Bearer ${service.token}` } });
  assert.deepEqual(await projects.json(), { items: [{ name: 'rocket' }] });
});

test('a mistake is answered with its code: moments, parameters, paths, cursors, methods', async (context) => {
  const service = await openService(context);
  const { project } = service;
  await project.append(...put('a', '1'));
  const cases: Readonly<Record<string, string>> = {
    'rocket/tree?at=yesterday-ish': '400 invalid_time',
    'rocket/tree?at=2999-01-01T00:00:00Z': '400 time_in_future',
    'rocket/tree?at=1999-01-01T00:00:00Z': '404 before_first_event',
    'rocket/tree?version=0001ffffffffffffffffffffffff': '404 not_ingested_yet',
    'rocket/tree?version=x': '400 invalid_field',
    'rocket/tree?tag=none': '404 unknown_tag',
    'rocket/tree?branch=none': '404 unknown_branch',
    'rocket/tree?branch=a..b': '400 invalid_branch',
    'rocket/tree?at=now&tag=x': '400 two_moments',
    'rocket/tree?at=now&at=now': '400 repeated_parameter',
    'rocket/tree?pth=a': '400 unknown_parameter',
    'rocket/tree?limit=0': '400 invalid_parameter',
    'rocket/tree?limit=1001': '400 invalid_parameter',
    'rocket/tree?path=/etc': '400 invalid_glob',
    'rocket/tree?cursor=x': '400 invalid_cursor',
    [`rocket/tree?cursor=${Buffer.from('{"route":"log"}').toString('base64url')}`]: '400 invalid_cursor',
    [`rocket/tree?cursor=${Buffer.from('{"route":"tree","branch":7}').toString('base64url')}`]: '400 invalid_cursor',
    [`rocket/tree?before=${createEventId()}`]: '404 unknown_event',
    [`rocket/events/${createEventId()}`]: '404 unknown_event',
    'rocket/events/7': '400 invalid_event_id',
    'rocket/files/none': '404 unknown_path',
    'rocket/files/..%2F..%2Fetc%2Fpasswd': '400 invalid_path',
    'rocket/files/%2e%2e/secret': '400 invalid_path',
    'rocket/files//etc/passwd': '400 invalid_path',
    'rocket/files/a%00b': '400 invalid_path',
    'rocket/files/%ff': '404 not_found',
    'rocket/files': '404 not_found',
    'rocket/tree/x': '404 not_found',
    'rocket/nothing': '404 not_found',
    'rocket/why/none': '404 unknown_path',
    'rocket/log?role=king': '400 invalid_parameter',
    'rocket/log?type=king': '400 invalid_parameter',
    'rocket/archive?links=all': '400 invalid_parameter',
    'ROCKET/tree': '400 invalid_project',
    [`rocket/tree?path=${'x'.repeat(9_000)}`]: '414 url_too_long',
  };
  for (const [path, expected] of Object.entries(cases)) {
    // fetch would resolve dots and slashes before it asks.
    const response = await rawGet(service, `/v1/projects/${path}`);
    assert.equal(`${response.status} ${response.code}`, expected, path);
  }
  const post = await fetch(`${service.url}/v1/projects/rocket/tree`, { method: 'POST', body: 'x' });
  assert.deepEqual([post.status, post.headers.get('allow')], [405, 'GET, HEAD']);
});

async function rawGet(service: TestService, path: string): Promise<{ readonly status: number; readonly code: string }> {
  const { request } = await import('node:http');
  return new Promise((resolve, reject) => {
    const options = { port: service.replayer.port, path, headers: { authorization: `Bearer ${service.token}` } };
    request(options, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (piece: string) => (text += piece));
      response.on('end', () => {
        const { error } = JSON.parse(text) as { error?: { code: string } };
        resolve({ status: response.statusCode ?? 0, code: error?.code ?? '' });
      });
    })
      .on('error', reject)
      .end();
  });
}
