// From each letter of a crowd to the word that it is on disk.

import type { Crowd } from './crowd.js';
import { Histogram } from './histogram.js';

const SAVED_WITHIN_MS = 30_000;

export class SavedTimes {
  readonly latency = new Histogram();
  /** Called after a word that letters of this writer are on disk: so many of those typed. */
  onSaved: (writer: number, saved: number, typed: number) => void = () => {};
  readonly #crowd: Crowd;
  /** By writer, of its letters in order. */
  readonly #typedAtMs: readonly number[][];
  readonly #saved: Int32Array;
  #unsaved = 0;
  #onAllSaved: () => void = () => {};

  constructor(crowd: Crowd) {
    this.#crowd = crowd;
    this.#typedAtMs = Array.from({ length: crowd.writers }, () => []);
    this.#saved = new Int32Array(crowd.writers);
    for (let writer = 0; writer < crowd.writers; writer++) {
      crowd.clientOf(writer).onSaved = (letters) => this.#note(writer, letters);
    }
  }

  type(writer: number): void {
    this.#typedAtMs[writer]!.push(performance.now());
    this.#unsaved += 1;
    this.#crowd.type(writer);
  }

  /** @throws Error with a sentence when that takes too long */
  whenAllSaved(): Promise<void> {
    if (this.#unsaved === 0) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const late = (): void =>
        reject(new Error(`${this.#unsaved} letters were not saved after ${SAVED_WITHIN_MS} ms.`));
      const timer = setTimeout(late, SAVED_WITHIN_MS);
      this.#onAllSaved = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  #note(writer: number, letters: number): void {
    const nowMs = performance.now();
    const typedAtMs = this.#typedAtMs[writer]!;
    for (; this.#saved[writer]! < letters; this.#saved[writer]!++) {
      this.latency.recordMs(nowMs - typedAtMs[this.#saved[writer]!]!);
      this.#unsaved -= 1;
    }
    this.onSaved(writer, letters, typedAtMs.length);
    if (this.#unsaved === 0) this.#onAllSaved();
  }
}
