// Where each unit of a list stood in the past, and which of what is there now is it: itself, or what restores have written that says it again.

import * as Y from 'yjs';
import { firstAtLeast } from '../first-at-least.js';
import type { PastRun } from './past-block.js';
import type { StandIns } from './stand-ins.js';

/** Some units of a run. */
export interface PastPiece {
  readonly run: PastRun;
  readonly from: number;
  readonly length: number;
}

/** The runs of one client, by their clocks. */
interface OfClient {
  readonly clocks: readonly number[];
  readonly runs: readonly number[];
}

export class PastPlaces {
  readonly #runs: readonly PastRun[];
  /** The place at which each run begins. */
  readonly #starts: number[] = [];
  readonly #byClient: ReadonlyMap<number, OfClient>;
  readonly #standIns: StandIns;
  /** How many units there are. */
  readonly length: number;

  constructor(runs: readonly PastRun[], standIns: StandIns) {
    this.#runs = runs;
    this.#standIns = standIns;
    this.#byClient = byClient(runs);
    let length = 0;
    for (const run of runs) {
      this.#starts.push(length);
      length += run.length;
    }
    this.length = length;
  }

  /**
   * Where the first units of an item stood, in a row; null where they did not stand there, or before `least`: a list that restores
   * have written may have another order.
   */
  of(item: Y.Item, least: number): { readonly place: number | null; readonly length: number } {
    const first = this.#placeOf(item, 0);
    const place = first !== null && first >= least ? first : null;
    let length = 1;
    for (; length < item.length; length++) {
      const next = this.#placeOf(item, length);
      if (place === null ? next !== null && next >= least : next !== place + length) break;
    }
    return { place, length };
  }

  runAt(place: number): PastRun {
    return this.#runs[this.#indexAt(place)]!;
  }

  /** What stood from one place up to another. */
  *between(from: number, to: number): Generator<PastPiece> {
    for (let at = from; at < to; ) {
      const index = this.#indexAt(at);
      const run = this.#runs[index]!;
      const start = this.#starts[index]!;
      const end = Math.min(to, start + run.length);
      yield { run, from: at - start, length: end - at };
      at = end;
    }
  }

  readonly #indexAt = (place: number): number => firstAtLeast(this.#starts, place + 1) - 1;

  #placeOf({ id, content }: Y.Item, offset: number): number | null {
    for (const said of this.#standIns.saidBy(Y.createID(id.client, id.clock + offset))) {
      const found = this.#placeOfId(said);
      if (found === null) continue;
      const past = this.#runs[found.index]!.content;
      // Halves of a character that something came between are others.
      const isSame =
        !(content instanceof Y.ContentString && past instanceof Y.ContentString) ||
        content.str[offset] === past.str[found.offset];
      return isSame ? this.#starts[found.index]! + found.offset : null;
    }
    return null;
  }

  #placeOfId({ client, clock }: Y.ID): { readonly index: number; readonly offset: number } | null {
    const of = this.#byClient.get(client);
    const index = of?.runs[firstAtLeast(of.clocks, clock + 1) - 1];
    if (index === undefined) return null;
    const offset = clock - this.#runs[index]!.id.clock;
    return offset < this.#runs[index]!.length ? { index, offset } : null;
  }
}

function byClient(runs: readonly PastRun[]): Map<number, OfClient> {
  const indexes = new Map<number, number[]>();
  for (const [index, { id }] of runs.entries()) {
    const list = indexes.get(id.client);
    if (list) list.push(index);
    else indexes.set(id.client, [index]);
  }
  const found = new Map<number, OfClient>();
  for (const [client, list] of indexes) {
    list.sort((a, b) => runs[a]!.id.clock - runs[b]!.id.clock);
    found.set(client, { runs: list, clocks: list.map((index) => runs[index]!.id.clock) });
  }
  return found;
}
