import { fork, type ChildProcess } from 'node:child_process';
import { open } from 'node:fs/promises';
import { stopChild, type Environment } from '@swarmledger/runtime';

/** One of our services as a child process. */
export interface ProgramProcess {
  readonly pid: number;
  readonly exited: Promise<void>;
  close(): Promise<void>;
}

/** A little more than the services' own drain. */
const stopMs = 12_000;

/** Runs a service's `main.js`, with its log in a file. It ends with this process: it hears when its parent is gone. */
export async function startProgram(
  program: string,
  environment: Environment,
  logFile: string,
): Promise<ProgramProcess> {
  const log = await open(logFile, 'a');
  let child: ChildProcess;
  try {
    child = fork(program, [], { stdio: ['ignore', log.fd, log.fd, 'ipc'], detached: true, env: { ...environment } });
  } finally {
    await log.close();
  }
  const exited = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
  return { pid: child.pid ?? 0, exited, close: () => stopChild(child, stopMs) };
}
