import { mkdir, mkdtemp, readdir, readFile, rename, rm, rmdir, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { errorCode, silentLogger, type Logger } from '@swarmledger/runtime';
import { explainFileError } from './errors.ts';
import { flushPath } from './flush-tree.ts';
import { checkTarget, type RestoreTarget, type TargetRules } from './restore-target.ts';

// A sibling of the target, so on its file system: `.NAME.swarmledger-XXXXXX/`, readable by its owner only, with
//   owner.json  who restores here; touched again and again, so that one left behind by a crash can be told
//   tree/       what becomes the target
//   replaced/   what the target was, between the two renames of a replacement
const siblingSuffix = '.swarmledger-';
const ownerFile = 'owner.json';
const heartbeatMs = 30_000;
/** Without a heartbeat for so long its process is gone, on whatever machine that was. */
const staleAfterMs = 60 * 60_000;
/** What `rmdir` says of a folder with something in it: POSIX allows both. */
const notEmpty = new Set(['ENOTEMPTY', 'EEXIST']);
/** Each attempt loses to another process that cleans up at that very moment. */
const createAttemptsMax = 5;
/** Names are at most 255 bytes on the common file systems; suffix and random letters take 20 of them. */
const nameBytesMax = 200;

interface Owner {
  readonly host: string;
  readonly pid: number;
  /** Tells two processes with one pid apart: in containers it is often 1. */
  readonly processStartMs: number;
}

/** A folder being built where nobody looks. Either `publish` puts it in place, whole, or `discard` removes it. */
export interface Staging {
  /** Empty, and on the target's file system. */
  readonly directory: string;
  /** Renames it to the target. The content must have been flushed to the disk before. */
  publish(): Promise<void>;
  /** Removes what is left beside the target. Idempotent; never throws. */
  discard(): Promise<void>;
}

/**
 * Makes a staging folder beside a target, after cleaning up what crashed restores to the same target left there: a folder
 * that such a restore had moved aside, and not yet replaced, goes back first, and the rules are asked about it.
 *
 * @throws PermanentError as checkTarget
 */
export async function openStaging(
  asked: RestoreTarget,
  rules: TargetRules,
  log: Logger = silentLogger,
): Promise<Staging> {
  const target = (await recoverCrashed(asked.path, log)) === 'put_back' ? await checkTarget(asked.path, rules) : asked;
  const sibling = await guard(`create a folder beside ${target.path}`, () => createOwned(siblingPrefix(target.path)));
  const heartbeat = setInterval(
    () => void utimes(join(sibling, ownerFile), new Date(), new Date()).catch(ignore),
    heartbeatMs,
  );
  heartbeat.unref();
  const directory = join(sibling, 'tree');
  let keep = false;
  const discard = async (): Promise<void> => {
    clearInterval(heartbeat);
    if (keep) return;
    await remove(sibling).catch((error: unknown) =>
      log.warn('a restore left a folder behind', { folder: sibling, error }),
    );
  };
  try {
    await guard(`write to ${sibling}`, () => mkdir(directory));
  } catch (error) {
    await discard();
    throw error;
  }
  const publish = async (): Promise<void> => {
    const putInPlace = (): Promise<void> => guard(`put ${target.path} in place`, () => moveOver(directory, target));
    if (target.state === 'occupied') {
      const replaced = join(sibling, 'replaced');
      await guard(`move ${target.path} aside`, () => rename(target.path, replaced));
      await putInPlace().catch(async (error: unknown) => {
        await rename(replaced, target.path).catch(() => {
          keep = true;
          log.error('the replaced folder could not be put back', { folder: replaced, target: target.path });
        });
        throw error;
      });
    } else {
      await putInPlace();
    }
    await flushPath(dirname(target.path));
  };
  return { directory, publish, discard };
}

async function moveOver(directory: string, target: RestoreTarget): Promise<void> {
  // POSIX renames a folder over an empty one; Windows does not.
  if (process.platform === 'win32' && target.state === 'empty') await rmdir(target.path);
  await rename(directory, target.path);
}

/** Between the two calls the folder is empty, and whoever cleans up here takes it for abandoned: then once more. */
async function createOwned(prefix: string): Promise<string> {
  for (let attempt = 1; ; attempt++) {
    const sibling = await mkdtemp(prefix);
    try {
      await writeFile(join(sibling, ownerFile), JSON.stringify(thisProcess()));
      return sibling;
    } catch (error) {
      await remove(sibling).catch(ignore);
      if (errorCode(error) !== 'ENOENT' || attempt === createAttemptsMax) throw error;
    }
  }
}

async function recoverCrashed(target: string, log: Logger): Promise<'put_back' | 'nothing_back'> {
  let outcome: 'put_back' | 'nothing_back' = 'nothing_back';
  const prefix = basename(siblingPrefix(target));
  const folder = dirname(target);
  const names = await guard(`read ${folder}`, () => readdir(folder));
  for (const name of names) {
    if (!name.startsWith(prefix) || name.length !== prefix.length + 6) continue;
    const sibling = join(folder, name);
    try {
      if (await removeEmpty(sibling)) continue;
      if (!(await isAbandoned(sibling))) continue;
      if (!(await exists(target)) && (await exists(join(sibling, 'replaced')))) {
        await rename(join(sibling, 'replaced'), target);
        outcome = 'put_back';
        log.warn('put back a folder that a crashed restore had moved aside', { folder: target });
      }
      await remove(sibling);
    } catch (error) {
      log.warn('a folder left by a crashed restore cannot be removed', { folder: sibling, error });
    }
  }
  return outcome;
}

async function isAbandoned(sibling: string): Promise<boolean> {
  const text = await readFile(join(sibling, ownerFile), 'utf8').catch(() => undefined);
  const { mtimeMs } = await stat(text === undefined ? sibling : join(sibling, ownerFile));
  if (Date.now() - mtimeMs > staleAfterMs) return true;
  const owner = text === undefined ? undefined : parseOwner(text);
  const me = thisProcess();
  if (owner === undefined || owner.host !== me.host) return false;
  if (owner.pid === me.pid) return owner.processStartMs !== me.processStartMs;
  return !isAlive(owner.pid);
}

function parseOwner(text: string): Owner | undefined {
  try {
    const owner = JSON.parse(text) as Partial<Owner> | null;
    const { host, pid, processStartMs } = owner ?? {};
    if (typeof host !== 'string' || typeof pid !== 'number' || typeof processStartMs !== 'number') return undefined;
    return { host, pid, processStartMs };
  } catch {
    return undefined;
  }
}

function thisProcess(): Owner {
  return { host: hostname(), pid: process.pid, processStartMs: performance.timeOrigin };
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return errorCode(error) !== 'ESRCH';
  }
}

function siblingPrefix(target: string): string {
  const name = Buffer.from(basename(target))
    .subarray(0, nameBytesMax)
    .toString()
    .replace(/\ufffd+$/, '');
  return join(dirname(target), `.${name}${siblingSuffix}`);
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

/** Never follows links. The owner's file goes last: until then a crash leaves a folder whose owner is known. */
async function remove(sibling: string): Promise<void> {
  await rm(join(sibling, 'tree'), { recursive: true, force: true });
  await rm(join(sibling, 'replaced'), { recursive: true, force: true });
  await rm(sibling, { recursive: true, force: true });
}

/** A crash before the first or after the last file leaves nothing to lose. Resolves to false when something is in it. */
async function removeEmpty(sibling: string): Promise<boolean> {
  try {
    await rmdir(sibling);
    return true;
  } catch (error) {
    if (notEmpty.has(errorCode(error))) return false;
    throw error;
  }
}

async function guard<T>(what: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    throw explainFileError(error, what);
  }
}

function ignore(): void {}
