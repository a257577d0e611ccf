// What stock clients are answered that say no more than their state vector: an update with which they have everything up to
// some entry, always with the whole delete set (J1). Most answers are bytes that are there already: the checkpoint for those
// who have nothing, its delete set for those who lack no struct of it. Others are a worker's job. Equal questions share one
// answer, also for a moment after it was made: when a server comes back, a thousand ask the same.

import { KnownState } from '../gate/known-state.js';
import { giveBack } from '../give-back.js';
import type { Checkpoint, Seq } from '../log/document-log.js';
import { type Lendable, Loan, type Shelf } from './loan.js';
import { giveBackSent, type Outgoing } from './member.js';
import type { RoomHistory, StateJob } from './room-history.js';
import type { Tail } from './tail.js';

/** The entries after an answer are sent as they are, as long as they are not more than this. */
const MAX_REST_ENTRIES = 64;
const MAX_REST_BYTES = 16 * 1024;
/** Different questions that a room has one answer each for, at most. */
const MAX_KEPT = 4;
/** A state vector, or a delete set, without clients. */
const NONE = Uint8Array.of(0);

export class JoinAnswer implements Lendable {
  /** Yjs v1 update. */
  readonly update: Uint8Array;
  /** Whoever applies it has every entry up to here; those after it are in the tail, unless a checkpoint took them since. */
  readonly seq: Seq;
  readonly #isOwn: boolean;
  readonly #frames = new Map<(update: Uint8Array) => Uint8Array, Outgoing>();

  /** @param isOwn whether nobody else has the update */
  constructor(update: Uint8Array, seq: Seq, isOwn: boolean) {
    this.update = update;
    this.seq = seq;
    this.#isOwn = isOwn;
  }

  /** One message of it; the same for all it is sent to. */
  outgoing(frameOf: (update: Uint8Array) => Uint8Array): Outgoing {
    let out = this.#frames.get(frameOf);
    if (!out) {
      out = { messages: [frameOf(this.update)] };
      this.#frames.set(frameOf, out);
    }
    return out;
  }

  get bytes(): number {
    return this.update.length * (1 + 2 * this.#frames.size);
  }

  giveBack(): void {
    for (const out of this.#frames.values()) giveBackSent(out);
    if (this.#isOwn) giveBack(this.update);
  }
}

interface Kept {
  readonly loan: Loan<JoinAnswer>;
  readonly seq: Seq;
}

/** What is on disk. */
interface OnDisk {
  readonly head: Seq;
  readonly checkpoint: Checkpoint | null;
  readonly tail: Tail;
  stateJob(): StateJob;
}

export class JoinAnswers {
  readonly #room: OnDisk;
  readonly #history: Pick<RoomHistory, 'answerSyncStep1' | 'inflateState'>;
  readonly #shelf: Shelf;
  /** By the state vectors they answer; the one asked for last at the end. */
  readonly #kept = new Map<string, Kept>();

  constructor(room: OnDisk, history: Pick<RoomHistory, 'answerSyncStep1' | 'inflateState'>, shelf: Shelf) {
    this.#room = room;
    this.#history = history;
    this.#shelf = shelf;
  }

  /**
   * The answer, which is held for whoever asks; its value rejects with SyncError `WORKER_FAILED`.
   * @throws MalformedError when that is no state vector
   */
  to(stateVector: Uint8Array): Loan<JoinAnswer> {
    const { checkpoint } = this.#room;
    const held = checkpoint?.stateVector ?? NONE;
    // Whoever holds what the checkpoint holds is answered alike, whatever they hold beside it.
    const lacksNothing = this.#isShortAfter(checkpoint?.seq ?? 0) && covers(stateVector, held);
    const key = Buffer.from(lacksNothing ? held : stateVector).toString('latin1');
    const kept = this.#kept.get(key);
    this.#kept.delete(key);
    const next = kept && this.#isShortAfter(kept.seq) ? kept : this.#make(key, stateVector, lacksNothing);
    this.#kept.set(key, next);
    if (this.#kept.size > MAX_KEPT) this.#kept.delete(this.#kept.keys().next().value!);
    return next.loan.hold();
  }

  /** Whoever asks from here on is answered anew. */
  forget(): void {
    this.#kept.clear();
  }

  #make(key: string, stateVector: Uint8Array, lacksNothing: boolean): Kept {
    const { checkpoint, head } = this.#room;
    const base = checkpoint?.seq ?? 0;
    const seq = this.#isShortAfter(base) ? base : head;
    const loan = new Loan(this.#answerTo(stateVector, seq, lacksNothing), this.#shelf, () => {
      if (this.#kept.get(key)?.loan === loan) this.#kept.delete(key);
    });
    return { loan, seq };
  }

  async #answerTo(stateVector: Uint8Array, seq: Seq, lacksNothing: boolean): Promise<JoinAnswer> {
    const { checkpoint } = this.#room;
    if (lacksNothing) return new JoinAnswer(onlyDeletes(checkpoint?.deleteSet ?? NONE), seq, true);
    const isOfCheckpoint = seq === checkpoint?.seq;
    if (isOfCheckpoint && covers(NONE, stateVector)) {
      return new JoinAnswer(await this.#history.inflateState(checkpoint.state), seq, true);
    }
    const job = this.#room.stateJob();
    const updates = isOfCheckpoint ? [] : job.updates;
    return new JoinAnswer(await this.#history.answerSyncStep1({ ...job, updates, stateVector }), seq, false);
  }

  /** Whether the entries after `seq` are here, and few. */
  #isShortAfter(seq: Seq): boolean {
    const { head, tail } = this.#room;
    const rest = head - seq <= MAX_REST_ENTRIES ? tail.after(seq) : null;
    return rest !== null && rest.reduce((bytes, { length }) => bytes + length, 0) <= MAX_REST_BYTES;
  }
}

/** Whether whoever has the one state vector lacks no struct of the other. @throws MalformedError */
function covers(stateVector: Uint8Array, other: Uint8Array): boolean {
  if (Buffer.compare(stateVector, other) === 0) return true;
  // Who has nothing asks most often, and a checkpoint of many people's text has a long state vector.
  if (Buffer.compare(stateVector, NONE) === 0) return false;
  return KnownState.decode(stateVector).hasStructsOf(KnownState.decode(other));
}

/** The Yjs v1 update that has no struct. */
function onlyDeletes(deleteSet: Uint8Array): Uint8Array {
  const update = new Uint8Array(1 + deleteSet.length);
  update.set(deleteSet, 1);
  return update;
}
