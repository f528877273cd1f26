import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openLedger, type ProjectHistory } from '@swarmledger/ledger';
import { parseBranchName, parseProjectId, parseTenantId } from '@swarmledger/protocol';
import { Scope } from '@swarmledger/runtime';
import { readGitHistory, type GitHistoryOptions } from './read-git-history.ts';
import { testEnvironment } from './test-repository.ts';

/** What the ledger takes in one call without splitting it. */
const eventsPerAppend = 500;

export interface TestLedger {
  readonly folder: string;
  /** Imports a repository as the hub would commit it: group by group. Returns the project's history. */
  importGit(
    project: string,
    repository: string,
    options?: Partial<Pick<GitHistoryOptions, 'revision'>> & { readonly branch?: string },
  ): Promise<ProjectHistory>;
}

/** For tests: an embedded ledger of its own, gone when the scope that it is handed to ends. */
export async function openTestLedger(context: { after(undo: () => Promise<void>): void }): Promise<TestLedger> {
  const scope = new Scope();
  context.after(() => scope.close());
  const folder = await mkdtemp(join(tmpdir(), 'swarmledger-git-'));
  scope.defer('folder', () => rm(folder, { recursive: true, force: true }));
  const connection = { kind: 'embedded', file: join(folder, 'ledger.sqlite') } as const;
  const ledger = scope.own('ledger', await openLedger({ connection }));
  const tenant = parseTenantId('acme');
  await ledger.tenants.ensure(tenant);
  const lease = await ledger.partitions.acquire(0, 'test');
  return {
    folder,
    importGit: async (name, repository, { branch = 'main', ...options } = {}) => {
      const target = { tenant, project: parseProjectId(name), branch: parseBranchName(branch) };
      const groups = readGitHistory({ ...target, repository, environment: testEnvironment, ...options });
      for await (const { events, encoded } of groups) {
        for (let start = 0; start < events.length; start += eventsPerAppend) {
          const slice = events.slice(start, start + eventsPerAppend);
          const message = slice.map((event, index) => ({ event, raw: encoded[start + index] ?? new Uint8Array() }));
          const [result] = await lease.append([{ tenant, project: target.project, events: message }]);
          assert.equal(result?.kind, 'committed', JSON.stringify(result));
        }
      }
      return ledger.project(tenant, target.project);
    },
  };
}
