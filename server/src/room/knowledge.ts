// What a room knows of its channel's state (J2, J3). Clocks and deletions say whether anything in an update is new, and the
// checkpoint has a record of its own of them. Where something new may stand takes places, which only the whole state tells: it is
// read when the first such update comes, and forgotten when nobody has written for a while. A document that is only read
// costs its bytes.

import { inflateRawSync } from 'node:zlib';
import { type CheckOptions, checkUpdate, knownVerdict, type Verdict } from '../gate/check-update.js';
import { defaultGateLimits, noLimits } from '../gate/gate-limits.js';
import { type Change, KnownState } from '../gate/known-state.js';
import type { Checkpoint } from '../log/document-log.js';
import { SyncError } from '../sync-error.js';
import type { StateJob } from './room-history.js';

/** What is new does not matter, only whether something is. */
const askingOnly = { ...defaultGateLimits, isPast: true };

/** What a room has that is on disk. */
interface OnDisk {
  readonly head: number;
  readonly checkpoint: Checkpoint | null;
  stateJob(): StateJob;
}

export class Knowledge {
  #state: KnownState;
  #hasPlaces: boolean;
  readonly #onDisk: OnDisk;

  /** @param state of what is on disk; with places, unless there is a checkpoint */
  constructor(state: KnownState, onDisk: OnDisk) {
    this.#state = state;
    this.#hasPlaces = onDisk.checkpoint === null;
    this.#onDisk = onDisk;
  }

  /** Clocks and deletions of what is accepted. */
  get state(): KnownState {
    return this.#state;
  }

  /** Takes in what `check` found. */
  add(change: Change): void {
    this.#state.add(change);
  }

  /**
   * What checkUpdate says of an update.
   * @throws SyncError `STORE_UNREADABLE` when the state on disk cannot be read: nothing new can be judged
   */
  check(update: Uint8Array, options: CheckOptions): Verdict {
    if (!this.#hasPlaces) {
      const isKnown =
        this.isWholeDeleteSet(update) || checkUpdate(update, this.#state, { limits: askingOnly }).kind === 'known';
      if (isKnown) return knownVerdict;
      this.#state = this.#readPlaces();
      this.#hasPlaces = true;
    }
    return checkUpdate(update, this.#state, options);
  }

  /** Whether an update is what a stock client in step answers: no struct, and every deletion there is (J2). */
  isWholeDeleteSet(update: Uint8Array): boolean {
    const { checkpoint, head } = this.#onDisk;
    if (checkpoint?.seq !== head || update.length !== checkpoint.deleteSet.length + 1 || update[0] !== 0) return false;
    return Buffer.compare(update.subarray(1), checkpoint.deleteSet) === 0;
  }

  /** To be called when all that is accepted is on disk, and nobody writes. */
  forgetPlaces(): void {
    if (!this.#hasPlaces || this.#onDisk.checkpoint === null) return;
    this.#state = this.#state.withoutPlaces();
    this.#hasPlaces = false;
  }

  /** What is accepted is what is on disk, for without places nothing new is accepted. */
  #readPlaces(): KnownState {
    const { checkpointState, updates } = this.#onDisk.stateJob();
    const whole = new KnownState();
    try {
      if (checkpointState) take(whole, inflateRawSync(checkpointState));
      for (const update of updates) take(whole, update);
    } catch (cause) {
      const { message } = cause as Error;
      throw new SyncError('STORE_UNREADABLE', `its checkpoint cannot be read: ${message}`, { cause });
    }
    if (whole.hasSameClocks(this.#state)) return whole;
    throw new SyncError('STORE_UNREADABLE', 'its checkpoint is not the one it says it is');
  }
}

/** What a checkpoint says that it holds. */
export const knownOfCheckpoint = ({ stateVector, deleteSet }: Checkpoint): KnownState =>
  KnownState.decode(stateVector, deleteSet);

/**
 * Takes in something accepted earlier.
 * @returns what it adds, if anything: Yjs deletes some things without a word, and a checkpoint knows them, so an entry that
 *          said so later may be known by now
 */
export function take(known: KnownState, update: Uint8Array): Change | null {
  const verdict = checkUpdate(update, known, { limits: noLimits });
  if (verdict.kind === 'known') return null;
  if (verdict.kind !== 'new') throw new Error(`it was accepted once, and is now "${verdict.kind}"`);
  known.add(verdict.change);
  return verdict.change;
}
