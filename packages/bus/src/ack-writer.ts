import type { NatsConnection } from 'nats';

/** How the client library sends what is protocol text already; it has no public name for it. */
interface Internals {
  readonly protocol: { sendCommand(text: string): void };
}

/**
 * Answers delivered messages: what is said of many in one tick goes out as one text. As a `publish` each they were the largest single
 * piece of the ingestor's garbage: an encoder's buffer, two more and an object for five bytes. (nats.js 2.29, `ProtocolHandler.publish`)
 */
export class AckWriter {
  readonly #connection: NatsConnection;
  #text = '';

  constructor(connection: NatsConnection) {
    this.#connection = connection;
  }

  /** @param word ASCII, such as `+ACK` */
  write(reply: string, word: string): void {
    if (this.#text === '') queueMicrotask(() => this.flush());
    this.#text += `PUB ${reply} ${word.length}\r\n${word}\r\n`;
  }

  /** Before anything that must come behind what was said. On a closed connection the messages are simply delivered again. */
  flush(): void {
    const text = this.#text;
    this.#text = '';
    if (text === '' || this.#connection.isClosed()) return;
    (this.#connection as unknown as Internals).protocol.sendCommand(text);
  }
}
