// A textblock that is shown as it was before others changed it: because somebody composes text in it, which would end if it
// were drawn anew. Its units are known by their ids, so that what is written in it meanwhile finds its place.

import * as Y from 'yjs';
import { type Change, type Layout, layoutOf, type Place, type Span } from './inline-layout.js';
import { typeOf } from './mirror.js';

interface Unit {
  readonly client: number;
  readonly clock: number;
}

export class HeldUnits implements Layout {
  readonly #y: Y.XmlElement;
  readonly #doc: Y.Doc;
  #units: Unit[];

  /** @param transaction  whose changes are not shown; while its observers are called */
  constructor(y: Y.XmlElement, transaction: Y.Transaction) {
    this.#y = y;
    this.#doc = transaction.doc;
    const clockOf = (client: number): number => transaction.beforeState.get(client) ?? 0;
    this.#units = unitsOf(
      y,
      (item) =>
        item.id.clock < clockOf(item.id.client) && (!item.deleted || Y.isDeleted(transaction.deleteSet, item.id)),
    );
  }

  place(offset: number): Place {
    const unit = this.#units[Math.max(0, offset - 1)];
    const item = unit && this.#itemOf(unit);
    if (!unit || !item) return layoutOf(this.#y).place(offset);
    const text = item.parent as Y.XmlText;
    if (item.parent === this.#y) {
      if (offset > 0) return { after: typeOf(item) };
      return layoutOf(this.#y).place(0);
    }
    if (text._item!.deleted) return { after: text };
    return { text, index: indexOf(item) + (item.deleted || offset === 0 ? 0 : unit.clock - item.id.clock + 1) };
  }

  spans(from: number, to: number): Span[] {
    return this.#units.slice(from, to).flatMap((unit): Span[] => {
      const item = this.#itemOf(unit);
      if (!item || item.deleted) return [];
      if (item.parent === this.#y) return [{ child: typeOf(item)! }];
      return [{ text: item.parent as Y.XmlText, index: indexOf(item) + unit.clock - item.id.clock, length: 1 }];
    });
  }

  wrote(from: number, to: number, count: number): void {
    const { clientID, _transaction: transaction } = this.#doc;
    // Not all that is this person's: text that was brought along may be, and is not shown.
    const before = transaction!.beforeState.get(clientID) ?? 0;
    const added = unitsOf(this.#y, ({ deleted }) => !deleted).filter(
      ({ client, clock }) => client === clientID && clock >= before,
    );
    this.#units.splice(from, to - from, ...added.slice(0, count));
  }

  /** What happened to the block since, and is not shown. */
  changes(): Change[] {
    const changes: Change[] = [];
    const now = unitsOf(this.#y, ({ deleted }) => !deleted);
    const alive = new Set(now.map(keyOf));
    const shown = new Set(this.#units.map(keyOf));
    let index = 0;
    const takeGone = (): void => {
      while (index < this.#units.length && !alive.has(keyOf(this.#units[index]!))) {
        changes.push({ kind: 'gone', length: 1 });
        index++;
      }
    };
    for (const unit of now) {
      takeGone();
      const isKept = shown.has(keyOf(unit));
      changes.push({ kind: isKept ? 'kept' : 'added', length: 1 });
      if (isKept) index++;
    }
    takeGone();
    return changes;
  }

  #itemOf({ client, clock }: Unit): Y.Item | null {
    const item = Y.getItem(this.#doc.store, Y.createID(client, clock));
    return item instanceof Y.Item ? item : null;
  }
}

const keyOf = ({ client, clock }: Unit): string => `${client}/${clock}`;

function unitsOf(y: Y.XmlElement, isThere: (item: Y.Item) => boolean): Unit[] {
  const units: Unit[] = [];
  const add = (item: Y.Item): void => {
    for (let index = 0; index < item.length; index++) {
      units.push({ client: item.id.client, clock: item.id.clock + index });
    }
  };
  for (let item = y._start; item !== null; item = item.right) {
    if (!item.countable || !isThere(item)) continue;
    const type = typeOf(item);
    if (type === null) continue;
    if (!(type instanceof Y.XmlText)) {
      add(item);
      continue;
    }
    for (let inner = type._start; inner !== null; inner = inner.right) {
      if (inner.countable && isThere(inner)) add(inner);
    }
  }
  return units;
}

/** Of the first unit of an item, in its text. */
function indexOf(item: Y.Item): number {
  let index = 0;
  for (let left = item.left; left !== null; left = left.left) if (!left.deleted && left.countable) index += left.length;
  return index;
}
