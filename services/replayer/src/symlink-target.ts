import { replayError } from './errors.ts';

/** Linux's PATH_MAX with its NUL. */
export const symlinkBytesMax = 4_095;

/**
 * `inside_only`: a link that could lead out of the restored folder is refused. `keep`: links are made as recorded, as
 * `git checkout` does. Nothing is ever written through a link in either case.
 */
export type LinkPolicy = 'inside_only' | 'keep';

/**
 * @param path the link's own path
 * @throws PermanentError invalid_symlink, symlink_escapes
 */
export function checkSymlink(path: string, target: Buffer, policy: LinkPolicy): void {
  const name = JSON.stringify(path);
  if (target.length === 0 || target.includes(0)) {
    throw replayError('invalid_symlink', `symlink ${name} has an empty target or one with a NUL`);
  }
  if (policy === 'inside_only' && !staysInside(path, target.toString('latin1'))) {
    const shown = JSON.stringify(target.toString());
    throw replayError(
      'symlink_escapes',
      `symlink ${name} points to ${shown}, which may lie outside of the folder; restore it as recorded with --links keep`,
    );
  }
}

/**
 * True only if no chain of such links can leave the folder. The link's own folder is a real one, as nothing lies below
 * links; from there `..` may climb at most to the top. After a name `..` is refused: the name may be another link, and its
 * parent anywhere.
 */
function staysInside(path: string, target: string): boolean {
  if (target.startsWith('/') || target.includes('\\') || /^[A-Za-z]:/.test(target)) return false;
  const depth = path.split('/').length - 1;
  const steps = target.split('/').filter((step) => step !== '' && step !== '.');
  const climbs = steps.findIndex((step) => step !== '..');
  const names = climbs < 0 ? [] : steps.slice(climbs);
  return (climbs < 0 ? steps.length : climbs) <= depth && !names.includes('..');
}
