// The ledger of a round: which letter of whom has come to whom, and how long it took. Every letter counts once for every
// receiver; one that is missing before another of its author, or comes again, ends the round.

import { readSpans, type SpanSink } from './clock-spans.js';
import { Histogram } from './histogram.js';
import { FIRST_CLIENT_ID } from './typing.js';

/** In `authors`, for who only reads. */
export const NOBODY = -1;

export class Deliveries implements SpanSink {
  /** From sending to hearing of it, of every delivery since `clear`. */
  readonly latency = new Histogram();
  /** Since the beginning. */
  count = 0;
  /** Called after each message that brought something. */
  onProgress: () => void = () => {};
  readonly #writers: number;
  readonly #lettersEach: number;
  readonly #authors: readonly number[];
  /** By receiver and writer: the clock that comes next. */
  readonly #next: Int32Array;
  /** By writer and clock. */
  readonly #sentAtMs: Float64Array;
  #receiver = 0;
  #nowMs = 0;
  #isState = false;

  /** @param authors by receiver: the writer it is itself, whose letters it need not be told, or NOBODY */
  constructor(authors: readonly number[], writers: number, lettersEach: number) {
    this.#authors = authors;
    this.#writers = writers;
    this.#lettersEach = lettersEach;
    this.#next = new Int32Array(authors.length * writers);
    this.#sentAtMs = new Float64Array(writers * lettersEach).fill(Number.NaN);
  }

  sent(writer: number, clock: number, nowMs: number): void {
    this.#sentAtMs[writer * this.#lettersEach + clock] = nowMs;
  }

  /** @param isState what it holds may have been told before */
  receive(receiver: number, bytes: Uint8Array, from: number, to: number, isState: boolean): void {
    this.#receiver = receiver;
    this.#isState = isState;
    this.#nowMs = performance.now();
    readSpans(bytes, from, to, this);
    this.onProgress();
  }

  span(client: number, from: number, length: number): void {
    const writer = client - FIRST_CLIENT_ID;
    if (!(writer >= 0 && writer < this.#writers)) throw new Error(`Receiver ${this.#receiver} was told of a stranger.`);
    if (writer === this.#authors[this.#receiver]) return;
    const place = this.#receiver * this.#writers + writer;
    const next = this.#next[place]!;
    const end = from + length;
    if (from > next) throw new Error(this.#sentence(writer, `lost ${from - next} letters from ${next} on`));
    if (from < next && !this.#isState) throw new Error(this.#sentence(writer, `was told letter ${from} twice`));
    if (end <= next) return;
    this.#next[place] = end;
    this.count += end - next;
    const first = writer * this.#lettersEach;
    for (let clock = next; clock < end; clock++) this.latency.recordMs(this.#nowMs - this.#sentAtMs[first + clock]!);
  }

  #sentence(writer: number, what: string): string {
    return `Receiver ${this.#receiver} ${what} of writer ${writer}.`;
  }
}
