import type { Ledger } from '@swarmledger/ledger';
import type { EventId, ProjectId, Receipt, TenantId } from '@swarmledger/protocol';
import { PermanentError } from '@swarmledger/runtime';
import type { RecentRejections } from './recent-rejections.ts';

/**
 * Answers "are these committed?" from the ledger, and from recent rejections for what is not. A tenant or project without
 * history has committed nothing; that is an answer, not an error.
 *
 * @throws TransientError when the ledger cannot be read: the asker asks again
 */
export async function answerReceipts(
  {
    ledger,
    rejections,
  }: { readonly ledger: Pick<Ledger, 'project'>; readonly rejections: RecentRejections | undefined },
  scope: { readonly tenant: TenantId; readonly project: ProjectId },
  eventIds: readonly EventId[],
): Promise<readonly Receipt[]> {
  const receipts = await readReceipts(ledger, scope, eventIds);
  return receipts.map((receipt) => {
    const rejection = receipt.kind === 'unknown' ? rejections?.find(scope, receipt.eventId) : undefined;
    return rejection === undefined ? receipt : { kind: 'rejected', eventId: receipt.eventId, ...rejection };
  });
}

async function readReceipts(
  ledger: Pick<Ledger, 'project'>,
  { tenant, project }: { readonly tenant: TenantId; readonly project: ProjectId },
  eventIds: readonly EventId[],
): Promise<readonly Receipt[]> {
  try {
    const history = await ledger.project(tenant, project);
    return await history.receipts(eventIds);
  } catch (error) {
    const isUnknown =
      error instanceof PermanentError && (error.code === 'unknown_tenant' || error.code === 'unknown_project');
    if (!isUnknown) throw error;
    return eventIds.map((eventId) => ({ kind: 'unknown', eventId }));
  }
}
