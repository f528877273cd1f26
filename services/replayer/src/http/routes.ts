import { sendArchive } from './archive.ts';
import type { Route } from './call.ts';
import { sendFile } from './files.ts';
import { sendBranches, sendDiff, sendEvent, sendLog, sendTags, sendTree, sendWhy } from './listings.ts';

interface NamedRoute {
  readonly route: Route;
  /** The URL goes on behind the name. */
  readonly rest: boolean;
}

/** Below `/v1/projects/{project}/`. */
const routes: ReadonlyMap<string, NamedRoute> = new Map([
  ['branches', { route: sendBranches, rest: false }],
  ['tags', { route: sendTags, rest: false }],
  ['log', { route: sendLog, rest: false }],
  ['events', { route: sendEvent, rest: true }],
  ['tree', { route: sendTree, rest: false }],
  ['files', { route: sendFile, rest: true }],
  ['why', { route: sendWhy, rest: true }],
  ['diff', { route: sendDiff, rest: false }],
  ['archive', { route: sendArchive, rest: false }],
]);

export type Target =
  | { readonly kind: 'projects' }
  | {
      readonly kind: 'project';
      readonly project: string;
      readonly name: string;
      readonly route: Route;
      readonly rest: readonly string[];
    };

/** What a URL's path names. Not normalised: `..` is a path like any other here, and is refused as one. Undefined: nothing. */
export function findTarget(path: string): Target | undefined {
  const [empty, version, projects, project, name, ...rest] = path.split('/').map(decode);
  if (empty !== '' || version !== 'v1' || projects !== 'projects') return undefined;
  if (project === undefined) return { kind: 'projects' };
  const found = name === undefined ? undefined : routes.get(name);
  const decoded = rest.filter((segment) => segment !== undefined);
  if (found === undefined || name === undefined || decoded.length !== rest.length) return undefined;
  if (found.rest !== decoded.length > 0) return undefined;
  return { kind: 'project', project, name, route: found.route, rest: decoded };
}

function decode(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment);
  } catch {
    return undefined;
  }
}
