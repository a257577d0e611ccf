// Text of which every character is typed once: so it can be said of each whether it is still there, who took it away, or
// whether it went with nobody having done so.

import type { Node } from 'prosemirror-model';
import * as Y from 'yjs';

/** CJK ideographs: many, one UTF-16 unit each, and of no meaning to input rules. */
const FIRST = 0x4e00;
const LAST = 0x9fff;

export const isTracked = (character: string): boolean =>
  character.charCodeAt(0) >= FIRST && character.charCodeAt(0) <= LAST;

/** All that was typed by anybody, and what somebody's own steps took away. */
export class UniqueText {
  #next = FIRST;
  /** By character: who took it away, and how. */
  readonly takenAway = new Map<string, string>();

  write(length: number): string {
    let text = '';
    for (; length > 0 && this.#next <= LAST; length -= 1) text += String.fromCharCode(this.#next++);
    return text;
  }

  get written(): string[] {
    return Array.from({ length: this.#next - FIRST }, (_, i) => String.fromCharCode(FIRST + i));
  }

  /** @param label  of a block that nobody's schema knows */
  isTaken(label: string): boolean {
    return [...this.takenAway.keys()].some((content) => content.includes(`"${label}"`));
  }

  /** A person's own step led from one document to the other. */
  noteStep(before: Node, after: Node, what: string): void {
    if (before.eq(after)) return;
    const left = charactersOf(after);
    const stayed = unknownIn(after);
    // Of two copies each may be taken away by somebody who still sees the other.
    for (const [content, copies] of unknownIn(before)) {
      if ((stayed.get(content) ?? 0) < copies) this.takenAway.set(content, what);
    }
    for (const character of charactersOf(before)) if (!left.has(character)) this.takenAway.set(character, what);
  }
}

/** How often there is which block that the schema does not know, by what its placeholder says of it. */
function unknownIn(doc: Node): Map<string, number> {
  const found = new Map<string, number>();
  doc.descendants(({ type, attrs }) => {
    if (type.name === 'unknown_block') found.set(attrs.content, (found.get(attrs.content) ?? 0) + 1);
  });
  return found;
}

export function charactersOf(doc: Node): Set<string> {
  const characters = new Set<string>();
  doc.descendants((node) => {
    if (node.isText) for (const character of node.text!) if (isTracked(character)) characters.add(character);
  });
  return characters;
}

/** Where a character was last alive in Yjs, and what became of that. */
export type Fate = 'alive' | 'deleted' | 'fell with what it was in';

/** @param archive  a Y.Doc that collects nothing */
export function fatesIn(archive: Y.Doc): Map<string, Fate> {
  const fates = new Map<string, Fate>();
  for (const structs of archive.store.clients.values()) {
    for (const struct of structs) {
      if (!(struct instanceof Y.Item) || !(struct.content instanceof Y.ContentString)) continue;
      const fate = !struct.deleted ? 'alive' : isInDeleted(struct) ? 'fell with what it was in' : 'deleted';
      for (const character of struct.content.str) {
        const before = fates.get(character);
        if (before === undefined || fate === 'alive' || (before === 'deleted' && fate !== 'deleted'))
          fates.set(character, fate);
      }
    }
  }
  return fates;
}

function isInDeleted(item: Y.Item): boolean {
  for (let parent = (item.parent as Y.AbstractType<unknown>)._item; parent; ) {
    if (parent.deleted) return true;
    parent = (parent.parent as Y.AbstractType<unknown>)._item;
  }
  return false;
}

/** Where each character is alive: (client, clock), once for each copy. */
export function placesIn(doc: Y.Doc): Map<string, string[]> {
  const places = new Map<string, string[]>();
  for (const [client, structs] of doc.store.clients) {
    for (const struct of structs) {
      if (!(struct instanceof Y.Item) || struct.deleted || !(struct.content instanceof Y.ContentString)) continue;
      struct.content.str.split('').forEach((character, i) => {
        if (!isTracked(character)) return;
        const place = `${client}:${struct.id.clock + i}`;
        const others = places.get(character);
        if (others) others.push(place);
        else places.set(character, [place]);
      });
    }
  }
  return places;
}

/** What others had written and a transaction deleted. */
export function lettersTakenBy(transaction: Y.Transaction): string {
  let letters = '';
  Y.iterateDeletedStructs(transaction, transaction.deleteSet, (struct) => {
    const isOthers = struct.id.client !== transaction.doc.clientID;
    if (isOthers && struct instanceof Y.Item && struct.content instanceof Y.ContentString)
      letters += struct.content.str;
  });
  return letters;
}
