// The server's end of one HTTP request: as much of Node's IncomingMessage and ServerResponse as the door uses. What it writes
// goes into the hands of the network; how much of that waits is told as a socket tells it.

import { EventEmitter } from 'node:events';
import type { OutgoingHttpHeaders } from 'node:http';
import type { Chance } from './chance.js';
import type { Lane, Weather } from './lane.js';
import type { ProcessName } from './virtual-clock.js';

const HOST = 'weft.test';

export class ServedRequest extends EventEmitter {
  readonly method = 'POST';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly rawHeaders: readonly string[];
  readonly socket = { remoteAddress: '' };

  constructor(url: string, headers: Readonly<Record<string, string>>) {
    super();
    this.url = url;
    this.headers = { ...headers, host: HOST };
    this.rawHeaders = Object.entries(this.headers).flat();
  }

  resume(): void {}

  /** The body, in pieces. */
  deliver(body: Uint8Array, chance: Chance): void {
    const at = chance.int(0, body.length);
    for (const piece of [body.subarray(0, at), body.subarray(at)]) {
      if (piece.length > 0) this.emit('data', Buffer.from(piece));
    }
    this.emit('end');
  }
}

/** Who carries an answer to where it was asked for. */
export interface AnswerCarrier {
  /** @param headers their names in small letters */
  began(status: number, headers: Readonly<Record<string, string>>): void;
  /** @param bytes the carrier's */
  wrote(bytes: Uint8Array): void;
  /** @param isWhole it was ended in order */
  ended(isWhole: boolean): void;
}

/** What the system takes off the server's hands; only the rest waits. */
const SYSTEM_BUFFER_BYTES = 64 * 1024;
const LOOK_AGAIN_MS = 5;

export class ServedAnswer extends EventEmitter {
  readonly socket = {};
  readonly #weather: Weather;
  readonly #owner: ProcessName;
  readonly #lane: Lane | null;
  readonly #carrier: AnswerCarrier;
  readonly #headers: Record<string, string> = {};
  #status = 200;
  #hasBegun = false;
  #isEnded = false;
  #isClosed = false;

  /** To be made as the server's process. @param lane on which what is written travels */
  constructor(weather: Weather, lane: Lane | null, carrier: AnswerCarrier) {
    super();
    this.#weather = weather;
    this.#owner = weather.clock.owner;
    this.#lane = lane;
    this.#carrier = carrier;
  }

  get writableLength(): number {
    return Math.max(0, (this.#lane?.bytesInFlight ?? 0) - SYSTEM_BUFFER_BYTES);
  }

  setHeader(name: string, value: unknown): this {
    this.#headers[name.toLowerCase()] = String(value);
    return this;
  }

  writeHead(status: number, headers: OutgoingHttpHeaders = {}): this {
    this.#status = status;
    for (const [name, value] of Object.entries(headers)) this.setHeader(name, value);
    return this;
  }

  write(bytes: Uint8Array, taken: (error?: Error) => void): boolean {
    if (this.#isEnded || this.#isClosed) {
      this.#weather.clock.schedule(this.#owner, 0, () => taken(new Error('the answer is over')));
      return false;
    }
    this.#begin();
    this.#carrier.wrote(bytes.slice());
    this.#whenTaken(0, taken);
    return true;
  }

  end(body?: string | Uint8Array): this {
    if (this.#isEnded) return this;
    this.#begin();
    if (body !== undefined && body.length > 0) this.#carrier.wrote(Uint8Array.from(Buffer.from(body as Uint8Array)));
    this.#over(true);
    return this;
  }

  /** Ends it in the middle. */
  destroy(): this {
    if (!this.#isEnded) this.#over(false);
    return this;
  }

  /** The connection is gone. */
  broken(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.emit('close');
  }

  #begin(): void {
    if (this.#hasBegun) return;
    this.#hasBegun = true;
    this.#carrier.began(this.#status, this.#headers);
  }

  #over(isWhole: boolean): void {
    this.#isEnded = true;
    this.#carrier.ended(isWhole);
  }

  #whenTaken(delayMs: number, taken: () => void): void {
    this.#weather.clock.schedule(this.#owner, delayMs, () => {
      if (this.writableLength === 0) taken();
      else this.#whenTaken(LOOK_AGAIN_MS, taken);
    });
  }
}
