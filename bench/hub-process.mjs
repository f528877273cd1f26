// A whole hub, as `swarmledger up` starts it, for as long as something is measured.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { connectBus } from '../packages/bus/dist/index.js';
import { Secret } from '../packages/runtime/dist/index.js';

const program = fileURLToPath(new URL('../packages/cli/bin/swarmledger.js', import.meta.url));

/** `body` gets what the hub says of itself (nats, ledger, partitions), and how to connect to its bus. Resolves with what `body` does. */
export async function withHubProcess(folder, body) {
  const child = spawn(process.execPath, [program, '--data', folder, 'up', '--json'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise((resolve) => child.once('close', resolve));
  try {
    await Promise.race([
      new Promise((resolve) => child.stdout.once('data', resolve)),
      ended.then(() => Promise.reject(new Error('the hub did not start'))),
    ]);
    const file = JSON.parse(readFileSync(join(folder, 'hub.json'), 'utf8'));
    return await body({ ...file, connect: () => connectToBus(file.nats, 'bench') });
  } finally {
    child.kill('SIGINT');
    await ended;
  }
}

/** As `hub.json` has its address. */
export function connectToBus({ url, user, password }, name) {
  return connectBus({ servers: url, name, credentials: { user, password: new Secret(password) } });
}
