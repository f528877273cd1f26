import { openLedger, type LedgerConnection } from '@swarmledger/ledger';
import type { Job, TenantId } from '@swarmledger/protocol';
import { resolveMoment, restore } from '@swarmledger/replayer';
import { errorCode, withScope, type Logger } from '@swarmledger/runtime';

/** What means that there is nothing yet: a job may be a project's first. */
const nothingYet = new Set(['unknown_tenant', 'unknown_project', 'empty_history', 'unknown_branch']);

/** Puts the head of the job's branch into its folder. The ledger is open only meanwhile: not while the agent runs. */
export async function restoreProject(
  where: { readonly connection: LedgerConnection; readonly log: Logger },
  target: { readonly tenant: TenantId; readonly job: Job; readonly folder: string },
): Promise<void> {
  const { tenant, job, folder } = target;
  await withScope(async (scope) => {
    const ledger = scope.own('ledger', await openLedger(where));
    try {
      const history = await ledger.project(tenant, job.project);
      const moment = await resolveMoment(history, job.branch, { kind: 'head' });
      const { files, version } = await restore(history, { moment, directory: folder, existing: 'replace' });
      where.log.info('project restored', { files, version });
    } catch (error) {
      if (!nothingYet.has(errorCode(error))) throw error;
    }
  });
}
