// What HFS+ drops from names before it compares them (TN1150), so that `.g<U+200C>it` is `.git` there.
const ignoredByMac = /[\u200c-\u200f\u202a-\u202e\u206a-\u206f\ufeff]/g;
const windowsDevices = /^(con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])(\.|$)/i;
// eslint-disable-next-line no-control-regex -- Windows forbids control characters in names
const windowsForbidden = /[<>:"|?*\\\u0000-\u001f]/;

/**
 * Why a legal project path cannot be written as it is on an operating system: Windows opens devices for some names, cuts
 * trailing dots and spaces and has other separators; both Windows and macOS have other spellings of `.git`, whose hooks git
 * would run. Undefined: it can. The file system itself reports names that it takes for the same.
 */
export function findUnportable(path: string, platform: NodeJS.Platform): string | undefined {
  for (const segment of path.split('/')) {
    const problem = platform === 'win32' ? findWindowsProblem(segment) : undefined;
    if (problem !== undefined) return problem;
    if (platform === 'darwin' && segment.replace(ignoredByMac, '').toLowerCase() === '.git')
      return 'means .git on macOS';
  }
  return undefined;
}

function findWindowsProblem(segment: string): string | undefined {
  if (windowsDevices.test(segment)) return 'names a Windows device';
  if (/[. ]$/.test(segment)) return 'ends in a dot or space, which Windows cuts off';
  if (windowsForbidden.test(segment)) return 'has a character that Windows does not allow in names';
  if (/^git~[0-9]+$/i.test(segment)) return 'means .git on Windows';
  return undefined;
}
