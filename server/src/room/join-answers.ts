// What stock clients are answered that say no more than their state vector: an update with which they have everything up to
// some entry, always with the whole delete set (J1). Most answers are bytes that are there already: the checkpoint for those
// who have nothing, its delete set for those who lack no struct of it. Others are a worker's job. Equal questions share one
// answer, also for a moment after it was made: when a server comes back, a thousand ask the same.

import { KnownState } from '../gate/known-state.js';
import type { Checkpoint, Seq } from '../log/document-log.js';
import type { RoomHistory, StateJob } from './room-history.js';
import type { Tail } from './tail.js';

/** The entries after an answer are sent as they are, as long as they are not more than this. */
const MAX_REST_ENTRIES = 64;
const MAX_REST_BYTES = 16 * 1024;
/** How long an answer nobody asks for is kept, and how many of a room at most. */
const KEPT_FOR_MS = 2000;
const MAX_KEPT = 4;
/** A state vector, or a delete set, without clients. */
const NONE = Uint8Array.of(0);

export interface JoinAnswer {
  /** Yjs v1 update. The very same array for all who are answered alike. */
  readonly update: Uint8Array;
  /** Whoever applies it has every entry up to here; those after it are in the tail, unless a checkpoint took them since. */
  readonly seq: Seq;
}

interface Kept {
  readonly answer: Promise<JoinAnswer>;
  readonly seq: Seq;
  askedMs: number;
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
  /** By the state vectors they answer; the one asked for last at the end. */
  readonly #kept = new Map<string, Kept>();

  constructor(room: OnDisk, history: Pick<RoomHistory, 'answerSyncStep1' | 'inflateState'>) {
    this.#room = room;
    this.#history = history;
  }

  /** @throws SyncError `WORKER_FAILED`; MalformedError when that is no state vector */
  async to(stateVector: Uint8Array): Promise<JoinAnswer> {
    const { checkpoint } = this.#room;
    const held = checkpoint?.stateVector ?? NONE;
    // Whoever holds what the checkpoint holds is answered alike, whatever they hold beside it.
    const lacksNothing = this.#isShortAfter(checkpoint?.seq ?? 0) && covers(stateVector, held);
    const key = Buffer.from(lacksNothing ? held : stateVector).toString('latin1');
    const kept = this.#kept.get(key);
    this.#kept.delete(key);
    const next = kept && this.#isShortAfter(kept.seq) ? kept : this.#make(stateVector, lacksNothing);
    next.askedMs = performance.now();
    this.#kept.set(key, next);
    if (this.#kept.size > MAX_KEPT) this.#kept.delete(this.#kept.keys().next().value!);
    next.answer.catch(() => {
      if (this.#kept.get(key) === next) this.#kept.delete(key);
    });
    return next.answer;
  }

  /** Lets go of what nobody asks for any more. */
  rest(nowMs: number): void {
    for (const [key, { askedMs }] of this.#kept) if (nowMs - askedMs > KEPT_FOR_MS) this.#kept.delete(key);
  }

  #make(stateVector: Uint8Array, lacksNothing: boolean): Kept {
    const { checkpoint, head } = this.#room;
    const base = checkpoint?.seq ?? 0;
    const seq = this.#isShortAfter(base) ? base : head;
    const answer = this.#updateFor(stateVector, seq, lacksNothing).then((update) => ({ update, seq }));
    return { answer, seq, askedMs: 0 };
  }

  async #updateFor(stateVector: Uint8Array, seq: Seq, lacksNothing: boolean): Promise<Uint8Array> {
    const { checkpoint } = this.#room;
    if (lacksNothing) return onlyDeletes(checkpoint?.deleteSet ?? NONE);
    const job = this.#room.stateJob();
    if (seq === checkpoint?.seq) {
      if (covers(NONE, stateVector)) return this.#history.inflateState(checkpoint.state);
      return this.#history.answerSyncStep1({ ...job, updates: [], stateVector });
    }
    return this.#history.answerSyncStep1({ ...job, stateVector });
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
