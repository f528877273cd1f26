import { ProtocolError } from './errors.ts';
import { quote } from './ids.ts';
import { limits } from './limits.ts';

declare const pathBrand: unique symbol;
/** A project-relative path, `/`-separated, that stays inside the project on every file system. */
export type ProjectPath = string & { readonly [pathBrand]: true };

const loneSurrogatePattern = /\p{Surrogate}/u;

/**
 * Refuses what could leave the project's folder or run code when restored: absolute paths, `.`/`..`/empty segments, drive
 * letters, NUL, and `.git` (whose hooks git would run). Names are otherwise any UTF-8, up to 1,024 bytes, 255 a segment.
 *
 * @throws ProtocolError invalid_path
 */
export function parseProjectPath(text: string): ProjectPath {
  const problem = findPathProblem(text);
  if (problem !== undefined) throw new ProtocolError('invalid_path', `path ${quote(text)} ${problem}`);
  return text as ProjectPath;
}

function findPathProblem(text: string): string | undefined {
  if (text === '') return 'is empty';
  if (text.includes('\0')) return 'has a NUL';
  if (text.startsWith('/') || text.startsWith('\\')) return 'is absolute';
  if (/^[A-Za-z]:/.test(text)) return 'has a drive letter';
  if (loneSurrogatePattern.test(text)) return 'is not valid Unicode';
  if (Buffer.byteLength(text) > limits.pathBytesMax) return `is longer than ${limits.pathBytesMax} bytes`;
  for (const segment of text.split('/')) {
    if (segment === '') return 'has an empty segment';
    if (segment === '.' || segment === '..') return 'has a "." or ".." segment';
    if (segment.toLowerCase() === '.git') return 'has a ".git" segment';
    if (/(^|\\)\.\.(\\|$)/.test(segment)) return 'has a ".." between backslashes';
    if (Buffer.byteLength(segment) > limits.pathSegmentBytesMax) {
      return `has a segment longer than ${limits.pathSegmentBytesMax} bytes`;
    }
  }
  return undefined;
}
