import type { Branch, Head } from '@swarmledger/ledger';
import { paint, type Style } from './style.ts';
import { formatTimeMs, safeLine } from './text.ts';

/** A branch, one line, and who forked it and why, on a second. */
export function renderBranch(branch: Branch, head: Head | undefined, style: Style): string {
  const own =
    head === undefined
      ? 'no events of its own'
      : `${head.events} event${head.events === 1 ? '' : 's'}${branch.parent === undefined ? '' : ' of its own'}, last ${formatTimeMs(head.commitTimeMs)}, version ${head.version}`;
  const name = paint(branch.name, 'bold', style);
  if (branch.parent === undefined) return `${name}  ${own}`;
  const from = `from ${branch.parent.branch} at ${branch.parent.version}`;
  const why = branch.reason === '' ? '' : `: ${safeLine(branch.reason, style)}`;
  const made = `forked ${formatTimeMs(branch.createdAtMs)} by ${safeLine(branch.createdBy, style) || 'nobody named'}${why}`;
  return `${name}  ${from}, ${own}\n    ${paint(made, 'dim', style)}`;
}
