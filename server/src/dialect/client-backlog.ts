// The text that a stock client has and the server lacks. Such a client has no word for waiting or sending again: it is asked
// for everything that is missing, by a SyncStep1, and until it answers it is known to be behind.

import { MAX_RESYNCS } from '@weft/protocol';

/** Updates in a row that may build on what the answer is to bring. */
const MAX_AHEAD_OF_ANSWER = 1000;
/** Before each of the MAX_RESYNCS times that it is asked again. */
const RESYNC_PAUSES_MS = [0, 300, 2000] as const;

/** Who can ask the client for what the server lacks. */
export interface Asker {
  sendQuestion(): void;
}

export class ClientBacklog {
  readonly #asker: Asker;
  /**
   * A client that wrote while it was away speaks of that text before it sends it: updates that build on it are in the answer
   * as well, and carets in it have to wait (S5).
   */
  #awaitsAnswer = false;
  #aheadOfAnswer = 0;
  #hasDropped = false;
  #resyncs = 0;
  /** Of a pause before it is asked again, and of one after it sent too much. */
  #resyncTimer: NodeJS.Timeout | undefined;
  #dropTimer: NodeJS.Timeout | undefined;

  constructor(asker: Asker) {
    this.#asker = asker;
  }

  /** Updates were thrown away (S1): what follows builds on them, and comes with them when it is asked for. */
  get hasDropped(): boolean {
    return this.#hasDropped;
  }

  /** Whether the client has text that is not here: carets may be in it (S5). */
  get isBehind(): boolean {
    return this.#awaitsAnswer || this.#hasDropped;
  }

  ask(): void {
    this.#awaitsAnswer = true;
    this.#asker.sendQuestion();
  }

  /** The answer has come. */
  answered(): void {
    clearTimeout(this.#resyncTimer);
    this.#awaitsAnswer = false;
    this.#aheadOfAnswer = 0;
  }

  /** Something that it sent was taken whole. */
  taken(): void {
    this.#resyncs = 0;
  }

  /**
   * It is asked for what is missing, once: what arrives until then is in the answer too. If that has nothing new either, it
   * lacks what somebody else has not sent yet, who may be about to: so the next times it is waited before.
   *
   * @returns false when it was asked often enough
   */
  gap(isPartTaken: boolean): boolean {
    if (isPartTaken) this.#resyncs = 0;
    if (this.#awaitsAnswer) this.#aheadOfAnswer += 1;
    else this.#resyncs += 1;
    if (this.#resyncs > MAX_RESYNCS || this.#aheadOfAnswer > MAX_AHEAD_OF_ANSWER) return false;
    if (this.#awaitsAnswer) return true;
    const pauseMs = RESYNC_PAUSES_MS[this.#resyncs - 1] ?? 0;
    if (pauseMs === 0) this.ask();
    else {
      this.#awaitsAnswer = true;
      this.#resyncTimer = setTimeout(() => this.ask(), pauseMs);
    }
    return true;
  }

  /** An update is thrown away. @param waitMs until what was thrown away is asked for; null: until it can be stored */
  drop(waitMs: number | null): void {
    this.#hasDropped = true;
    if (waitMs === null) return;
    clearTimeout(this.#dropTimer);
    this.#dropTimer = setTimeout(() => this.askForDropped(), waitMs);
  }

  askForDropped(): void {
    if (!this.#hasDropped) return;
    this.#hasDropped = false;
    if (!this.#awaitsAnswer) this.ask();
  }

  /** No more questions by itself. */
  end(): void {
    clearTimeout(this.#resyncTimer);
    clearTimeout(this.#dropTimer);
  }
}
