// Whether what is shown is what the server says it has to be (G3). Compared when nobody types, and only where it can be told:
// with every entry up to the one the server names, nothing else, and nothing unsaved.

import { IdleTask } from './idle-task.js';
import type { Replica } from './replica.js';

export class ContentCheck {
  readonly #resting: () => Replica | null;
  readonly #differs: () => void;
  readonly #task = new IdleTask(() => this.#compare());
  #expected: { readonly seq: number; readonly hash: Uint8Array } | null = null;
  /** What was found to differ is loaded afresh, once: should it differ again, it will not get better. */
  #foundAt = 0;

  /**
   * @param resting the replica that is in step and has nothing unsaved, if there is one now
   * @param differs called when it shows something else than the server has
   */
  constructor(resting: () => Replica | null, differs: () => void) {
    this.#resting = resting;
    this.#differs = differs;
  }

  told(seq: number, hash: Uint8Array): void {
    if (this.#resting()?.seq !== seq || seq === this.#foundAt) return;
    // A view into a whole frame would keep it.
    this.#expected = { seq, hash: hash.slice() };
    this.#task.request();
  }

  cancel(): void {
    this.#task.cancel();
  }

  #compare(): void {
    const expected = this.#expected;
    const replica = this.#resting();
    if (!expected || replica?.seq !== expected.seq || replica.shows(expected.hash)) return;
    this.#foundAt = expected.seq;
    this.#differs();
  }
}
