import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { findNatsServer, startNatsServer, type NatsServerOptions } from '@swarmledger/bus';
import { Secret } from '@swarmledger/runtime';
import { withFolder } from '../support/cli.ts';

const access = { kind: 'password', user: 'swarmledger', password: new Secret('secret') } as const;

async function describe(folder: string, options: Partial<NatsServerOptions>): Promise<NatsServerOptions> {
  const binary = await findNatsServer(process.env);
  assert.ok(binary !== undefined);
  return { binary, dataDir: join(folder, 'nats'), port: 0, partitions: 2, access, ...options };
}

test('a port that somebody took before the server could listen is changed for another one', async () => {
  await withFolder(async (folder) => {
    const options = await describe(folder, {});
    const loser = join(folder, 'loses-its-port-once');
    const words = 'listen tcp 127.0.0.1:4: bind: address already in use';
    const script = `#!/bin/sh\n[ -e ${folder}/lost ] && exec ${options.binary} "$@"\ntouch ${folder}/lost\necho '${words}' >&2\nexit 1\n`;
    await writeFile(loser, script, { mode: 0o755 });
    const server = await startNatsServer({ ...options, binary: loser });
    assert.ok(server.port > 0);
    await server.close();
  });
});

test('a port that was asked for and is taken is one sentence', async () => {
  await withFolder(async (folder) => {
    const holder = createServer();
    await new Promise<void>((resolve) => holder.listen(0, '127.0.0.1', resolve));
    const { port } = holder.address() as AddressInfo;
    try {
      await assert.rejects(startNatsServer(await describe(folder, { port })), {
        code: 'nats_start_failed',
        message: /address already in use/,
      });
    } finally {
      await new Promise((resolve) => holder.close(resolve));
    }
  });
});
