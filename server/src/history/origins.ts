// Whose text it is that a restore brought back (T2): all that is new in its entry is of one client, and its record says which
// clocks of that client say again which clocks of whom. What was brought back twice leads to the first who wrote it.

import { firstAtLeast } from '../first-at-least.js';
import { decodeOrigins } from './restore-record.js';
import type { OriginRange } from './restore-update.js';

/** A restore, as its record has it. */
export interface BroughtBack {
  readonly client: number;
  /** See `encodeOrigins`. */
  readonly origins: Uint8Array;
}

interface Ranges {
  readonly starts: readonly number[];
  readonly ranges: readonly OriginRange[];
}

export class Origins {
  readonly #restores = new Map<number, Ranges>();
  readonly #ownerOf: (client: number) => string;

  /** @param ownerOf whose a client id is; '' when that is not known */
  constructor(restores: readonly BroughtBack[], ownerOf: (client: number) => string) {
    this.#ownerOf = ownerOf;
    for (const { client, origins } of restores) {
      const ranges = decodeOrigins(origins);
      this.#restores.set(client, { ranges, starts: ranges.map(({ clock }) => clock) });
    }
  }

  /**
   * Who wrote what begins at `clock`, and up to where that holds, at most to `limit`.
   * @returns `writer` undefined where nothing was brought back
   */
  at(client: number, clock: number, limit: number): { readonly to: number; readonly writer: string | undefined } {
    let source = client;
    let from = clock;
    let length = limit - clock;
    // Each step leads to an earlier restore, unless a record is not what it should be.
    for (let steps = 0; steps <= this.#restores.size; steps++) {
      const restore = this.#restores.get(source);
      if (!restore) break;
      const { starts, ranges } = restore;
      const next = firstAtLeast(starts, from + 1);
      const range = ranges[next - 1];
      if (!range || range.clock + range.length <= from) {
        length = Math.min(length, (starts[next] ?? Number.POSITIVE_INFINITY) - from);
        break;
      }
      length = Math.min(length, range.clock + range.length - from);
      from += range.from - range.clock;
      source = range.client;
    }
    return { to: clock + length, writer: source === client ? undefined : this.#ownerOf(source) };
  }
}
