import {
  decodeFeedRecord,
  parseBranchName,
  parseProjectId,
  parseTenantId,
  type FeedSpan,
  type Version,
} from '@swarmledger/protocol';
import { errorMessage } from '@swarmledger/runtime';
import type { TransactOptions } from '../../fdb/store.ts';
import { decodeGroup } from '../../feed/group-record.ts';
import { listPartitions } from '../../feed/list-partitions.ts';
import { withOrder } from '../../feed/read-group.ts';
import { readPages } from '../../read/pages.ts';
import type { LedgerPlace } from '../open-place.ts';
import type { Findings } from './findings.ts';

/** What waits for ClickHouse is in history, all of it. */
export async function verifyFeed(place: LedgerPlace, findings: Findings, options: TransactOptions): Promise<void> {
  const { store, directories } = place;
  const { feed } = directories;
  const partitions: number[] = [];
  await store.read(async (tn) => {
    partitions.length = 0;
    for await (const partition of listPartitions(tn, feed)) partitions.push(partition);
  }, options);
  for (const partition of partitions) {
    const keys = feed.commits(partition);
    for await (const rows of readPages(store, keys.range(), options)) {
      for (const [key, value] of rows) {
        findings.counts.feedRecords += 1;
        try {
          const version = keys.version(key);
          for (const span of decodeFeedRecord(value).spans) await verifySpan(place, version, span, findings, options);
        } catch (error) {
          findings.add('feed', `a record of partition ${partition} cannot be read: ${errorMessage(error)}`);
        }
      }
    }
    const group = await store.read((tn) => tn.get(feed.group(partition)), options);
    if (group === undefined) continue;
    try {
      decodeGroup(partition, group);
    } catch (error) {
      findings.add('feed', errorMessage(error));
    }
  }
}

async function verifySpan(
  { store, directories }: LedgerPlace,
  commit: Version,
  span: FeedSpan,
  findings: Findings,
  options: TransactOptions,
): Promise<void> {
  const place = await directories.findProject(parseTenantId(span.tenant), parseProjectId(span.project));
  // A deleted project has no rows to give; the feeder knows.
  if (place === undefined) return;
  const { history } = place.keys.branch(parseBranchName(span.branch));
  const begin = history.at(withOrder(commit, span.firstOrder));
  const end = history.range({ until: withOrder(commit, span.lastOrder) }).end;
  const expected = span.lastOrder - span.firstOrder + 1;
  let found = 0;
  for await (const rows of readPages(store, { begin, end }, options)) found += rows.length;
  if (found !== expected) {
    const where = `${span.tenant}/${span.project}`;
    findings.add('feed', `commit ${commit} has ${expected} events of ${where} for ClickHouse, history has ${found}`);
  }
}
