import type { PathChange, ProjectHistory, ReadOptions, TreeEntry } from '@swarmledger/ledger';
import { parseEventId, type ProjectPath, type SwarmEvent, type Version } from '@swarmledger/protocol';
import type { Moment } from './moment.ts';
import { createPathFilter, type PathFilter } from './path-filter.ts';
import { comparePaths } from './path-order.ts';

export interface TreeOptions extends ReadOptions {
  /** See `createPathFilter`. */
  readonly paths?: readonly string[];
  /** Only paths behind this one: where a page of a long listing goes on. */
  readonly after?: ProjectPath;
}

/**
 * The files of a project at a moment, in UTF-8 byte order of their paths. At a version the cost follows the number of paths;
 * at an event time it follows the length of history, which is read once to see what happened late.
 *
 * @throws PermanentError invalid_glob
 */
export function listTree(history: ProjectHistory, moment: Moment, options: TreeOptions = {}): AsyncIterable<TreeEntry> {
  const entries =
    moment.eventTimeUs === undefined
      ? history.tree(moment.branch, moment.version, options)
      : listTreeAtEventTime(history, { ...moment, eventTimeUs: moment.eventTimeUs }, options);
  // Whoever wants everything does not pay a generator's turns for it.
  return options.paths === undefined ? entries : filterTree(entries, createPathFilter(options.paths));
}

async function* filterTree(entries: AsyncIterable<TreeEntry>, isWanted: PathFilter): AsyncIterable<TreeEntry> {
  for await (const entry of entries) {
    if (isWanted(entry.path)) yield entry;
  }
}

/** The state of one path at a moment. Undefined: it does not exist then. */
export async function readPath(
  history: ProjectHistory,
  moment: Moment,
  path: ProjectPath,
  options: ReadOptions = {},
): Promise<TreeEntry | undefined> {
  const { branch, version, eventTimeUs } = moment;
  if (eventTimeUs === undefined) return history.pathState(branch, path, version, options);
  const change = await findChange(history, { ...moment, eventTimeUs }, path, { candidate: undefined, ...options });
  return change?.exists === true ? change : undefined;
}

type EventTimeMoment = Moment & { readonly eventTimeUs: number };

async function* listTreeAtEventTime(
  history: ProjectHistory,
  moment: EventTimeMoment,
  options: TreeOptions,
): AsyncIterable<TreeEntry> {
  const { branch, version, eventTimeUs } = moment;
  const { after } = options;
  // The ledger's tree knows only what exists; what was deleted later than the asked time is found in the events alone.
  const lastVersions = new Map<ProjectPath, Version>();
  for await (const stored of history.events({ branch, until: version }, options)) {
    if (stored.event.timestampUs > eventTimeUs) continue;
    for (const path of changedPaths(stored.event)) {
      if (after === undefined || comparePaths(path, after) > 0) lastVersions.set(path, stored.version);
    }
  }
  for (const path of [...lastVersions.keys()].sort(comparePaths)) {
    const candidate = lastVersions.get(path);
    const change = await findChange(history, moment, path, { ...options, candidate });
    if (change?.exists === true) yield change;
  }
}

function changedPaths(event: SwarmEvent): readonly ProjectPath[] {
  const { payload } = event;
  if (payload.kind !== 'state_change') return [];
  return payload.previousPath === undefined ? [payload.path] : [payload.previousPath, payload.path];
}

/**
 * The newest change of a path whose event happened in time.
 *
 * @param options.candidate a version whose event is known to be in time and to name the path. Such an event may have changed
 * nothing (a diff that did not apply), so the path's own changes have the last word.
 */
async function findChange(
  history: ProjectHistory,
  moment: EventTimeMoment,
  path: ProjectPath,
  options: ReadOptions & { readonly candidate: Version | undefined },
): Promise<PathChange | undefined> {
  const { candidate, ...read } = options;
  for await (const change of history.pathChanges(moment.branch, path, candidate ?? moment.version, read)) {
    if (change.version === candidate) return change;
    const stored = await history.find(parseEventId(change.eventId), read);
    if (stored !== undefined && stored.event.timestampUs <= moment.eventTimeUs) return change;
  }
  return undefined;
}
