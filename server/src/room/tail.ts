// The newest entries of a channel, in memory: from some seq to the head without a gap. Joins and checkpoints read it.

import type { Seq } from '../log/document-log.js';
import { invariant } from '../sync-error.js';

export class Tail {
  /** Seq of the entry before the first one held. */
  #base: Seq;
  #updates: Uint8Array[] = [];
  #bytes = 0;
  /** Of those that the checkpoint covers it was trimmed for last. */
  #keptBytes = 0;

  constructor(base: Seq) {
    this.#base = base;
  }

  get base(): Seq {
    return this.#base;
  }
  get head(): Seq {
    return this.#base + this.#updates.length;
  }
  /** Bytes of the updates held. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Bytes of the updates that are in no checkpoint yet. */
  get freshBytes(): number {
    return this.#bytes - this.#keptBytes;
  }

  push(seq: Seq, update: Uint8Array): void {
    invariant(seq === this.head + 1, `the tail ends at ${this.head}, then got ${seq}`);
    this.#updates.push(update);
    this.#bytes += update.length;
  }

  /** The updates after `seq`, or null when the tail begins later than that. */
  after(seq: Seq): readonly Uint8Array[] | null {
    return seq < this.#base ? null : this.#updates.slice(seq - this.#base);
  }

  /** Of the updates after `seq` the first ones, of `maxBytes` together or one of more; null when the tail begins later. */
  pieceAfter(seq: Seq, maxBytes: number): readonly Uint8Array[] | null {
    if (seq < this.#base) return null;
    const first = seq - this.#base;
    let end = first;
    let bytes = 0;
    while (end < this.#updates.length && (end === first || bytes + this.#updates[end]!.length <= maxBytes)) {
      bytes += this.#updates[end]!.length;
      end += 1;
    }
    return this.#updates.slice(first, end);
  }

  /** Forgets entries up to `seq`, which a checkpoint covers, keeping the newest `keepBytes` of them: they spare a short absence the checkpoint. */
  trim(seq: Seq, keepBytes: number): void {
    let drop = Math.max(0, seq - this.#base);
    let kept = 0;
    while (drop > 0 && kept + this.#updates[drop - 1]!.length <= keepBytes) {
      drop -= 1;
      kept += this.#updates[drop]!.length;
    }
    for (let i = 0; i < drop; i++) this.#bytes -= this.#updates[i]!.length;
    this.#updates = this.#updates.slice(drop);
    this.#base += drop;
    this.#keptBytes = kept;
  }
}
