import { mainBranch, parseBranchName, type BranchName, type Version } from '@swarmledger/protocol';
import { errorMessage, PermanentError } from '@swarmledger/runtime';
import type { ProjectPlace } from '../../directories.ts';
import type { TransactOptions } from '../../fdb/store.ts';
import { lastReadableVersion } from '../../feed/rebuild.ts';
import { decodeBranchRecord } from '../../lineage.ts';
import { readHead, readLatest } from '../../read/heads.ts';
import { readPages } from '../../read/pages.ts';
import { decodeTag } from '../../tags.ts';
import type { HeadRecord } from '../../values.ts';
import { withPlace, type LedgerAddress, type LedgerPlace } from '../open-place.ts';
import { Findings, type Problem, type VerifyCounts } from './findings.ts';
import { verifyBranch, verifyPaths, verifyTimes } from './verify-branch.ts';
import { verifyContents } from './verify-contents.ts';
import { verifyEventIndex } from './verify-event-index.ts';
import { verifyFeed } from './verify-feed.ts';

export interface VerifyReport {
  readonly counts: Readonly<VerifyCounts>;
  /** How many there are; the first thousand are described. */
  readonly problems: number;
  readonly described: readonly Problem[];
}

export interface VerifyOptions extends TransactOptions {
  /** Called as it goes on. */
  readonly onProgress?: (counts: Readonly<VerifyCounts>) => void;
}

/** One project as far as it is verified: up to what was committed when it was begun. */
export interface Verifying {
  readonly place: LedgerPlace;
  readonly project: ProjectPlace;
  /** `tenant/project`. */
  readonly where: string;
  /** Everything at or below it is final. */
  readonly until: Version;
  readonly findings: Findings;
  readonly options: TransactOptions;
}

/**
 * Reads everything and holds it against history: each index entry has its event and each event its entries, heads and counts are
 * right, every content has the hash that it is stored under, tags and forks point at what exists, and what waits for ClickHouse
 * is there. Writes nothing; a ledger in use may be verified.
 */
export function verifyLedger(address: LedgerAddress, options: VerifyOptions = {}): Promise<VerifyReport> {
  return withPlace(address, async (place) => {
    const findings = new Findings();
    const { store, directories } = place;
    for await (const tenant of directories.tenants(options.signal)) {
      findings.counts.tenants += 1;
      const record = await store.read(async (tn) => {
        const found = await directories.findTenant(tn, tenant);
        return found === undefined ? undefined : tn.get(found.keys.record);
      }, options);
      if (record === undefined) findings.add(tenant, 'the tenant has no record');
      for await (const name of directories.projects(tenant, options.signal)) {
        const project = await directories.findProject(tenant, name);
        if (project === undefined) continue;
        await verifyProject({ place, project, where: `${tenant}/${name}`, findings, options });
        options.onProgress?.(findings.counts);
      }
    }
    await verifyFeed(place, findings, options);
    return { counts: findings.counts, problems: findings.problems, described: findings.described };
  });
}

async function verifyProject(begun: Omit<Verifying, 'until'>): Promise<void> {
  const { findings, where } = begun;
  findings.counts.projects += 1;
  try {
    const { until, heads } = await pin(begun);
    const verifying: Verifying = { ...begun, until };
    let events = 0;
    for (const [branch, head] of heads) {
      findings.counts.branches += 1;
      const found = await verifyBranch(verifying, branch, head);
      events += found.events;
      await verifyTimes(verifying, branch, found.commits);
      await verifyPaths(verifying, branch, found.pathChanges);
    }
    await verifyEventIndex(verifying, events);
    await verifyContents(verifying);
    await verifyTags(verifying, heads);
  } catch (error) {
    // One record that nobody can read must not hide what is wrong with the others.
    if (!(error instanceof PermanentError)) throw error;
    findings.add(where, `the rest of the project was not looked at: ${errorMessage(error)}`);
  }
}

type Heads = ReadonlyMap<BranchName, HeadRecord | undefined>;

/** The branches with their heads as they are now, and the last version that can be in them. */
async function pin({ place, project, where, findings, options }: Omit<Verifying, 'until'>): Promise<{
  readonly until: Version;
  readonly heads: Heads;
}> {
  const { keys, lineages } = project;
  const names: BranchName[] = [mainBranch];
  for await (const rows of readPages(place.store, keys.branchRecords(), options)) {
    for (const [key, value] of rows) {
      try {
        names.push(decodeBranchRecord(keys.branchName(key), value).branch.name);
      } catch (error) {
        findings.add(where, errorMessage(error));
        names.push(parseBranchName(keys.branchName(key)));
      }
    }
  }
  return place.store.read(async (tn) => {
    const heads = new Map<BranchName, HeadRecord | undefined>();
    for (const name of names) {
      heads.set(name, await readHead(tn, keys.branch(name)));
      const lineage = await lineages.find(tn, name).catch((error: unknown) => {
        findings.add(where, errorMessage(error));
        return undefined;
      });
      const parent = lineage?.branch.parent;
      if (parent === undefined) continue;
      const levels = (await lineages.find(tn, parent.branch))?.levels ?? [];
      const latest = await readLatest(tn, levels);
      if (latest === undefined || parent.version > latest)
        findings.add(where, `branch ${name} was forked from ${parent.branch} at ${parent.version}, which is not there`);
    }
    return { heads, until: lastReadableVersion(keys.incarnation, await tn.getReadVersion()) };
  }, options);
}

async function verifyTags({ place, project, where, findings, options }: Verifying, heads: Heads): Promise<void> {
  const { keys, lineages } = project;
  for await (const rows of readPages(place.store, keys.tags(), options)) {
    for (const [key, value] of rows) {
      const name = keys.tagName(key);
      const { branch, version } = decodeTag(name, value);
      const latest = heads.has(branch)
        ? await place.store.read(async (tn) => readLatest(tn, (await lineages.find(tn, branch))?.levels ?? []), options)
        : undefined;
      if (latest === undefined || version > latest)
        findings.add(where, `tag ${name} points at version ${version} of branch ${branch}, which is not there`);
    }
  }
}
