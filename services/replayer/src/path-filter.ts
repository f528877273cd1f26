import picomatch from 'picomatch';
import { replayError } from './errors.ts';

export type PathFilter = (path: string) => boolean;

/**
 * Which paths a command is about. A plain path means itself or, as a folder, everything below it. A glob with a `/` matches
 * from the project's root; one without matches names in every folder (`*.ts`), as in Git. `!glob` leaves paths out. Hidden
 * files are matched like others. No globs: every path.
 *
 * @throws PermanentError invalid_glob
 */
export function createPathFilter(globs: readonly string[] = []): PathFilter {
  const wanted = globs.filter((glob) => !glob.startsWith('!')).map(compile);
  const unwanted = globs.filter((glob) => glob.startsWith('!')).map((glob) => compile(glob.slice(1)));
  return (path) =>
    (wanted.length === 0 || wanted.some((matches) => matches(path))) && !unwanted.some((matches) => matches(path));
}

function compile(glob: string): PathFilter {
  const plain = glob.replace(/^\.\//, '').replace(/\/+$/, '');
  if (plain === '' || plain === '.') {
    if (/^\.?\/*$/.test(glob) && glob !== '' && !glob.startsWith('/')) return () => true;
    throw replayError('invalid_glob', `path pattern ${JSON.stringify(glob)} is empty`);
  }
  if (plain.startsWith('/')) {
    throw replayError('invalid_glob', `path pattern ${JSON.stringify(glob)} is absolute; paths start at the project`);
  }
  // Names such as `app/[id]/page.tsx` look like globs and are meant as they are.
  const matchesItself: PathFilter = (path) => path === plain || path.startsWith(`${plain}/`);
  if (!picomatch.scan(plain).isGlob) return matchesItself;
  const options = { dot: true, basename: !plain.includes('/'), windows: false };
  const matchesGlob = picomatch([plain, `${plain}/**`], options);
  return (path) => matchesItself(path) || matchesGlob(path);
}
