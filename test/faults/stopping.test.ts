import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { withFolder } from '../support/cli.ts';

const main = fileURLToPath(new URL('./main.js', import.meta.url));

for (const { when, line, signal, code } of [
  { when: 'while everything starts', line: /^seed /, signal: 'SIGINT', code: 130 },
  { when: 'in the middle of harm', line: /^ {2}[\d.]+ s: /, signal: 'SIGTERM', code: 143 },
] as const) {
  test(`a run that gets ${signal} ${when} ends every process and leaves no file`, async () => {
    await withFolder(async (folder) => {
      const child = spawn(process.execPath, [main, '--seed', '1', '--short'], {
        stdio: ['ignore', 'pipe', 'inherit'],
        env: { ...process.env, TMPDIR: folder },
      });
      const ended = new Promise((resolve) => child.once('close', resolve));
      const said: string[] = [];
      let isAsked = false;
      createInterface({ input: child.stdout }).on('line', (text) => {
        said.push(text);
        if (isAsked || !line.test(text)) return;
        isAsked = true;
        // In a terminal Ctrl-C reaches every process of the run, and the outer one hands it on: it comes twice.
        child.kill(signal);
        child.kill(signal);
      });
      assert.equal(await ended, code, said.join('\n'));
      assert.equal(said.at(-1), `stopped by ${signal}: everything that was started is ended`);
      assert.deepEqual(await readdir(folder), []);
      assert.deepEqual(await findProcesses(folder), []);
    });
  });
}

/** Command lines of running processes that were given something in a folder (Linux). */
async function findProcesses(folder: string): Promise<readonly string[]> {
  const pids = (await readdir('/proc').catch(() => [])).filter(
    (name) => /^\d+$/.test(name) && name !== `${process.pid}`,
  );
  // Others come and go, and not all may be read.
  const read = (pid: string, what: string): Promise<string> => readFile(`/proc/${pid}/${what}`, 'utf8').catch(() => '');
  const found = await Promise.all(
    pids.map(async (pid) => ({ commandLine: await read(pid, 'cmdline'), environment: await read(pid, 'environ') })),
  );
  return found
    .filter(({ commandLine, environment }) => `${commandLine} ${environment}`.includes(folder))
    .map(({ commandLine }) => commandLine.replaceAll('\0', ' '));
}
