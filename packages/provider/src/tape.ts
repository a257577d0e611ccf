// What a replica has learnt of the server's document since it was last written into the local copy: entries as they came,
// and own text once it was saved. It never holds what is not on the server's disk, so that a copy made of it is none of a
// wish. Beyond a limit nothing is kept, and the copy has to be written whole.

import { mergeUpdates } from 'yjs';
import type { CopyChange } from './local-store.js';

const MAX_BYTES = 8 * 1024 * 1024;
/** Of what comes letter by letter, so many become one piece (mergeUpdates is quadratic in a list), up to this many bytes. */
const MAX_MERGED_UPDATES = 64;
const MAX_MERGED_BYTES = 64 * 1024;

export class Tape {
  /** Stands for a seq: what is on the tape builds on nothing. */
  static readonly WHOLE = -1;
  /** What is on the tape builds on every entry up to this one. */
  #fromSeq: number;
  #updates: Uint8Array[] = [];
  #own: Uint8Array[] = [];
  /** Without a whole state that came at once, which takes the room it takes. */
  #bytes = 0;
  #isTorn = false;

  /** @param fromSeq what the copy holds already; `Tape.WHOLE` when it is to be replaced */
  constructor(fromSeq: number) {
    this.#fromSeq = fromSeq;
  }

  get isEmpty(): boolean {
    // A whole document may be a blank one.
    return this.#isTorn || (this.#fromSeq !== Tape.WHOLE && this.#updates.length === 0 && this.#own.length === 0);
  }

  /** Whether there is something that others wrote. */
  get hasOthers(): boolean {
    return !this.#isTorn && (this.#fromSeq === Tape.WHOLE || this.#updates.length > 0);
  }

  /** Something is missing: only a whole state can follow. */
  get isTorn(): boolean {
    return this.#isTorn;
  }

  /** A state that holds every entry up to some seq. */
  whole(state: Uint8Array): void {
    this.#fromSeq = Tape.WHOLE;
    this.#updates = [state];
    this.#own = [];
    this.#bytes = 0;
    this.#isTorn = false;
  }

  entries(updates: readonly Uint8Array[]): void {
    for (const update of updates) this.#push(this.#updates, update);
  }

  /** Own text that is on the server's disk by now. */
  saved(update: Uint8Array): void {
    this.#push(this.#own, update);
  }

  /** The server begins to tell again after this entry. */
  beginsAfter(seq: number): void {
    if (this.#fromSeq !== Tape.WHOLE) this.#fromSeq = Math.min(this.#fromSeq, seq);
  }

  /** What was taken from it did not reach the copy. */
  tear(): void {
    this.#isTorn = true;
    this.#updates = [];
    this.#own = [];
    this.#bytes = 0;
  }

  /** Everything that is on it, which leaves it empty. @returns null when there is nothing, or something is missing */
  take(epoch: number, seq: number, proof: Uint8Array): CopyChange | null {
    if (this.#isTorn || epoch === 0) return null;
    const change: CopyChange = {
      epoch,
      fromSeq: this.#fromSeq,
      toSeq: seq,
      proven: proof.length > 0 ? { seq, proof } : null,
      updates: merged(this.#updates),
      own: merged(this.#own),
    };
    this.#fromSeq = seq;
    this.#updates = [];
    this.#own = [];
    this.#bytes = 0;
    return change;
  }

  #push(to: Uint8Array[], update: Uint8Array): void {
    if (this.#isTorn) return;
    this.#bytes += update.length;
    if (this.#bytes > MAX_BYTES) return this.tear();
    // A view into a whole frame would keep it.
    to.push(update.slice());
  }
}

/** The same in fewer pieces. */
function merged(updates: readonly Uint8Array[]): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  let from = 0;
  let bytes = 0;
  updates.forEach((update, index) => {
    bytes += update.length;
    const next = updates[index + 1];
    if (next && index + 1 - from < MAX_MERGED_UPDATES && bytes + next.length <= MAX_MERGED_BYTES) return;
    pieces.push(index === from ? update : mergeUpdates(updates.slice(from, index + 1)));
    from = index + 1;
    bytes = 0;
  });
  return pieces;
}
