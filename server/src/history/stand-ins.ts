// What stands for something since restores have brought it back: each wrote it again under ids of its own, and its record says which
// unit says which again (T2). What was brought back twice is found through both.

import * as Y from 'yjs';
import { firstAtLeast } from '../first-at-least.js';
import type { BroughtBack } from './origins.js';
import { decodeOrigins } from './restore-record.js';
import type { OriginRange } from './restore-update.js';

/** Ranges that do not overlap, by where they begin on one side. */
interface Side {
  readonly starts: readonly number[];
  readonly ranges: readonly OriginRange[];
}

interface Restored {
  readonly client: number;
  /** By the clocks that the restore wrote. */
  readonly copies: Side;
  /** By the clocks of each client whose text it wrote again. */
  readonly originals: ReadonlyMap<number, Side>;
}

export class StandIns {
  readonly #store: Y.Doc['store'];
  readonly #restores = new Map<number, Restored>();

  constructor(doc: Y.Doc, restores: readonly BroughtBack[]) {
    this.#store = doc.store;
    for (const { client, origins } of restores) this.#restores.set(client, restoredOf(client, decodeOrigins(origins)));
  }

  /** A unit, what it says again, what that says again, and so on. */
  *saidBy(id: Y.ID): Generator<Y.ID> {
    let said = id;
    // Each step leads to an earlier restore, unless a record is not what it should be.
    for (let steps = 0; steps <= this.#restores.size; steps++) {
      yield said;
      const restore = this.#restores.get(said.client);
      const range = restore && rangeAt(restore.copies, said.clock, ({ clock }) => clock);
      if (!range) return;
      said = Y.createID(range.client, range.from + said.clock - range.clock);
    }
  }

  /** The item with a unit that is there, and says one again that is not; null where there is none. */
  livingCopyOf(id: Y.ID): { readonly item: Y.Item; readonly id: Y.ID } | null {
    const open = [id];
    // A record that is not what it should be leads in a circle.
    const seen = new Set<string>();
    for (let one = open.pop(); one; one = open.pop()) {
      for (const { client, originals } of this.#restores.values()) {
        const side = originals.get(one.client);
        const range = side && rangeAt(side, one.clock, ({ from }) => from);
        if (!range) continue;
        const copy = Y.createID(client, range.clock + one.clock - range.from);
        const name = `${copy.client}-${copy.clock}`;
        if (seen.has(name) || copy.clock >= Y.getState(this.#store, client)) continue;
        seen.add(name);
        const item: unknown = Y.getItem(this.#store, copy);
        if (item instanceof Y.Item && !item.deleted) return { item, id: copy };
        open.push(copy);
      }
    }
    return null;
  }
}

function restoredOf(client: number, ranges: readonly OriginRange[]): Restored {
  const byOwner = new Map<number, OriginRange[]>();
  for (const range of ranges) {
    const list = byOwner.get(range.client);
    if (list) list.push(range);
    else byOwner.set(range.client, [range]);
  }
  const originals = new Map<number, Side>();
  for (const [owner, list] of byOwner) {
    list.sort((a, b) => a.from - b.from);
    originals.set(owner, { ranges: list, starts: list.map(({ from }) => from) });
  }
  return { client, copies: { ranges, starts: ranges.map(({ clock }) => clock) }, originals };
}

function rangeAt({ starts, ranges }: Side, clock: number, startOf: (range: OriginRange) => number): OriginRange | null {
  const range = ranges[firstAtLeast(starts, clock + 1) - 1];
  return range && clock < startOf(range) + range.length ? range : null;
}
