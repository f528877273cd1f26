import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { createDataKeys, sealPayload, type DataKey, type DataKeys } from '@swarmledger/encryption';
import { mainBranch, parseProjectPath, type SwarmEvent } from '@swarmledger/protocol';
import { decryptHistory, readLog, resolveMoment, showEvent, whyPath } from '@swarmledger/replayer';
import { askAuthService } from '@swarmledger/replayer/service';
import { closeServer, createLogger } from '@swarmledger/runtime';
import { decide, openProject, put, signal, tenant } from './project.ts';

const createKey = (): DataKey => ({ id: randomUUID(), key: randomBytes(32), createdAtMs: 1 });

function seal(key: DataKey, event: SwarmEvent): SwarmEvent {
  return { ...event, payload: sealPayload(key, event, event.payload) };
}

test('what opens is read, what does not stays sealed, and neither hides the other', async (context) => {
  const project = await openProject(context);
  const [old, current, foreign] = [createKey(), createKey(), createKey()];
  const keys = createDataKeys([old, current]);
  const decision = seal(old, decide('under the old key'));
  const moved = seal(current, signal('moved to another event'));
  const broken = { kind: 'encrypted', bytes: Buffer.from('no envelope') } as const;
  await project.append(
    decision,
    seal(current, signal('under the current key')),
    seal(foreign, signal('under a foreign key')),
    { ...signal('x'), payload: moved.payload },
    { ...signal('x'), payload: broken },
    ...put('a.txt', 'in the clear', { parentEventId: decision.eventId }),
  );
  const history = await project.history();
  let asked = 0;
  const load = async (): Promise<DataKeys> => {
    asked += 1;
    return keys;
  };
  const readable = decryptHistory(history, load);
  const kinds: string[] = [];
  for await (const { event } of readLog(readable, mainBranch, {})) kinds.push(event.payload.kind);
  assert.deepEqual(kinds, ['state_change', 'encrypted', 'encrypted', 'encrypted', 'system_signal', 'decision']);
  assert.equal(asked, 1, 'keys are asked for once');
  const { stored } = await showEvent(readable, decision.eventId);
  assert.equal(stored.event.payload.kind === 'decision' ? stored.event.payload.title : '', 'under the old key');
  const head = await resolveMoment(readable, mainBranch, { kind: 'head' });
  for await (const { decision: cause } of whyPath(readable, head, parseProjectPath('a.txt')))
    assert.equal(cause?.event.payload.kind, 'decision');
  const blind = decryptHistory(history, async () => undefined);
  assert.equal((await blind.find(decision.eventId))?.event.payload.kind, 'encrypted');
});

test('nobody is asked for keys while nothing is encrypted', async (context) => {
  const project = await openProject(context);
  const event = decide('in the clear');
  await project.append(event);
  const readable = decryptHistory(await project.history(), () => assert.fail('asked for keys'));
  assert.equal((await readable.find(event.eventId))?.event.payload.kind, 'decision');
});

test('an auth service that cannot be reached, or answers nonsense, leaves what is encrypted as it is, and says so', async () => {
  const lines: string[] = [];
  const log = createLogger({ level: 'info', service: 'test', write: (line) => lines.push(line) });
  const request = { headers: { authorization: 'Bearer secret-token' } } as IncomingMessage;
  const server = createServer((_request, response) => void response.end('{"keys":"none"}'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const ask = askAuthService(`http://127.0.0.1:${port}`, log);
  assert.equal(await ask(request, tenant), undefined);
  await closeServer(server);
  assert.equal(await ask(request, tenant), undefined);
  assert.equal(lines.length, 2);
  assert.ok(!lines.join('').includes('secret-token'));
});
