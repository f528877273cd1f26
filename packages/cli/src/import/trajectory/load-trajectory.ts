import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { errorCode, errorMessage, PermanentError } from '@swarmledger/runtime';
import { parseTrajectory, type Trajectory } from './parse-trajectory.ts';

/** The file is parsed as a whole; its objects take a few times its size in memory. */
const fileBytesMax = 200_000_000;

export interface LoadedTrajectory extends Trajectory {
  /** SHA-256 of the file, hex: two runs under one name never share an event id. */
  readonly fileSha256: string;
}

/** Reads and checks a whole .traj file. @throws PermanentError trajectory_unreadable, trajectory_invalid: one sentence with its name */
export async function loadTrajectory(file: string): Promise<LoadedTrajectory> {
  const shown = JSON.stringify(file);
  const bytes = await readBounded(file, shown);
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new PermanentError('trajectory_invalid', `${shown} is not a trajectory: it is not UTF-8 text`, { cause });
  }
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    const problem = text.trim() === '' ? 'it is empty' : `it is not complete JSON (${errorMessage(cause)})`;
    throw new PermanentError('trajectory_invalid', `${shown} is not a trajectory: ${problem}`, { cause });
  }
  return { ...parseTrajectory(json, shown), fileSha256: createHash('sha256').update(bytes).digest('hex') };
}

async function readBounded(file: string, shown: string): Promise<Buffer> {
  try {
    const { size: fileBytes, ...found } = await describeFile(file);
    if (!found.regular) throw new PermanentError('trajectory_unreadable', `${shown} is not a file`);
    if (fileBytes > fileBytesMax) {
      throw new PermanentError(
        'trajectory_unreadable',
        `${shown} has ${fileBytes} bytes, more than the ${fileBytesMax} that a trajectory may have`,
      );
    }
    return await readFile(file);
  } catch (cause) {
    if (cause instanceof PermanentError) throw cause;
    const missing = errorCode(cause) === 'ENOENT';
    const problem = missing ? 'does not exist' : `cannot be read (${errorCode(cause)})`;
    throw new PermanentError('trajectory_unreadable', `${shown} ${problem}`, { cause });
  }
}

async function describeFile(file: string): Promise<{ readonly size: number; readonly regular: boolean }> {
  const found = await stat(file);
  return { size: found.size, regular: found.isFile() };
}

/** What a run is called: its file's name without `.traj`, as a path segment that every system takes. */
export function trajectoryName(file: string): string {
  const stem = basename(file).replace(/\.traj$/, '');
  const plain = stem.replace(/[^\p{L}\p{N}._-]+/gu, '-').replace(/^[.-]+|[.-]+$/g, '');
  return [...plain].slice(0, nameCharactersMax).join('') || 'trajectory';
}

/** At four bytes each still within a path segment. */
const nameCharactersMax = 60;
