import { readPages } from '../../read/pages.ts';
import { decodeEventPlace } from '../../values.ts';
import type { Verifying } from './verify-ledger.ts';

/** Each event was found in the index at its own version: so as many entries as events means that none is without its event. */
export async function verifyEventIndex(
  { place, project, until, where, findings, options }: Verifying,
  events: number,
): Promise<void> {
  let entries = 0;
  for await (const rows of readPages(place.store, project.keys.events(), options)) {
    for (const [, value] of rows) if (decodeEventPlace(value).version <= until) entries += 1;
  }
  if (entries !== events) findings.add(where, `the event index has ${entries} entries for ${events} events`);
}
