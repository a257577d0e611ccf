// Ranges of clocks that came one after the other, each with a number: where they overlap, the one that came first holds.
// Kept as they come, and put in order when somebody first asks, after which none is added: n ranges take n log n, however they lie.

import { firstAtLeast } from '../first-at-least.js';

export class FirstRanges {
  /** Flat (from, to, value)s as they came, until they are put in order. */
  #given: number[] = [];
  /** Rising; `#values` has one for what begins at each but the last, -1 for none. */
  #bounds: number[] = [];
  #values = new Int32Array();

  /** @param value from 0 on */
  add(from: number, to: number, value: number): void {
    if (from < to) this.#given.push(from, to, value);
  }

  /** Where the piece that begins at `clock` ends, at most at `limit`, and its value: -1 where no range is. */
  pieceAt(clock: number, limit: number): { readonly to: number; readonly value: number } {
    if (this.#given.length > 0) this.#arrange();
    const bounds = this.#bounds;
    let cell = firstAtLeast(bounds, clock + 1) - 1;
    const value = cell < 0 ? -1 : (this.#values[cell] ?? -1);
    do cell += 1;
    while (cell < this.#values.length && bounds[cell]! < limit && this.#values[cell] === value);
    const to = bounds[cell] ?? limit;
    return { to: Math.min(to, limit), value };
  }

  /** Each range fills those of its cells that none before it has filled; from a filled one `next` leads on. */
  #arrange(): void {
    const given = this.#given;
    this.#given = [];
    const bounds = [...new Set(given.filter((_, i) => i % 3 !== 2))].sort((a, b) => a - b);
    const values = new Int32Array(Math.max(bounds.length - 1, 0)).fill(-1);
    const next = Int32Array.from(bounds, (_, i) => i);
    const free = (from: number): number => {
      let cell = from;
      while (next[cell] !== cell) {
        next[cell] = next[next[cell]!]!;
        cell = next[cell]!;
      }
      return cell;
    };
    for (let i = 0; i < given.length; i += 3) {
      const end = firstAtLeast(bounds, given[i + 1]!);
      for (let cell = free(firstAtLeast(bounds, given[i]!)); cell < end; cell = free(cell)) {
        values[cell] = given[i + 2]!;
        next[cell] = cell + 1;
      }
    }
    this.#bounds = bounds;
    this.#values = values;
  }
}
