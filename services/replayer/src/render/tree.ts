import type { Tag, TreeEntry } from '@swarmledger/ledger';
import { fileKind, formatMode } from '../git-modes.ts';
import { paint, type Style } from './style.ts';
import { safeLine, safePath } from './text.ts';

/** One line: mode, length, path. */
export function renderTreeEntry(entry: TreeEntry, style: Style): string {
  const kind = fileKind(entry.mode);
  const path = safePath(entry.path, style);
  const colours = { regular: undefined, executable: 'green', symlink: 'cyan', gitlink: 'blue' } as const;
  const colour = colours[kind];
  const length = kind === 'gitlink' ? '-' : String(entry.bytes);
  return `${formatMode(entry.mode)} ${length.padStart(10)}  ${colour === undefined ? path : paint(path, colour, style)}`;
}

/** A whole tree, a line for each path. For large ones, write line by line with `renderTreeEntry`. */
export function renderTree(entries: Iterable<TreeEntry>, style: Style): string {
  return [...entries].map((entry) => renderTreeEntry(entry, style)).join('\n');
}

/** A tree entry as data. */
export function treeEntryToJson(entry: TreeEntry): Readonly<Record<string, unknown>> {
  return {
    path: entry.path,
    mode: formatMode(entry.mode),
    bytes: entry.bytes,
    sha256: entry.sha256.toString('hex'),
    version: entry.version,
    event_id: entry.eventId,
    ...(entry.parentEventId === '' ? {} : { parent_event_id: entry.parentEventId }),
  };
}

/** One line: version, branch, name. */
export function renderTag(tag: Tag, style: Style): string {
  return `${paint(tag.version, 'dim', style)}  ${tag.branch}  ${paint(safeLine(tag.name, style), 'yellow', style)}`;
}
