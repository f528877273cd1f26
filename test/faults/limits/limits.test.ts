import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { test } from 'node:test';
import { limits, mainBranch, parseProjectId, parseTenantId, type SwarmEvent } from '@swarmledger/protocol';
import { resolveMoment, restore } from '@swarmledger/replayer';
import { connectSwarmLedger, type SwarmLedger } from '@swarmledger/sdk';
import { readHistory, toScope } from '../../ingest/events.ts';
import { startIngestor, uniqueScope, withHub, type Hub } from '../../ingest/hub.ts';
import { readFolder } from '../../replay/folder.ts';

const committedMs = 240_000;

async function connect(hub: Hub, names: { readonly tenant: string; readonly project: string }): Promise<SwarmLedger> {
  const { servers, credentials } = hub.address;
  return hub.scope.own('agent', await connectSwarmLedger({ servers, credentials, ...names, agentId: 'agent' }));
}

async function restoreLatest(hub: Hub, names: { readonly tenant: string; readonly project: string }) {
  const ledger = await hub.openLedger();
  const history = await ledger.project(parseTenantId(names.tenant), parseProjectId(names.project));
  const version = (await history.latest(mainBranch)) ?? assert.fail();
  const moment = await resolveMoment(history, mainBranch, { kind: 'version', version });
  const directory = join(hub.dataDir, 'restored');
  await restore(history, { moment, directory });
  return readFolder(directory);
}

test('a rationale of 900 kB is committed as it is, and one of 1 MB is refused with a sentence that names the limit', async () => {
  await withHub(async (hub) => {
    await startIngestor(hub);
    const names = uniqueScope();
    const agent = await connect(hub, names);
    const rationale = 'because '.repeat(112_500);
    await agent.recordDecision({ title: 'long', rationale });
    await assert.rejects(agent.recordDecision({ title: 'too long', rationale: 'x'.repeat(1_048_576) }), (error) => {
      assert.ok(error instanceof Error && 'code' in error);
      assert.equal(error.code, 'group_too_large');
      assert.match(error.message, new RegExp(String(limits.messageBytesMax)));
      return true;
    });
    await agent.flush({ timeoutMs: committedMs });
    const [stored, ...rest] = await readHistory(await hub.openLedger(), toScope(names));
    assert.equal(rest.length, 0);
    const { payload } = (stored?.event ?? assert.fail()) satisfies SwarmEvent;
    assert.ok(payload.kind === 'decision' && payload.rationale === rationale);
  });
});

test('a content of 64 MB is committed and restored to the byte, and one byte more is refused', async () => {
  await withHub(async (hub) => {
    await startIngestor(hub);
    const names = uniqueScope();
    const agent = await connect(hub, names);
    const content = randomBytes(limits.contentBytesMax);
    await assert.rejects(
      agent.recordChange({ path: 'more', action: 'CREATE', content: Buffer.alloc(limits.contentBytesMax + 1) }),
      /67108864|content/,
    );
    await agent.recordChange({ path: 'large', action: 'CREATE', content });
    await agent.flush({ timeoutMs: committedMs });
    const sha256 = createHash('sha256').update(content).digest('hex');
    assert.deepEqual(await restoreLatest(hub, names), { large: `644 ${sha256}` });
  });
});

test('10,000 paths: 5,000 are one batch, more are refused as one and committed as two', async () => {
  await withHub(async (hub) => {
    await startIngestor(hub);
    const names = uniqueScope();
    const agent = await connect(hub, names);
    const write = (from: number, to: number): Promise<void> =>
      agent.batch((batch) => {
        for (let number = from; number < to; number++) {
          batch.recordChange({ path: `d${number % 100}/f${number}`, action: 'CREATE', content: `${number}` });
        }
      });
    await assert.rejects(write(0, 10_000), (error) => {
      assert.ok(error instanceof Error && 'code' in error);
      assert.match(String(error.code), /too_many_events|group_too_large/);
      assert.match(error.message, /5,?000/);
      return true;
    });
    // The bytes of a message end a batch before its number does.
    for (let from = 0; from < 10_000; from += 2_000) await write(from, from + 2_000);
    await agent.flush({ timeoutMs: committedMs });
    const files = await restoreLatest(hub, names);
    assert.equal(Object.keys(files).length, 10_000);
    assert.equal(files['d99/f9999'], '644 9999');
  });
});

test('a tenant and a project named with every legal character, at their full length, are as good as any', async () => {
  await withHub(async (hub) => {
    await startIngestor(hub);
    const every = 'abcdefghijklmnopqrstuvwxyz0123456789_-';
    const name = every.padEnd(limits.tenantIdLengthMax, every);
    const names = { tenant: name, project: name };
    const agent = await connect(hub, names);
    await agent.recordChange({ path: 'a', action: 'CREATE', content: 'a' });
    await agent.flush({ timeoutMs: committedMs });
    assert.deepEqual(await restoreLatest(hub, names), { a: '644 a' });
    for (const illegal of [`${name}x`, 'A', 'a.b', 'a b', 'a*', 'a>', '', '-a', 'ä', 'a/b']) {
      assert.throws(() => parseTenantId(illegal), /tenant/, illegal);
    }
  });
});
