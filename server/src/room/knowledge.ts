// What a room knows of its channel's state (J2, J3). Clocks and deletions say whether anything in an update is new, and the
// checkpoint has a record of its own of them; deletions stay its bytes until an update asks for them. Where something new may
// stand takes places, which only the whole state tells: it is read when the first such update comes. Both are forgotten when
// nobody has written for a while: a document that is only read costs its bytes.

import { setImmediate as nextTurn } from 'node:timers/promises';
import { inflateRawSync } from 'node:zlib';
import { stateDigest } from '@weft/protocol';
import { type CheckOptions, checkInSteps, checkUpdate, knownVerdict, type Verdict } from '../gate/check-update.js';
import { defaultGateLimits, noLimits } from '../gate/gate-limits.js';
import { type Change, KnownState } from '../gate/known-state.js';
import type { Checkpoint } from '../log/document-log.js';
import { SyncError } from '../sync-error.js';
import type { StateJob } from './room-history.js';

/** What is new does not matter, only whether something is. */
const askingOnly = { ...defaultGateLimits, isPast: true };

/** Clients and ranges of deletions, beyond which they are not written down for who compares: it would keep everybody waiting. */
const MAX_COMPARED = 200_000;

/** What is read in turns lets others have theirs after so long. */
const STRETCH_MS = 5;
const isOver = (sinceMs: number): boolean => performance.now() - sinceMs >= STRETCH_MS;

/** What a room has that is on disk. */
interface OnDisk {
  readonly head: number;
  readonly checkpoint: Checkpoint | null;
  stateJob(): StateJob;
}

export class Knowledge {
  #state: KnownState;
  #hasDeletes: boolean;
  #hasPlaces: boolean;
  /** Of what is accepted, as a stock client would say it; null until somebody may have said so. */
  #deleteSet: Uint8Array | null = null;
  /** The state vector last asked for. */
  #stateVector: { readonly head: number; readonly bytes: Uint8Array } | null = null;
  /** Of all that is accepted, when somebody asked. */
  #digest: Uint8Array | null = null;
  readonly #onDisk: OnDisk;

  /** @param state of what is on disk; with deletions, unless a checkpoint holds all of it; with places, unless there is one */
  constructor(state: KnownState, onDisk: OnDisk) {
    this.#state = state;
    this.#hasDeletes = onDisk.checkpoint?.seq !== onDisk.head;
    this.#hasPlaces = onDisk.checkpoint === null;
    this.#onDisk = onDisk;
  }

  /** What is accepted; its clocks alone are sure to be there. */
  get state(): KnownState {
    return this.#state;
  }

  /** Takes in what `check` found. */
  add(change: Change): void {
    this.#state.add(change);
    this.#digest = null;
    if (change.deletes.length > 0) this.#deleteSet = null;
  }

