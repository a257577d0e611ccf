// Whether this replica and the server hold the same: asked once after each join that went on from something, at rest, of clocks and
// deletions (J1, J2), for what a client was told does not say what it kept. Each time they differ the next remedy is tried; and
// Saved is not said meanwhile. Decides, and sends nothing.

import { stateDigest } from '@weft/protocol';
import { type Doc, encodeStateAsUpdate, encodeStateVector } from 'yjs';

/** The server could not tell, for something was being written: when it is asked again. */
const ASK_AGAIN_AFTER_MS = 2_000;
/** As Checked says it. */
const LATER = 0;
const DIFFERS = 2;

/** What is here goes to the server; what is there comes anew, on top of it; it comes into a new Y.Doc. */
const REMEDIES = ['send', 'fetch', 'replace'] as const;
export type Remedy = (typeof REMEDIES)[number];

export class Agreement {
  readonly #askAgain: () => void;
  /** `settled`: there was nothing to ask, or they hold the same. `later`: the server could not tell. */
  #phase: 'settled' | 'due' | 'asked' | 'later' = 'settled';
  #askedSeq = 0;
  /** Remedies tried since they were last found to be the same. */
  #tried = 0;
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
  question(doc: Doc, seq: number): Uint8Array | null {
    if (this.#phase !== 'due') return null;
    this.#phase = 'asked';
    this.#askedSeq = seq;
    return digestOf(doc);
  }

  /** @returns what is to be done now */
  answered(seq: number, verdict: number): Remedy | null {
    if (this.#phase !== 'asked' || seq !== this.#askedSeq) return null;
    if (verdict === DIFFERS) {
      const remedy = REMEDIES[this.#tried] ?? 'replace';
      this.#tried += 1;
      this.#phase = 'due';
      return remedy;
    }
    this.#phase = verdict === LATER ? 'later' : 'settled';
    if (verdict === LATER) this.#timer = setTimeout(() => this.#dueAgain(), ASK_AGAIN_AFTER_MS);
    else this.#tried = 0;
    return null;
  }

  /** The channel is left: what is open is asked when it is opened again. */
  left(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#phase = 'settled';
  }

  #dueAgain(): void {
    this.#timer = null;
    this.#phase = 'due';
    this.#askAgain();
  }
}

function digestOf(doc: Doc): Uint8Array {
  const stateVector = encodeStateVector(doc);
  // An update without a struct: a byte says so, and all deletions follow.
  return stateDigest(stateVector, encodeStateAsUpdate(doc, stateVector).subarray(1));
}
