import { createServer, connect, type AddressInfo, type Server, type Socket } from 'node:net';

/** A network between two processes that can be cut, frozen and slow. Loopback only. */
export interface TcpProxy {
  readonly port: number;
  /** Ends every connection and takes no new one. */
  cut(): void;
  /** Also takes back a cut that was to come. */
  restore(): void;
  /** Cuts as soon as so many more bytes have gone from the client to the server. Resolves then. */
  cutAfter(bytes: number): Promise<void>;
  /** Nothing arrives any more and nobody is told, until `thaw`. */
  freeze(): void;
  thaw(): void;
  /** What is connected now hears nothing any more; new connections work: a network that forgot. */
  strand(): void;
  /** Everything arrives so much later, in order. Milliseconds. */
  delay(ms: number): void;
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
  #isFrozen = false;
  #delayMs = 0;
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
    // A cut that has not come yet does not come any more.
    this.#bytesLeft = Infinity;
  }

  cutAfter(bytes: number): Promise<void> {
    this.#bytesLeft = bytes;
    return new Promise((resolve) => (this.#onCut = resolve));
  }

  freeze(): void {
    this.#isFrozen = true;
    for (const socket of this.#sockets) socket.pause();
  }

  thaw(): void {
    this.#isFrozen = false;
    for (const socket of this.#sockets) socket.resume();
  }

  strand(): void {
    for (const socket of this.#sockets) socket.removeAllListeners('data').pause();
  }

  delay(ms: number): void {
    this.#delayMs = ms;
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
    const toServer = this.#delayedWriter(server);
    const toClient = this.#delayedWriter(client);
    client.on('data', (data) => {
      // What goes beyond the cut is lost half way through a message.
      toServer(data.subarray(0, Math.min(data.length, this.#bytesLeft)));
      this.#bytesLeft -= data.length;
      if (this.#bytesLeft <= 0) this.cut();
    });
    server.on('data', toClient);
    if (this.#isFrozen) for (const socket of [client, server]) socket.pause();
  }

  /** Writes in order, whatever the delay is changed to in between. */
  #delayedWriter(socket: Socket): (data: Buffer) => void {
    let lastMs = 0;
    return (data) => {
      const nowMs = performance.now();
      lastMs = Math.max(lastMs, nowMs + this.#delayMs);
      if (lastMs <= nowMs) socket.write(data);
      else setTimeout(() => socket.destroyed || socket.write(data), lastMs - nowMs);
    };
  }
}
