import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

export interface ChildArguments {
  readonly ledgerFile: string;
  readonly tenant: string;
  readonly project: string;
  readonly directory: string;
  readonly replace?: boolean;
  readonly holdAtPaths?: number;
}

export interface Child {
  readonly closed: Promise<number | null>;
  output(): string;
  /** Resolves as soon as the output matches. @throws when the child ends without */
  untilOutput(pattern: RegExp): Promise<void>;
  /** kill -9 */
  kill(): void;
}

const script = fileURLToPath(new URL('restore-child.js', import.meta.url));

export function startChild(given: ChildArguments, options: { readonly fileBlocksMax?: number } = {}): Child {
  const child = launch([process.execPath, script, JSON.stringify(given)], options.fileBlocksMax);
  let output = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (output += text));
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (output += text));
  const closed = once(child, 'close').then(([code]) => code as number | null);
  const untilOutput = (pattern: RegExp): Promise<void> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        if (pattern.test(output)) resolve();
      };
      child.stdout?.on('data', look);
      child.once('close', () => reject(new Error(`the child ended without ${String(pattern)}: ${output.slice(-500)}`)));
      look();
    });
  return { closed, output: () => output, untilOutput, kill: () => void child.kill('SIGKILL') };
}

export async function runChild(
  given: ChildArguments,
  options: { readonly fileBlocksMax?: number } = {},
): Promise<{ readonly code: number | null; readonly output: string }> {
  const child = startChild(given, options);
  return { code: await child.closed, output: child.output() };
}

/** @param fileBlocksMax no file may grow beyond so many blocks of 512 bytes (1,024 in some shells) */
function launch(command: readonly string[], fileBlocksMax: number | undefined): ChildProcess {
  const [program = '', ...args] = command;
  if (fileBlocksMax === undefined) return spawn(program, args);
  return spawn('/bin/sh', ['-c', `ulimit -f ${fileBlocksMax}; exec "$@"`, 'sh', ...command]);
}
