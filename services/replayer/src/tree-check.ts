import { parseProjectPath } from '@swarmledger/protocol';
import { errorMessage } from '@swarmledger/runtime';
import { replayError } from './errors.ts';
import { comparePaths } from './path-order.ts';
import { findUnportable } from './portable-path.ts';

/**
 * Looks at a tree's paths one after the other, in order, and refuses the tree when it cannot stand on a disk. It remembers
 * only the paths that the current one begins with: in byte order, what lies below `a` follows `a` with nothing in between
 * that does not begin with `a`.
 */
export class TreeCheck {
  readonly #platform: NodeJS.Platform;
  readonly #ancestors: string[] = [];
  #last = '';

  constructor(platform: NodeJS.Platform = process.platform) {
    this.#platform = platform;
  }

  /** @throws PermanentError invalid_path, path_not_portable, path_collision; a plain Error when paths come out of order */
  check(path: string): void {
    if (comparePaths(this.#last, path) >= 0) throw new Error(`tree out of order: ${this.#last} before ${path}`);
    this.#last = path;
    try {
      parseProjectPath(path);
    } catch (cause) {
      throw replayError('invalid_path', `the tree cannot be restored: ${errorMessage(cause)}`, { cause });
    }
    const problem = findUnportable(path, this.#platform);
    if (problem !== undefined) throw replayError('path_not_portable', `path ${JSON.stringify(path)} ${problem}`);
    this.#refuseBelowFile(path);
  }

  // A symlink counts as a file: nothing is ever written through one.
  #refuseBelowFile(path: string): void {
    while (this.#ancestors.length > 0 && !path.startsWith(this.#ancestors.at(-1) ?? '')) this.#ancestors.pop();
    const file = this.#ancestors.find((ancestor) => path.charAt(ancestor.length) === '/');
    if (file !== undefined) {
      const both = `${JSON.stringify(file)} is a file and ${JSON.stringify(path)} lies below it`;
      throw replayError('path_collision', `both exist at this moment: ${both}; leave one out with --path '!…'`);
    }
    this.#ancestors.push(path);
  }
}