  /**
   * Takes in what others wrote, which is on disk behind all that is, and shares nothing with what is in flight.
   * @returns what each adds, if anything
   * @throws when it cannot be taken: then this is no use any more
   */
  take(updates: readonly Uint8Array[]): readonly (Change | null)[] {
    if (!this.#hasDeletes) this.#readDeletes();
    const changes = updates.map((update) => take(this.#state, update));
    // Those that were found without the checkpoint's are not right.
    if (!this.#hasPlaces) this.#state = this.#state.withoutPlaces();
    this.#digest = null;
    this.#deleteSet = null;
    return changes;
  }

  /**
   * What checkUpdate says of an update.
   * @throws SyncError `STORE_UNREADABLE` when the state on disk cannot be read: nothing new can be judged
   */
  check(update: Uint8Array, options: CheckOptions): Verdict {
    if (this.isWholeDeleteSet(update)) return knownVerdict;
    if (!this.#hasPlaces) {
      if (!this.#hasDeletes) this.#readDeletes();
      if (checkUpdate(update, this.#state, { limits: askingOnly }).kind === 'known') return knownVerdict;
      this.#state = this.#readPlaces();
      this.#hasPlaces = true;
    }
    return checkUpdate(update, this.#state, options);
  }

  /**
   * Reads where something new may stand before anything new comes, in turns with whatever else there is to do, where `check` would
   * have to read it at once. What cannot be read, and what somebody's writing was quicker than, is left to that.
   */
  async readPlacesInTurns(): Promise<void> {
    if (this.#hasPlaces) return;
    const { head } = this.#onDisk;
    const { checkpointState, updates } = this.#onDisk.stateJob();
    const whole = new KnownState();
    let sinceMs = 0;
    const othersTurn = async (): Promise<void> => {
      await nextTurn();
      sinceMs = performance.now();
    };
    await othersTurn();
    try {
      const parts = checkpointState ? [inflateRawSync(checkpointState), ...updates] : updates;
      for (const part of parts) {
        for (const steps = takeInSteps(whole, part); !steps.next().done; ) if (isOver(sinceMs)) await othersTurn();
        if (isOver(sinceMs)) await othersTurn();
      }
    } catch {
      return;
    }
    if (this.#hasPlaces || this.#onDisk.head !== head || !whole.hasSameClocks(this.#state)) return;
    this.#state = whole;
    this.#hasDeletes = true;
    this.#hasPlaces = true;
  }

  /** Whether an update is what a stock client in step answers: no struct, and every deletion that is accepted (J2). */
  isWholeDeleteSet(update: Uint8Array): boolean {
    if (update[0] !== 0) return false;
    if (this.#deleteSet === null) {
      // Each range takes two bytes or more: what somebody deletes just now is no reason to write all of them.
      if (update.length < 2 * this.#state.deletedRanges) return false;
    }
    return Buffer.compare(update.subarray(1), this.#wholeDeleteSet()) === 0;
  }

  /** @param head that it is of, which it is kept for: finding it takes time with the number of clients. @param inFlight what is left out */
  stateVectorAt(head: number, inFlight: () => readonly Change[]): Uint8Array {
    if (this.#stateVector?.head !== head) {
      this.#stateVector = { head, bytes: this.#state.encodeStateVector(inFlight()) };
    }
    return this.#stateVector.bytes;
  }

  /** Whether everything that this state vector says is accepted. @throws MalformedError */
  hasStructsOf(stateVector: Uint8Array): boolean {
    return this.#state.hasStructsOf(KnownState.decode(stateVector));
  }

  /** How many clients and ranges of deletions have to be written down for a digest; 0 when it is there. */
  get digestWork(): number {
    if (this.#digest !== null) return 0;
    // Those of the checkpoint are bytes already, some four to a range, and are only hashed.
    const ranges = this.#hasDeletes ? this.#state.deletedRanges : this.#onDisk.checkpoint!.deleteSet.length / 4;
    return this.#state.clientCount + ranges;
  }

  /** See state-digest.ts. @param stateVector of all that is accepted @returns null: it would take too long */
  digest(stateVector: Uint8Array): Uint8Array | null {
    if (this.digestWork > MAX_COMPARED) return null;
    this.#digest ??= stateDigest(stateVector, this.#wholeDeleteSet());
    return this.#digest;
  }

  #wholeDeleteSet(): Uint8Array {
    this.#deleteSet ??= this.#hasDeletes ? this.#state.encodeDeleteSet() : this.#onDisk.checkpoint!.deleteSet;
    return this.#deleteSet;
  }

  /** To be called when all that is accepted is on disk, and nobody writes. */
  forgetPlaces(): void {
    const { checkpoint, head } = this.#onDisk;
    this.#deleteSet = null;
    this.#digest = null;
    if (checkpoint === null || !this.#hasDeletes) return;
    if (checkpoint.seq === head) {
      this.#state = clocksOf(checkpoint);
      this.#hasDeletes = false;
    } else if (this.#hasPlaces) this.#state = this.#state.withoutPlaces();
    this.#hasPlaces = false;
  }

  /** Without them nothing was accepted since the checkpoint. */
  #readDeletes(): void {
    try {
      this.#state = knownOfCheckpoint(this.#onDisk.checkpoint!);
      this.#hasDeletes = true;
    } catch (cause) {
      throw unreadable((cause as Error).message, cause);
    }
  }

  /** What is accepted is what is on disk, for without places nothing new is accepted. */
  #readPlaces(): KnownState {
    const { checkpointState, updates } = this.#onDisk.stateJob();
    const whole = new KnownState();
    try {
      if (checkpointState) take(whole, inflateRawSync(checkpointState));
      for (const update of updates) take(whole, update);
    } catch (cause) {
      throw unreadable((cause as Error).message, cause);
    }
    if (whole.hasSameClocks(this.#state)) return whole;
    throw new SyncError('STORE_UNREADABLE', 'its checkpoint is not the one it says it is');
  }
}

const unreadable = (why: string, cause: unknown): SyncError =>
  new SyncError('STORE_UNREADABLE', `its checkpoint cannot be read: ${why}`, { cause });

/** Of what a checkpoint says that it holds, the clocks alone: the rest may be a hundred times as much. */
export const clocksOf = ({ stateVector }: Checkpoint): KnownState => KnownState.decode(stateVector);

/** What a checkpoint says that it holds. */
export const knownOfCheckpoint = ({ stateVector, deleteSet }: Checkpoint): KnownState =>
  KnownState.decode(stateVector, deleteSet);

/**
 * Takes in something accepted earlier.
 * @returns what it adds, if anything: Yjs deletes some things without a word, and a checkpoint knows them, so an entry that
 *          said so later may be known by now
 */
export function take(known: KnownState, update: Uint8Array): Change | null {
  return taken(known, checkUpdate(update, known, { limits: noLimits }));
}

/** The same, with yields where other work may have its turn. */
function* takeInSteps(known: KnownState, update: Uint8Array): Generator<void, void, void> {
  const verdict = yield* checkInSteps(update, known);
  yield;
  taken(known, verdict);
}

function taken(known: KnownState, verdict: Verdict): Change | null {
  if (verdict.kind === 'known') return null;
  if (verdict.kind !== 'new') throw new Error(`it was accepted once, and is now "${verdict.kind}"`);
  known.add(verdict.change);
  return verdict.change;
}
