import type { FeedRecord, FeedSpan } from '@swarmledger/protocol';

/** Spans of one feed record: about 250 bytes each at most, and a value holds 100 kB. */
const spansMax = 300;

export interface TimedSpan extends FeedSpan {
  readonly commitTimeMs: number;
  readonly bytes: number;
}

/**
 * What one commit puts into the feed: one record, or several when it has very many spans, or when a branch whose clock ran
 * ahead makes it span two months.
 */
export function toFeedRecords(spans: readonly TimedSpan[]): readonly FeedRecord[] {
  const records: (FeedRecord & { readonly spans: FeedSpan[]; commitTimeMs: number; events: number; bytes: number })[] =
    [];
  for (const { commitTimeMs, bytes, ...span } of spans) {
    let record = records.at(-1);
    const fits =
      record !== undefined && record.spans.length < spansMax && monthOf(record.commitTimeMs) === monthOf(commitTimeMs);
    if (record === undefined || !fits) {
      record = { spans: [], commitTimeMs, events: 0, bytes: 0 };
      records.push(record);
    }
    record.spans.push(span);
    record.events += span.lastOrder - span.firstOrder + 1;
    record.bytes += bytes;
  }
  return records;
}

/** The calendar month, UTC: a ClickHouse partition. Months since year 0. */
export function monthOf(timeMs: number): number {
  const time = new Date(timeMs);
  return time.getUTCFullYear() * 12 + time.getUTCMonth();
}
