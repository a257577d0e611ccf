// Whether this replica and the server hold the same: asked once after each join that went on from something, at rest, of clocks and
// deletions (J1, J2), for what a client was told does not say what it kept. Each time they differ the next remedy is tried; and
// Saved is not said meanwhile. Who may only read can tell the server nothing: what Yjs deleted here without a word they keep to
// themselves. Decides, and sends nothing.

import { stateDigest } from '@weft/protocol';
import { encodeStateAsUpdate, encodeStateVector } from 'yjs';
import type { Replica } from './replica.js';

/** The server could not tell, for something was being written: when it is asked again, at first and at the latest. */
const ASK_AGAIN_AFTER_MS = 2_000;
const ASK_AGAIN_WITHIN_MS = 64_000;
/** As Checked says it. */
const LATER = 0;
const DIFFERS = 2;

/** What is here goes to the server; what is there comes anew, on top of it; it comes into a new Y.Doc. */
const REMEDIES = ['send', 'fetch', 'replace'] as const;
const READERS_REMEDIES = ['fetch', 'replace'] as const;
export type Remedy = (typeof REMEDIES)[number];

export class Agreement {
  readonly #askAgain: () => void;
  /** `settled`: there was nothing to ask, or they hold the same. `later`: the server could not tell. */
  #phase: 'settled' | 'due' | 'asked' | 'later' = 'settled';
  #askedSeq = 0;
  /** Remedies tried since they were last found to be the same. */
  #tried = 0;
  /** A reader's: fetching everything has not made the deletions the same. */
  #knowsOfMoreDeletions = false;
  /** Times in a row that the server could not tell. */
  #timesLater = 0;
  #timer: ReturnType<typeof setTimeout> | null = null;

  /** @param askAgain called when a question is due that was postponed */
  constructor(askAgain: () => void) {
    this.#askAgain = askAgain;
  }

  /** They differ, as the server said, and nothing was found to have helped yet. */
  get differs(): boolean {
    return this.#tried > 0;
  }

  /** Whether "saved" has to wait for it. */
  get isOpen(): boolean {
    return this.differs || this.#phase === 'due' || this.#phase === 'asked';
  }

  get isAwaited(): boolean {
    return this.#phase === 'asked';
  }

  /** The channel was opened. @param heldSomething else all there is comes from the server just now */
  opened(heldSomething: boolean): void {
    this.left();
    if (heldSomething) this.#phase = 'due';
    else this.#tried = 0;
  }

  /** To be asked for at rest: what to ask, if it is time to. */
  question({ doc, seq }: Replica): Uint8Array | null {
    if (this.#phase !== 'due') return null;
    this.#phase = 'asked';
    this.#askedSeq = seq;
    const stateVector = encodeStateVector(doc);
    // An update without a struct: a byte says so, and all deletions follow.
    return stateDigest(stateVector, encodeStateAsUpdate(doc, stateVector).subarray(1));
  }

  /** @returns what is to be done now */
  answered(
    { seq, verdict, stateVector }: { readonly seq: number; readonly verdict: number; readonly stateVector: Uint8Array },
    { doc, isWritable }: Replica,
  ): Remedy | null {
    if (this.#phase !== 'asked' || seq !== this.#askedSeq) return null;
    if (verdict === LATER) {
      this.#phase = 'later';
      const delayMs = Math.min(ASK_AGAIN_WITHIN_MS, ASK_AGAIN_AFTER_MS * 2 ** this.#timesLater);
      this.#timesLater += 1;
      this.#timer = setTimeout(() => this.#dueAgain(), delayMs);
      return null;
    }
    this.#timesLater = 0;
    const mayKeep = verdict === DIFFERS && !isWritable && isEqual(encodeStateVector(doc), stateVector);
    this.#knowsOfMoreDeletions ||= mayKeep && this.#tried > 0;
    if (verdict !== DIFFERS || (mayKeep && this.#knowsOfMoreDeletions)) {
      this.#phase = 'settled';
      this.#tried = 0;
      return null;
    }
    const remedy = (isWritable ? REMEDIES : READERS_REMEDIES)[this.#tried] ?? 'replace';
    this.#tried += 1;
    this.#phase = 'due';
    return remedy;
  }

  /** The channel is left: what is open is asked when it is opened again. */
  left(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#timesLater = 0;
    this.#phase = 'settled';
  }

  #dueAgain(): void {
    this.#timer = null;
    this.#phase = 'due';
    this.#askAgain();
  }
}

const isEqual = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length === b.length && a.every((byte, at) => byte === b[at]);
