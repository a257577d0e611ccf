// What was submitted to a room and not yet told: entries on their way to the disk, and repetitions that wait for one. What is
// on disk is all that was accepted less what stands here, of an outbox as of a client's clocks.

import type { Change } from '../gate/known-state.js';
import { writersIn } from '../gate/writers.js';
import type { Entry, Seq } from '../log/document-log.js';
import type { Seat } from './seat.js';

export interface PendingUpdate {
  /** The seq that must be on disk first. */
  readonly seq: Seq;
  readonly seat: Seat;
  /** 0: a part of an update, which is never acknowledged; its author is sent it like everybody else. */
  readonly clientSeq: number;
  /** What was appended; null for a repetition. */
  readonly update: Uint8Array | null;
  readonly change: Change | null;
  /** Bytes as they came from a stock client whose whole update was known: its acknowledgement is their echo. */
  readonly echo: Uint8Array | null;
  /** Its share of the seat's `unsavedBytes`. */
  readonly bytes: number;
  readonly receivedAtTicks: number;
}

export class Pending {
  #updates: PendingUpdate[] = [];

  get isEmpty(): boolean {
    return this.#updates.length === 0;
  }

  /** @param update of a seq that is not below those before it */
  push(update: PendingUpdate): void {
    this.#updates.push(update);
  }

  /** Takes out what waited for no more than `lastSeq`, oldest first. */
  takeUpTo(lastSeq: Seq): readonly PendingUpdate[] {
    let count = 0;
    while (count < this.#updates.length && this.#updates[count]!.seq <= lastSeq) count += 1;
    const taken = this.#updates.slice(0, count);
    this.#updates = this.#updates.slice(count);
    return taken;
  }

  /** Others wrote `count` entries before all of these. */
  moveBehind(count: number): void {
    this.#updates = this.#updates.map((update) => ({ ...update, seq: update.seq + count }));
  }

  /** Whether something of this may stand in these entries as well, by whatever road it came there. */
  overlaps(entries: readonly Entry[]): boolean {
    if (this.#updates.length === 0) return false;
    const outboxes = new Set(this.#updates.map(({ seat }) => seat.outboxId));
    const clients = new Set(this.changes().flatMap(({ structs }) => structs.map(({ client }) => client)));
    return entries.some(
      ({ outboxId, update }) =>
        (outboxId !== '' && outboxes.has(outboxId)) || writersIn(update).some((client) => clients.has(client)),
    );
  }

  /** Accepted and not on disk yet, oldest first. */
  changes(): Change[] {
    return this.#updates.flatMap(({ change }) => change ?? []);
  }

  /** The newest clientSeq of this outbox before all that waits of it; null when nothing does. */
  savedClientSeq(outboxId: string): number | null {
    const waiting = this.#updates.find(({ seat, clientSeq }) => clientSeq > 0 && seat.outboxId === outboxId);
    return waiting ? waiting.clientSeq - 1 : null;
  }

  /** @param accepted newest clientSeq by outbox @returns the same of what is on disk */
  durableOutboxes(accepted: ReadonlyMap<string, number>): ReadonlyMap<string, number> {
    const outboxes = new Map(accepted);
    // From the newest, so that what an outbox has waiting longest has the last word.
    for (const { seat, clientSeq } of this.#updates.toReversed()) {
      if (seat.outboxId !== '' && clientSeq > 0) outboxes.set(seat.outboxId, clientSeq - 1);
    }
    return outboxes;
  }
}
