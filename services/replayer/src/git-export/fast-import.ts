import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { errorCode, stopChild, type Environment } from '@swarmledger/runtime';
import { replayError } from '../errors.ts';
import { gitEnvironment } from './git-environment.ts';

const stopGraceMs = 2_000;
/** Enough for git's own sentence. */
const stderrBytesMax = 8_192;

/** What stands at a path of the commit that is being written. */
export type PathKind = 'nothing' | 'folder' | 'file';

/** Runs git to its end. @throws PermanentError git_missing, git_failed */
export async function runGit(args: readonly string[], environment: Environment): Promise<void> {
  const child = spawnGit(args, environment);
  const stderr = collect(child);
  child.stdin.end();
  child.stdout.resume();
  const code = await exitOf(child);
  if (code !== 0) throw failure(args[0] ?? '', stderr());
}

/**
 * One `git fast-import` (see its manual page for the stream): what is written here becomes a repository when `finish` resolves, and
 * no reference to it exists before.
 */
export class FastImport {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #exited: Promise<number | null>;
  readonly #stderr: () => string;
  readonly #answers: AsyncIterator<string>;

  private constructor(child: ChildProcessWithoutNullStreams) {
    this.#child = child;
    this.#exited = exitOf(child);
    // Awaited by whoever finds out that git has stopped.
    this.#exited.catch(() => undefined);
    this.#stderr = collect(child);
    this.#answers = createInterface({ input: child.stdout, crlfDelay: Infinity })[Symbol.asyncIterator]();
  }

  static open(directory: string, environment: Environment): FastImport {
    const settings = [
      // Blobs above this are streamed into the pack instead of held in memory.
      ...['-c', 'core.bigFileThreshold=1m'],
      // One pack, however small: it is flushed as one.
      ...['-c', 'fastimport.unpackLimit=0'],
    ];
    const args = ['-C', directory, ...settings, 'fast-import', '--quiet', '--done', '--date-format=raw'];
    return new FastImport(spawnGit(args, environment));
  }

  /** Resolves when git has room for more. @throws PermanentError git_missing, git_failed */
  async write(data: string | Buffer): Promise<void> {
    const { stdin } = this.#child;
    if (stdin.destroyed || this.#child.exitCode !== null) throw await this.#failure();
    if (stdin.write(data)) return;
    const closed = this.#exited.then(
      () => undefined,
      () => undefined,
    );
    await Promise.race([once(stdin, 'drain').catch(() => undefined), closed]);
    if (this.#child.exitCode !== null) throw await this.#failure();
  }

  /** What stands at these paths now, inside a commit. At most a few hundred: git answers while it is asked. */
  async look(paths: readonly string[]): Promise<readonly PathKind[]> {
    if (paths.length === 0) return [];
    await this.write(paths.map((path) => `ls ${quotePath(path)}\n`).join(''));
    const kinds: PathKind[] = [];
    while (kinds.length < paths.length) {
      const answer = await this.#answers.next();
      if (answer.done === true) throw await this.#failure();
      kinds.push(
        answer.value.startsWith('missing ') ? 'nothing' : answer.value.startsWith('040000 ') ? 'folder' : 'file',
      );
    }
    return kinds;
  }

  /** Writes packs and references. @throws PermanentError git_failed, disk_full */
  async finish(): Promise<void> {
    await this.write('done\n');
    this.#child.stdin.end();
    if ((await this.#exited) !== 0) throw await this.#failure();
  }

  /** Ends git, wherever it is. Idempotent. */
  async close(): Promise<void> {
    this.#child.stdin.destroy();
    await stopChild(this.#child, stopGraceMs);
  }

  async #failure(): Promise<Error> {
    this.#child.stdin.destroy();
    await this.#exited;
    return failure('fast-import', this.#stderr());
  }
}

/** As fast-import reads it: C-style, so that any legal path is one word. */
export function quotePath(path: string): string {
  const escape = (char: string): string => `\\${char.charCodeAt(0).toString(8).padStart(3, '0')}`;
  // eslint-disable-next-line no-control-regex -- a line feed would end the command
  const escaped = path.replace(/["\\\u0000-\u001f\u007f]/g, escape);
  return `"${escaped}"`;
}

function spawnGit(args: readonly string[], environment: Environment): ChildProcessWithoutNullStreams {
  const child = spawn('git', args, { env: gitEnvironment(environment), stdio: ['pipe', 'pipe', 'pipe'] });
  // A write to a git that has stopped: its exit code and its stderr say why.
  child.stdin.on('error', () => undefined);
  return child;
}

async function exitOf(child: ChildProcessWithoutNullStreams): Promise<number | null> {
  try {
    const [code] = (await once(child, 'close')) as [number | null];
    return code;
  } catch (cause) {
    if (errorCode(cause) !== 'ENOENT')
      throw replayError('git_failed', `git does not start (${errorCode(cause)})`, { cause });
    throw replayError('git_missing', 'git is not installed, or not on the PATH: install Git 2.28 or newer', { cause });
  }
}

function collect(child: ChildProcessWithoutNullStreams): () => string {
  let text = '';
  child.stderr.on('data', (data: Buffer) => {
    text = (text + data.toString('utf8')).slice(-stderrBytesMax);
  });
  return () => text;
}

function failure(command: string, stderr: string): Error {
  if (/No space left on device|Disk quota exceeded|File too large/.test(stderr)) {
    return replayError('disk_full', 'cannot write the Git repository: the disk is full; free some space');
  }
  // Git says what is wrong in a line that begins with "fatal:", before it dumps its state.
  const line = /^(?:fatal|error): (.*)$/m.exec(stderr)?.[1] ?? stderr.trim().split('\n').at(-1) ?? '';
  return replayError('git_failed', `git ${command} failed: ${line === '' ? 'it gave no reason' : line}`);
}
