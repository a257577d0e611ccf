// Server-sent events (text/event-stream) as the way to a client: one event for each frame, in base64. Its end is the end of the
// session, as with a socket. What is sent is written once for all who are sent the same.

import type { ServerResponse } from 'node:http';
import type { Outgoing } from '../room/member.js';
import type { Downstream, DownstreamReader } from './downstream.js';
import { type SendLimits, SendQueue } from './send-queue.js';

/** What is given to the queue at once: it passes on as much before it looks whether it was taken. Text may be cut anywhere. */
const PIECE_BYTES = 64 * 1024;

const PING = Buffer.from('event: ping\ndata:\n\n');

const eventsOf = new WeakMap<Outgoing, Buffer>();

export class EventStream implements Downstream {
  readonly transport = 'events';
  readonly #response: ServerResponse;
  readonly #queue: SendQueue;

  /** @param response nothing but its headers was said */
  constructor(response: ServerResponse, session: string, limits: SendLimits, reader: DownstreamReader) {
    this.#response = response;
    this.#queue = new SendQueue(response, limits, reader);
    response.on('close', () => reader.gone());
    response.on('error', () => response.destroy());
    this.#queue.push(event('session', session));
  }

  get bytes(): number {
    return this.#queue.bytes;
  }

  get hasRoom(): boolean {
    return this.#queue.hasRoom;
  }

  push(out: Outgoing): number {
    let events = eventsOf.get(out);
    if (events === undefined) {
      events = Buffer.from(out.messages.map(frameEvent).join(''));
      eventsOf.set(out, events);
    }
    for (let at = 0; at < events.length; at += PIECE_BYTES) this.#queue.push(events.subarray(at, at + PIECE_BYTES));
    return events.length;
  }

  whenDrained(callback: () => void): void {
    this.#queue.whenDrained(callback);
  }

  ping(): void {
    this.#queue.push(PING);
  }

  close(code: number, reason: string): void {
    this.#queue.push(event('close', JSON.stringify({ code, reason })));
    this.#queue.hurry();
    this.#queue.whenDrained(() => this.#response.end());
  }

  end(): void {
    this.#queue.end();
    this.#response.destroy();
  }
}

const event = (name: string, data: string): Buffer => Buffer.from(`event: ${name}\ndata: ${data}\n\n`);

const frameEvent = ({ buffer, byteOffset, length }: Uint8Array): string =>
  `data: ${Buffer.from(buffer, byteOffset, length).toString('base64')}\n\n`;
