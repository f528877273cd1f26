import type { NatsConnection } from 'nats';

/** Where the client library keeps its socket; it has no public name for it. */
interface Internals {
  readonly protocol?: { readonly transport?: { readonly socket?: { destroy(): void } } };
}

/**
 * Ends the socket of a connection that the client library has found dead. The library itself first waits until its last bytes
 * are written: where the server reads nothing any more and the socket's buffer is full, that is until TCP gives up, and nobody connects again
 * before. (nats.js 2.29, `NodeTransport._closed`)
 */
export function dropSocket(connection: NatsConnection): void {
  (connection as unknown as Internals).protocol?.transport?.socket?.destroy();
}
