// Which letters fell: they are gone because what they were in was moved or deleted by somebody who had not heard of them. Each
// of them is to be brought along once; what is brought along and neither taken back nor erased stands for one of them. Two who
// move the whole of a text leave two, with all that was in it: what the later one took along stands in both.

import * as Y from 'yjs';
import { BROUGHT_ALONG } from '../../src/bring-along.js';
import { itemsOf } from '../../src/received.js';
import { isTracked } from './unique-text.js';

/** Of one letter, over a whole session. */
export interface Fallen {
  /** How many of it fell. */
  fell: number;
  /** How many of it were brought along and not taken back. */
  brought: number;
  /** How many stand for nothing that fell, if more than none: it stands twice, or though it was erased. */
  tooMany: number;
}

interface Letter {
  readonly letter: string;
  readonly id: string;
  /** The text it is in, by the client and clock of that one's item. */
  readonly text: string;
}

export class FallenLetters {
  /** By client and clock: what somebody's own step took away, undo included. */
  readonly #deleted = new Set<string>();
  /** What was brought along, and what it became when somebody moved it. */
  readonly #brought = new Set<string>();
  readonly #broughtSince = new Set<string>();
  /** Of what was brought along, what was taken back, and what somebody erased. */
  readonly #taken = new Set<string>();
  readonly #erased = new Set<string>();
  /** By type: who took the whole of it away; by letter: the text it was taken away with. */
  readonly #takers = new Map<string, Set<Y.Doc>>();
  readonly #takenWith = new Map<string, string>();
  /** Who wrote what fell brings it along meanwhile, and deletes it once more. */
  isWaitOver = false;

  watch(doc: Y.Doc): void {
    doc.on('afterTransaction', ({ local, origin, deleteSet, beforeState, afterState }: Y.Transaction) => {
      if (!local) return;
      const [from, to] = [beforeState.get(doc.clientID) ?? 0, afterState.get(doc.clientID) ?? 0];
      const written = lettersAt(doc, doc.clientID, from, to);
      const gone = [...deleteSet.clients].flatMap(([client, ranges]) =>
        ranges.flatMap(({ clock, len }) => lettersAt(doc, client, clock, clock + len)),
      );
      if (origin === BROUGHT_ALONG) {
        // What fell and is taken back may be collected: its letters are not known any more.
        for (const [client, ranges] of this.isWaitOver ? [] : deleteSet.clients) {
          for (const { clock, len } of ranges)
            for (let i = 0; i < len; i += 1) this.#taken.add(`${client}:${clock + i}`);
        }
        for (const { id } of written) this.#brought.add(id);
        return;
      }
      for (const { item } of itemsOf(deleteSet, doc)) {
        const key = `${item.id.client}:${item.id.clock}`;
        if (item.content instanceof Y.ContentType)
          this.#takers.set(key, (this.#takers.get(key) ?? new Set<Y.Doc>()).add(doc));
      }
      for (const { id, letter, text } of gone) {
        this.#deleted.add(id);
        if (this.#takers.get(text)?.has(doc)) this.#takenWith.set(id, text);
        if (!this.#brought.has(id) && !this.#broughtSince.has(id)) continue;
        const moved = written.find((other) => other.letter === letter);
        if (moved) this.#broughtSince.add(moved.id);
        else this.#erased.add(id);
      }
    });
  }

  /** @param archive  a Y.Doc that collects nothing */
  fallen(archive: Y.Doc): Map<string, Fallen> {
    const found = new Map<string, Fallen>();
    for (const [client, structs] of archive.store.clients) {
      for (const struct of structs) {
        if (!(struct instanceof Y.Item)) continue;
        for (const { id, letter } of lettersAt(archive, client, struct.id.clock, struct.id.clock + struct.length)) {
          const counts = found.get(letter) ?? { fell: 0, brought: 0, tooMany: 0 };
          const isTaken = this.#taken.has(id);
          const fell = struct.deleted && !this.#deleted.has(id) && !isTaken ? 1 : 0;
          const brought = this.#brought.has(id) ? 1 : 0;
          const isGone = isTaken || this.#erased.has(id);
          counts.fell += fell;
          counts.brought += isTaken ? 0 : brought;
          const inBoth = (this.#takers.get(this.#takenWith.get(id) ?? '')?.size ?? 0) > 1 ? 1 : 0;
          counts.tooMany += brought - fell - (isGone ? 1 : 0) - inBoth;
          found.set(letter, counts);
        }
      }
    }
    return found;
  }
}

function lettersAt({ store }: Y.Doc, client: number, from: number, to: number): Letter[] {
  const letters: Letter[] = [];
  for (let clock = from; clock < to; clock += 1) {
    const item = Y.getItem(store, Y.createID(client, clock)) as Y.Item | Y.GC;
    if (!(item instanceof Y.Item) || !(item.content instanceof Y.ContentString)) continue;
    const letter = item.content.str[clock - item.id.clock]!;
    const { client: textClient, clock: textClock } = (item.parent as Y.XmlText)._item!.id;
    if (isTracked(letter)) letters.push({ letter, id: `${client}:${clock}`, text: `${textClient}:${textClock}` });
  }
  return letters;
}
