// The relay on Redis or Valkey: its channels of publish and subscribe, which keep nothing. While there is no connection, messages
// are dropped; it is made again for as long as the relay is open.

import { createClient } from '@redis/client';
import type { Relay } from '../log/relay.js';
import { messageOf } from '../sync-error.js';

/** Bytes on their way there, beyond which what comes is dropped (I6). */
const MAX_UNSENT_BYTES = 16 * 1024 * 1024;
const MAX_PAUSE_MS = 2000;
/** How often a connection that is quiet is asked whether it is still there. */
const PING_EVERY_MS = 2000;

export class RedisRelay implements Relay {
  onBack: () => void = () => undefined;
  readonly #publishing;
  readonly #listening;
  readonly #complain: (sentence: string) => void;
  #unsentBytes = 0;
  #isAway = false;
  #closed: Promise<void> | null = null;

  /**
   * @param url `redis://user:password@host:port`, or `rediss://` for TLS. It need not be there yet
   * @param complain takes a sentence for whoever runs the server
   */
  constructor(url: string, complain: (sentence: string) => void) {
    this.#complain = complain;
    const options = {
      url,
      disableOfflineQueue: true,
      pingInterval: PING_EVERY_MS,
      socket: { connectTimeout: 5000, reconnectStrategy: (tries: number) => Math.min(50 * 2 ** tries, MAX_PAUSE_MS) },
    };
    this.#publishing = createClient(options);
    // Topics are asked for whether it is there or not, and asked for again by the client itself.
    this.#listening = createClient({ ...options, disableOfflineQueue: false });
    this.#publishing.on('error', () => undefined);
    this.#listening.on('error', (error: unknown) => this.#noteAway(error));
    this.#listening.on('ready', () => this.#noteBack());
    for (const client of [this.#publishing, this.#listening]) client.connect().catch(() => undefined);
  }

  publish(topic: string, message: Uint8Array): void {
    if (!this.#publishing.isReady || this.#unsentBytes + message.length > MAX_UNSENT_BYTES) return;
    this.#unsentBytes += message.length;
    const { buffer, byteOffset, length } = message;
    this.#publishing
      .publish(topic, Buffer.from(buffer, byteOffset, length))
      .catch(() => undefined)
      .finally(() => {
        this.#unsentBytes -= length;
      });
  }

  subscribe(topic: string, listener: (message: Uint8Array) => void): () => void {
    const heard = (message: Buffer): void => listener(message);
    this.#listening.subscribe(topic, heard, true).catch(() => undefined);
    return () => {
      if (this.#closed === null) this.#listening.unsubscribe(topic, heard, true).catch(() => undefined);
    };
  }

  close(): Promise<void> {
    this.#closed ??= this.#end();
    return this.#closed;
  }

  async #end(): Promise<void> {
    for (const client of [this.#publishing, this.#listening]) client.destroy();
  }

  #noteAway(error: unknown): void {
    if (this.#isAway || this.#closed !== null) return;
    this.#isAway = true;
    this.#complain(
      `Redis does not answer: ${messageOf(error)}. Nothing is lost by that; what other servers write shows later until it is back.`,
    );
  }

  #noteBack(): void {
    if (this.#isAway) this.#complain('Redis is back.');
    this.#isAway = false;
    this.onBack();
  }
}
