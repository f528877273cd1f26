import { spawnSync } from 'node:child_process';
import { existsSync, realpathSync, statSync } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';
import { PermanentError } from '@swarmledger/runtime';

/**
 * `auto`: bubblewrap where it works, none elsewhere. `pod`: the pod's own RuntimeClass (gVisor) is the sandbox, and nothing is put
 * around the agent inside it.
 */
export const sandboxModes = ['auto', 'bubblewrap', 'pod', 'none'] as const;
export type SandboxMode = (typeof sandboxModes)[number];
export type Sandbox = Exclude<SandboxMode, 'auto'>;

const program = 'bwrap';
/** What programs need of a system, and no more: no home folders, no /run, no /var, none of /etc's secrets. */
const systemPaths = [
  '/usr',
  '/bin',
  '/sbin',
  '/lib',
  '/lib32',
  '/lib64',
  '/etc/alternatives',
  '/etc/ld.so.cache',
  '/etc/ld.so.conf',
  '/etc/ld.so.conf.d',
  '/etc/ssl/certs',
  '/etc/localtime',
  '/etc/nsswitch.conf',
] as const;
const probeMs = 10_000;

/** Decides once per process. @throws PermanentError no_sandbox when bubblewrap was asked for and does not work here */
export function chooseSandbox(mode: SandboxMode, path: string | undefined): Sandbox {
  if (mode === 'none' || mode === 'pod') return mode;
  if (isUsable(path)) return 'bubblewrap';
  if (mode === 'auto') return 'none';
  throw new PermanentError(
    'no_sandbox',
    'SWARMLEDGER_WORKER_SANDBOX is bubblewrap, and bwrap does not work here: install it, or allow user namespaces',
  );
}

// Installed is not enough: many containers forbid the namespaces that it needs.
function isUsable(path: string | undefined): boolean {
  const args = ['--unshare-all', '--die-with-parent', '--ro-bind', '/', '/', 'true'];
  return spawnSync(program, args, { stdio: 'ignore', timeout: probeMs, env: { PATH: path } }).status === 0;
}

/**
 * The command as it is run: inside bubblewrap the agent sees the system's programs, its own and its folder, and has no network, no
 * other processes and no way up. https://github.com/containers/bubblewrap
 */
export function wrapCommand(
  sandbox: Sandbox,
  command: readonly string[],
  options: { readonly folder: string; readonly readable: readonly string[]; readonly path: string | undefined },
): readonly string[] {
  if (sandbox !== 'bubblewrap') return command;
  const { folder } = options;
  const readable = [...options.readable, ...programFiles(command, options.path)];
  return [
    program,
    '--unshare-all',
    '--die-with-parent',
    '--new-session',
    ...['--proc', '/proc', '--dev', '/dev', '--tmpfs', '/tmp'],
    ...systemPaths.filter((path) => existsSync(path)).flatMap((path) => ['--ro-bind', path, path]),
    ...readable.filter((path) => existsSync(path)).flatMap((path) => ['--ro-bind', path, path]),
    ...['--bind', folder, folder, '--chdir', folder],
    '--',
    ...command,
  ];
}

/**
 * The program itself and what its arguments name as absolute files: an agent must be able to read its own code. Never the folders
 * that they are in, which may hold anything; an agent of several files names them in `readable`.
 */
function programFiles(command: readonly string[], path: string | undefined): readonly string[] {
  const [name = '', ...rest] = command;
  const candidates = isAbsolute(name) ? [name] : (path ?? '').split(delimiter).map((folder) => join(folder, name));
  const found = candidates.find((file) => existsSync(file));
  const named = rest.filter((part) => isAbsolute(part) && existsSync(part) && statSync(part).isFile());
  const files = [...(found === undefined ? [] : [found, realpathSync(found)]), ...named];
  return [...new Set(files)].filter((file) => !file.startsWith('/usr/'));
}
