import { limits, type Receipt } from '@swarmledger/protocol';
import { errorCode, errorMessage, pause } from '@swarmledger/runtime';
import { queryTimeoutMs, type PipelineState } from './publish-loop.ts';
import type { ReceiptSource } from './confirmations.ts';

/** Between two questions about late receipts: doubled while the answers bring nothing. */
const askPauseMs = { min: 250, max: 5_000 } as const;

/** Settles events with the receipts that the hub announces, until the subscription is closed. */
export async function listenForReceipts(
  state: PipelineState,
  announcements: AsyncIterable<readonly Receipt[]>,
): Promise<void> {
  try {
    for await (const receipts of announcements) settle(state, receipts, 'announced');
  } catch (error) {
    // Not the end: what is not announced is asked for.
    state.log.warn('receipts are not announced any more', { code: errorCode(error), reason: errorMessage(error) });
  }
}

/** Asks for receipts that did not come: announcements are core NATS, and may be lost. Until the signal fires. */
export async function askForLateReceipts(
  state: PipelineState,
  options: { readonly receiptWaitMs: number; readonly signal: AbortSignal },
): Promise<void> {
  const { signal, receiptWaitMs } = options;
  const { tenant, project } = state.eventScope;
  let pauseMs: number = askPauseMs.min;
  while (!signal.aborted) {
    if (state.confirmations.oldest === undefined) {
      await state.changes.next(Infinity, signal);
      continue;
    }
    await pause(pauseMs, signal);
    const ids = state.confirmations.overdue(performance.now(), receiptWaitMs, limits.receiptQueryEventsMax);
    if (ids.length === 0) continue;
    const before = state.confirmations.unsettled;
    try {
      const receipts = await state.bus.receipts.query(tenant, project, ids, { timeoutMs: queryTimeoutMs, signal });
      settle(state, receipts, 'asked');
    } catch (error) {
      if (signal.aborted) return;
      state.log.debug('receipt query failed', { code: errorCode(error), reason: errorMessage(error) });
    }
    const helped = state.confirmations.unsettled < before;
    pauseMs = helped ? askPauseMs.min : Math.min(pauseMs * 2, askPauseMs.max);
  }
}

function settle(state: PipelineState, receipts: readonly Receipt[], source: ReceiptSource): void {
  const rejectedBefore = state.confirmations.counts.rejected;
  state.confirmations.settle(receipts, source);
  const rejected = state.confirmations.counts.rejected - rejectedBefore;
  if (rejected > 0) {
    const reasons = receipts.flatMap((receipt) => (receipt.kind === 'rejected' ? [receipt.reason] : []));
    state.log.error('events rejected', { events: rejected, reasons: [...new Set(reasons)] });
  }
  state.onProgress(0);
}
