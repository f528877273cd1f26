import { errorCodes, fdbErrorCode, translateError } from './errors.ts';
import type { Store, Transaction } from './store.ts';

/**
 * Waits until one of the keys that `look` names is written after `look` saw it, or until the signal fires; at once when `look`
 * says that what it waits for has happened. May wake early: the caller looks again.
 *
 * @throws TransientError, PermanentError when the ledger cannot be reached; what `look` throws
 */
export async function waitForChange(
  store: Store,
  signal: AbortSignal,
  look: (tn: Transaction) => Promise<'changed' | readonly Buffer[]>,
): Promise<void> {
  if (signal.aborted) return;
  const watches = await store.transact(async (tn) => {
    const keys = await look(tn);
    // The watches in an object: FoundationDB's promises must not be awaited inside their transaction.
    return keys === 'changed' ? [] : keys.map((key) => tn.watch(key));
  });
  if (watches.length === 0) return;
  let onAbort = (): void => undefined;
  const aborted = new Promise<void>((resolve) => {
    onAbort = resolve;
    signal.addEventListener('abort', onAbort, { once: true });
    // It may have fired while the watches were set.
    if (signal.aborted) resolve();
  });
  try {
    await Promise.race([aborted, ...watches.map((watch) => watch.promise)]);
  } catch (error) {
    // A watch that was given up is an early wake-up; one that cannot be set is not, or its caller would spin.
    if (!isCancelled(fdbErrorCode(error))) throw translateError(error);
  } finally {
    signal.removeEventListener('abort', onAbort);
    for (const watch of watches) watch.cancel();
  }
}

function isCancelled(code: number | undefined): boolean {
  return code === errorCodes.operationCancelled || code === errorCodes.transactionCancelled;
}
