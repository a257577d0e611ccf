// The answer to a stock client that says no more than its state vector: one update with every struct it lacks and the
// whole delete set, for a state vector does not say which deletions it has heard of (J1). No Y.Doc is made for it.

import * as Y from 'yjs';
import type { SyncStep1Job } from '../room/room-history.js';
import { inflateState, mergeInTree } from './load-state.js';

const emptyUpdate = Uint8Array.of(0, 0);

export function answerSyncStep1({ checkpointState, updates, stateVector }: SyncStep1Job): Uint8Array {
  const tail = mergeInTree(updates);
  const parts = [checkpointState && inflateState(checkpointState), tail].filter((part) => part !== null);
  const whole = mergeInTree(parts) ?? emptyUpdate;
  // An empty vector: nothing to leave out.
  return stateVector.length === 1 && stateVector[0] === 0 ? whole : Y.diffUpdate(whole, stateVector);
}
