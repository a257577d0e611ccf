// What was written here and fell with what somebody else moved who had not heard of it: whoever moved it brings it along, and
// is given some seconds for that. If nobody does, because they are gone or far away, its writer does.

import * as Y from 'yjs';
import { addedIn, idsOf, isText, keyOf, lettersWrittenIn, type Written, wordsOf } from './moved-letters.js';
import { type Gone, isBy, type Moves, orUnknown } from './moves.js';
import { type Deletions, isErased, isWithin, itemsOf, receivedIn } from './received.js';

export const WAIT_MS = 10_000;

interface Awaited {
  readonly id: Y.ID;
  readonly letter: string;
  readonly text: Y.XmlText;
  readonly gone: Gone;
  readonly sinceMs: number;
}

/** Letters that were written one behind the other. */
export interface Run {
  readonly id: Y.ID;
  letters: string;
  readonly gone: Gone;
}

export class AwaitedLetters {
  readonly #doc: Y.Doc;
  readonly #moves: Moves;
  readonly #bring: (due: readonly Run[]) => void;
  #letters: Awaited[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param bring  is given what nobody has brought along */
  constructor(doc: Y.Doc, moves: Moves, bring: (due: readonly Run[]) => void) {
    this.#doc = doc;
    this.#moves = moves;
    this.#bring = bring;
  }

  close(): void {
    clearTimeout(this.#timer);
  }

  /** What others did: own letters fell with it, or it brought some along, took them away or moved them. */
  note(transaction: Y.Transaction): void {
    this.#noteFallen(transaction);
    if (this.#letters.length > 0) this.#noteBrought(transaction);
  }

  forget(ids: ReadonlySet<string>): void {
    this.#letters = this.#letters.filter(({ id }) => !ids.has(keyOf(id)));
  }

  #noteFallen(transaction: Y.Transaction): void {
    const { clientID } = this.#doc;
    const own = transaction.deleteSet.clients.get(clientID);
    const { deletions } = own ? receivedIn(transaction) : { deletions: [] };
    if (!own || deletions.length === 0) return;
    /** Who deletes a text first moves what they delete there. Whoever does later may only tell what fell. */
    const moverOf = (text: Y.XmlText): Deletions | undefined =>
      deletions.find(({ deleted }) => isWithin(text, deleted));
    const sources = new Map<Y.XmlText, Gone>();
    let written: Written | null = null;
    const sourceOf = (text: Y.XmlText, mover: Deletions | undefined, isMeant: (id: Y.ID) => boolean): Gone => {
      let source = sources.get(text);
      if (!source) {
        written ??= lettersWrittenIn(transaction);
        const rivals = new Map(mover && orUnknown(mover.authors));
        source = { copies: this.#moves.leave(text, isMeant, written), rivals };
        sources.set(text, source);
      }
      return source;
    };
    for (const { item, from, to } of itemsOf({ clients: new Map([[clientID, own]]) }, this.#doc)) {
      if (!isText(item)) continue;
      const { str } = item.content as Y.ContentString;
      const text = item.parent as Y.XmlText;
      const mover = moverOf(text);
      const isMeant = (id: Y.ID): boolean =>
        (mover !== undefined && Y.isDeleted(mover.deleted, id)) || isErased(id, text, deletions);
      for (const id of idsOf(item.id.client, from, to)) {
        if (isMeant(id)) continue;
        const letter = str[id.clock - item.id.clock]!;
        this.#letters.push({ id, letter, text, gone: sourceOf(text, mover, isMeant), sinceMs: Date.now() });
      }
    }
    this.#waitOn();
  }

  #noteBrought(transaction: Y.Transaction): void {
    const { deletions } = receivedIn(transaction);
    this.#letters = this.#letters.filter(({ id, text }) => !isErased(id, text, deletions));
    for (const piece of addedIn(transaction)) {
      const { item } = piece;
      for (const letter of wordsOf(piece).split('')) {
        const at = this.#letters.findIndex((awaited) => awaited.letter === letter && isBy(item, awaited.gone.rivals));
        if (at < 0) continue;
        this.#letters[at]!.gone.rivals.set(item.id.client, item.id.clock);
        this.#letters.splice(at, 1);
      }
    }
  }

  #waitOn(): void {
    if (this.#letters.length > 0) this.#timer ??= setTimeout(this.#bringDue, WAIT_MS);
  }

  readonly #bringDue = (): void => {
    this.#timer = undefined;
    const due = this.#letters.filter(({ sinceMs }) => Date.now() - sinceMs >= WAIT_MS);
    this.#letters = this.#letters.filter((letter) => !due.includes(letter));
    this.#waitOn();
    if (due.length > 0) this.#bring(runsOf(due));
  };
}

/** A character may be two letters here, which must not be torn. */
function runsOf(awaited: readonly Awaited[]): Run[] {
  const runs: Run[] = [];
  for (const { id, letter, gone } of awaited) {
    const last = runs.at(-1);
    if (last && last.gone === gone && last.id.clock + last.letters.length === id.clock) last.letters += letter;
    else runs.push({ id, letters: letter, gone });
  }
  return runs;
}
