import { devNull } from 'node:os';
import type { Environment } from '@swarmledger/runtime';

/**
 * `git rev-parse --local-env-vars`, without configuration given through the environment: a hook's or an alias's GIT_DIR must not
 * redirect us to another repository.
 */
const localVariables = [
  'GIT_ALTERNATE_OBJECT_DIRECTORIES',
  'GIT_CONFIG',
  'GIT_OBJECT_DIRECTORY',
  'GIT_DIR',
  'GIT_WORK_TREE',
  'GIT_IMPLICIT_WORK_TREE',
  'GIT_INDEX_FILE',
  'GIT_INTERNAL_SUPER_PREFIX',
  'GIT_REPLACE_REF_BASE',
  'GIT_PREFIX',
  'GIT_SHALLOW_FILE',
  'GIT_COMMON_DIR',
  'GIT_NAMESPACE',
];

/**
 * The environment that git is started in. A foreign repository is read, never run: no file-system monitor, no hooks or filters
 * (plumbing runs none), no network (a partial clone fetches through commands that its own configuration names), no replace refs or
 * grafts (they would show another history than the ids say). The user's and the machine's configuration stay in force:
 * `safe.directory` lives there.
 */
export function gitEnvironment(environment: Environment): NodeJS.ProcessEnv {
  const own = Object.entries(environment).filter(([name]) => !localVariables.includes(name));
  return {
    ...Object.fromEntries(own),
    LC_ALL: 'C',
    GIT_TERMINAL_PROMPT: '0',
    GIT_OPTIONAL_LOCKS: '0',
    GIT_NO_LAZY_FETCH: '1',
    GIT_ALLOW_PROTOCOL: '',
    GIT_NO_REPLACE_OBJECTS: '1',
    GIT_GRAFT_FILE: devNull,
  };
}
