// The relay on Redis or Valkey: its channels of publish and subscribe, which keep nothing. While there is no connection, messages
// are dropped; it is made again for as long as the relay is open, to whichever server is the one by then.

import { setTimeout } from 'node:timers/promises';
import type { Relay } from '../log/relay.js';
import { parseRedisAddress, type RedisAddress } from '../redis-address.js';
import { messageOf } from '../sync-error.js';
import { connectToRedis, type RedisLink } from './redis-link.js';

/** Bytes on their way there, beyond which what comes is dropped (I6). */
const MAX_UNSENT_BYTES = 16 * 1024 * 1024;
const MIN_PAUSE_MS = 50;
const MAX_PAUSE_MS = 2000;

export class RedisRelay implements Relay {
  onBack: () => void = () => undefined;
  readonly #complain: (sentence: string) => void;
  readonly #listeners = new Map<string, (message: Buffer) => void>();
  readonly #leave = new AbortController();
  readonly #connecting: Promise<void>;
  #link: RedisLink | null = null;
  #unsentBytes = 0;
  #isAway = false;

  /**
   * @param url as parseRedisAddress takes it. It need not be there yet
   * @param complain takes a sentence for whoever runs the server
   */
  constructor(url: string, complain: (sentence: string) => void) {
    const address = parseRedisAddress(url);
    if (address === null) throw new TypeError('This is no address of a Redis.');
    this.#complain = complain;
    this.#connecting = this.#stayConnected(address);
  }

  publish(topic: string, message: Uint8Array): void {
    const link = this.#link;
    if (link === null || this.#unsentBytes + message.length > MAX_UNSENT_BYTES) return;
    this.#unsentBytes += message.length;
    const { buffer, byteOffset, length } = message;
    link.publishing
      .publish(topic, Buffer.from(buffer, byteOffset, length))
      .catch(link.end)
      .finally(() => {
        this.#unsentBytes -= length;
      });
  }

  subscribe(topic: string, listener: (message: Uint8Array) => void): () => void {
    const heard = (message: Buffer): void => listener(message);
    this.#listeners.set(topic, heard);
    const link = this.#link;
    link?.listening.subscribe(topic, heard, true).catch(link.end);
    return () => {
      if (this.#listeners.get(topic) !== heard) return;
      this.#listeners.delete(topic);
      const link = this.#link;
      link?.listening.unsubscribe(topic, heard, true).catch(link.end);
    };
  }

  async close(): Promise<void> {
    this.#leave.abort();
    this.#link?.end(new Error('it was closed'));
    await this.#connecting;
  }

  async #stayConnected(address: RedisAddress): Promise<void> {
    const { signal } = this.#leave;
    for (let tries = 0; !signal.aborted; tries++) {
      try {
        const link = await connectToRedis(address, signal);
        const sinceMs = performance.now();
        this.#noteAway(await this.#use(link));
        // What ends at once will do so again.
        if (performance.now() - sinceMs > MAX_PAUSE_MS) tries = 0;
      } catch (error) {
        this.#noteAway(error);
      }
      const pauseMs = Math.min(MIN_PAUSE_MS * 2 ** tries, MAX_PAUSE_MS);
      await setTimeout(pauseMs, undefined, { signal }).catch(() => undefined);
    }
  }

  /** @returns why it cannot be used any more */
  async #use(link: RedisLink): Promise<Error> {
    this.#link = link;
    const subscribed = [...this.#listeners].map(([topic, heard]) => link.listening.subscribe(topic, heard, true));
    // Only what is published from then on is heard: what was before is looked for in the log.
    Promise.all(subscribed).then(() => this.#noteBack(), link.end);
    if (this.#leave.signal.aborted) link.end(new Error('it was closed'));
    const error = await link.ended;
    this.#link = null;
    return error;
  }

  #noteBack(): void {
    if (this.#leave.signal.aborted) return;
    if (this.#isAway) this.#complain('Redis is back.');
    this.#isAway = false;
    this.onBack();
  }

  #noteAway(error: unknown): void {
    if (this.#isAway || this.#leave.signal.aborted) return;
    this.#isAway = true;
    this.#complain(
      `Redis does not answer: ${messageOf(error)}. Nothing is lost by that; what other servers write shows later until it is back.`,
    );
  }
}
