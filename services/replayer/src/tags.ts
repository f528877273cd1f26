import type { ProjectHistory, ReadOptions, Tag } from '@swarmledger/ledger';

/** The names given to moments, the latest moment first; those that begin with `prefix`, when given. */
export async function readTags(
  history: ProjectHistory,
  options: ReadOptions & { readonly prefix?: string } = {},
): Promise<readonly Tag[]> {
  const tags = (await history.tags(options)).filter((tag) => tag.name.startsWith(options.prefix ?? ''));
  return tags.sort((left, right) => (left.version === right.version ? 0 : left.version < right.version ? 1 : -1));
}
