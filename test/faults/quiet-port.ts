import { once } from 'node:events';
import { createServer } from 'node:net';
import { errorCode } from '@swarmledger/runtime';
import { createRandom } from './random.ts';

/** Below what systems give to outgoing connections: a server that is killed finds its port free when it comes back. */
const firstPort = 12_000;
const lastPort = 30_000;
const attemptsMax = 50;

/** A port that nobody listens on now, tried in an order that follows from the seed and this process. */
export async function findQuietPort(seed: number): Promise<number> {
  const random = createRandom(seed * 65_537 + process.pid);
  for (let attempt = 0; attempt < attemptsMax; attempt++) {
    const port = random.between(firstPort, lastPort);
    if (await isFree(port)) return port;
  }
  throw new Error(`no free port between ${firstPort} and ${lastPort}`);
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return true;
  } catch (error) {
    if (errorCode(error) !== 'EADDRINUSE') throw error;
    return false;
  } finally {
    server.close();
  }
}
