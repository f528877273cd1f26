import { createServer, connect, type AddressInfo, type Server, type Socket } from 'node:net';

/** A network between two processes that can be cut. Loopback only. */
export interface TcpProxy {
  readonly port: number;
  /** Ends every connection and takes no new one. */
  cut(): void;
  restore(): void;
  /** Cuts as soon as so many more bytes have gone from the client to the server. Resolves then. */
  cutAfter(bytes: number): Promise<void>;
  close(): Promise<void>;
}

export async function openTcpProxy(targetPort: number): Promise<TcpProxy> {
  const proxy = new CuttableProxy(targetPort);
  await proxy.listen();
  return proxy;
}

class CuttableProxy implements TcpProxy {
  readonly #targetPort: number;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #isCut = false;
  #bytesLeft = Infinity;
  #onCut: () => void = () => undefined;

  constructor(targetPort: number) {
    this.#targetPort = targetPort;
    this.#server = createServer((client) => this.#join(client));
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async listen(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
  }

  cut(): void {
    this.#isCut = true;
    this.#bytesLeft = Infinity;
    for (const socket of this.#sockets) socket.destroy();
    this.#onCut();
  }

  restore(): void {
    this.#isCut = false;
  }

  cutAfter(bytes: number): Promise<void> {
    this.#bytesLeft = bytes;
    return new Promise((resolve) => (this.#onCut = resolve));
  }

  async close(): Promise<void> {
    this.cut();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #join(client: Socket): void {
    if (this.#isCut) {
      client.destroy();
      return;
    }
    const server = connect(this.#targetPort, '127.0.0.1');
    for (const [socket, other] of [
      [client, server],
      [server, client],
    ] as const) {
      this.#sockets.add(socket);
      socket.on('error', () => other.destroy());
      socket.on('close', () => {
        this.#sockets.delete(socket);
        other.destroy();
      });
    }
    client.on('data', (data) => {
      // What goes beyond the cut is lost half way through a message.
      server.write(data.subarray(0, Math.min(data.length, this.#bytesLeft)));
      this.#bytesLeft -= data.length;
      if (this.#bytesLeft <= 0) this.cut();
    });
    server.on('data', (data) => client.write(data));
  }
}
