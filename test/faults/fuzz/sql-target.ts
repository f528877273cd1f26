import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import { startAnalyticsServer } from '@swarmledger/analytics';
import { Secret } from '@swarmledger/runtime';
import { openFolder } from './files.ts';
import type { OpenTarget } from './target.ts';

const answerMs = 2_000;

/** Whatever bytes come over its socket, the endpoint answers the next good request, and gives a stranger nothing. */
export const openSqlTarget: OpenTarget = async (scope) => {
  const dataDir = await openFolder(scope);
  const password = new Secret(randomBytes(8).toString('hex'));
  const analystPassword = new Secret(randomBytes(8).toString('hex'));
  const options = { dataDir, port: 0, username: 'hub', password, analystPassword };
  const server = scope.own('engine', await startAnalyticsServer(options));
  const authorization = `Basic ${Buffer.from(`analyst:${analystPassword.reveal()}`).toString('base64')}`;
  const ask = async (): Promise<string> => {
    const response = await fetch(`${server.url}/?query=SELECT%2041%2B1`, { headers: { authorization } });
    return (await response.text()).trim();
  };
  const head = `Host: x\r\nAuthorization: ${authorization}\r\n`;
  const sql = 'SELECT number, toString(number) FROM numbers(3) FORMAT JSON';
  return {
    name: 'SQL endpoint',
    samples: [
      Buffer.from(`GET /?query=SELECT+1&default_format=JSON&max_threads=1 HTTP/1.1\r\n${head}\r\n`),
      Buffer.from(`POST / HTTP/1.1\r\n${head}Content-Length: ${sql.length}\r\n\r\n${sql}`),
      Buffer.from(
        `POST /?param_a=1&query=SELECT+{a:UInt8} HTTP/1.1\r\n${head}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
      ),
    ],
    run: async (input) => {
      await sendRaw(server.port, input);
      assert.equal(await ask(), '42');
    },
  };
};

function sendRaw(port: number, bytes: Uint8Array): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const end = (): void => {
      socket.destroy();
      resolve();
    };
    socket.setTimeout(answerMs, end);
    socket.once('data', end).once('error', end).once('close', end);
    // Half a request may be all there is.
    socket.end(bytes);
  });
}
