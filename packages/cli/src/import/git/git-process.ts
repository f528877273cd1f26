import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { gitEnvironment } from '@swarmledger/replayer';
import { errorCode, PermanentError, stopChild, type Environment } from '@swarmledger/runtime';
import { ByteReader } from './byte-reader.ts';

/** Enough for git's own error; the rest is dropped. */
const stderrBytesMax = 8_192;
/** Answers of `runGit` are a few lines. */
const answerBytesMax = 1_048_576;
const stopGraceMs = 2_000;

/** A repository as given by the user, and the environment that git is started in. */
export interface GitContext {
  readonly repository: string;
  readonly environment: Environment;
}

const hardening = ['--no-pager', '-c', 'core.fsmonitor=false', '-c', 'advice.graftFileDeprecated=false'];

/** A git command that stays open while we talk to it. */
export interface GitProcess {
  readonly output: ByteReader;
  /** Asks for more. It does not wait: callers bound what they ask ahead. */
  send(text: string): void;
  /** No more will be asked. */
  end(): void;
  /** Why it stopped before its answer was complete. @param doing what we wanted from it, for the sentence */
  failure(doing: string): Promise<PermanentError>;
  /** Once all of its output is read: an output that ends well may still be cut short. @throws PermanentError git_failed */
  assertSucceeded(doing: string): Promise<void>;
  close(): Promise<void>;
}

/** @throws PermanentError git_missing */
export async function openGit(context: GitContext, args: readonly string[]): Promise<GitProcess> {
  const child = spawn('git', [...hardening, '-C', context.repository, ...args], {
    env: gitEnvironment(context.environment),
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const stderr = collectStderr(child);
  // A write to a git that has stopped: the reader sees the end of its output and reports why.
  child.stdin.on('error', () => undefined);
  const exited = once(child, 'close').catch(() => undefined);
  try {
    await once(child, 'spawn');
  } catch (cause) {
    throw gitMissing(cause);
  }
  const failure = async (doing: string): Promise<PermanentError> => {
    child.stdin.end();
    await exited;
    const reason = lastLine(stderr()) || `git ${args[0] ?? ''} gave no answer`;
    return new PermanentError('git_failed', `cannot ${doing} of ${JSON.stringify(context.repository)}: ${reason}`);
  };
  return {
    output: new ByteReader(child.stdout),
    failure,
    send: (text) => void child.stdin.write(text),
    end: () => child.stdin.end(),
    assertSucceeded: async (doing) => {
      child.stdin.end();
      await exited;
      if (child.exitCode !== 0) throw await failure(doing);
    },
    close: async () => {
      child.stdout.destroy();
      await stopChild(child, stopGraceMs);
    },
  };
}

export interface GitAnswer {
  readonly ok: boolean;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a git command that answers in a few lines. @throws PermanentError git_missing */
export async function runGit(context: GitContext, args: readonly string[]): Promise<GitAnswer> {
  const child = spawn('git', [...hardening, '-C', context.repository, ...args], {
    env: gitEnvironment(context.environment),
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  child.stdin.on('error', () => undefined);
  child.stdin.end();
  const stderr = collectStderr(child);
  let stdout = '';
  child.stdout.on('data', (data: Buffer) => {
    if (stdout.length < answerBytesMax) stdout += data.toString('utf8');
  });
  try {
    await once(child, 'close');
  } catch (cause) {
    throw gitMissing(cause);
  }
  return { ok: child.exitCode === 0, stdout, stderr: stderr() };
}

function collectStderr(child: ChildProcessWithoutNullStreams): () => string {
  let text = '';
  child.stderr.on('data', (data: Buffer) => {
    text = (text + data.toString('utf8')).slice(-stderrBytesMax);
  });
  return () => text;
}

/** Git's own last sentence, without its "fatal: ". */
export function lastLine(stderr: string): string {
  const lines = stderr.split('\n').filter((line) => line.trim() !== '');
  return (lines.at(-1) ?? '').replace(/^(fatal|error): /, '').trim();
}

function gitMissing(cause: unknown): PermanentError {
  const missing = errorCode(cause) === 'ENOENT';
  return new PermanentError(
    missing ? 'git_missing' : 'git_failed',
    missing
      ? 'git is not installed, or not on the PATH: install Git 2.25 or newer'
      : `git does not start (${errorCode(cause)})`,
    { cause },
  );
}
