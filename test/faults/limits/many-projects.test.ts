import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { openLedger, verifyLedger } from '@swarmledger/ledger';
import { decodeEvent, encodeEvent, parseProjectId, parseTenantId } from '@swarmledger/protocol';
import { withScope } from '@swarmledger/runtime';
import { createSignal, readNumbers, toScope } from '../../ingest/events.ts';
import { withFolder } from '../../support/cli.ts';

/** All 100,000 take minutes: `SWARMLEDGER_MANY_PROJECTS=100000 node scripts/test.mjs --only many-projects`. */
const projects = Number(process.env['SWARMLEDGER_MANY_PROJECTS'] ?? 2_000);
const atOnce = 200;
const tenant = parseTenantId('many');

test(`a tenant of ${projects} projects: each takes events, all are listed in order, and the ledger agrees`, async () => {
  await withFolder(async (folder) => {
    await withScope(async (scope) => {
      const connection = { kind: 'embedded', file: join(folder, 'ledger.sqlite') } as const;
      const ledger = scope.own('ledger', await openLedger({ connection }));
      await ledger.tenants.create(tenant);
      const names = Array.from({ length: projects }, (_, index) =>
        parseProjectId(`p${String(index).padStart(6, '0')}`),
      );
      for (let first = 0; first < projects; first += atOnce) {
        const group = names.slice(first, first + atOnce);
        await Promise.all(group.map((project) => ledger.tenants.createProject(tenant, project)));
      }
      assert.deepEqual(await ledger.tenants.projects(tenant), names);
      const lease = await ledger.partitions.acquire(0, 'test');
      for (const project of [names[0], names[projects >> 1], names.at(-1)]) {
        const scopeOf = toScope({ tenant, project: project ?? assert.fail() });
        const events = [1, 2].map((number) => {
          const raw = encodeEvent(createSignal(scopeOf, number));
          return { event: decodeEvent(raw), raw };
        });
        const [result] = await lease.append([{ ...scopeOf, events }]);
        assert.equal(result?.kind, 'committed');
        assert.deepEqual(await readNumbers(ledger, scopeOf), [1, 2]);
      }
      assert.deepEqual((await verifyLedger({ connection })).described, []);
    });
  });
});
