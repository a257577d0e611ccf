// The heavy work on a channel's state, done in this thread: for what is too small to be worth a worker, and for tests and
// simulations whose clock is not the machine's.

import type { RoomHistory } from '../room/room-history.js';
import { SyncError } from '../sync-error.js';
import { buildCheckpoint } from './checkpoint-builder.js';
import { type ChangeCounter, countChanges, countWritten } from './count-changes.js';
import { describeState } from './describe.js';
import { inflateState, rebuildState } from './load-state.js';
import type { StateBuilder } from './rebuild.js';
import type { RestoreComputer } from './restore-computer.js';
import { computePart } from './restore-part.js';
import { computeUndo } from './restore-undo.js';
import { computeRestore } from './restore-update.js';
import { answerSyncStep1 } from './sync-step.js';

export const inlineHistory: RoomHistory & StateBuilder & ChangeCounter & RestoreComputer = {
  buildCheckpoint: (job) => settled(() => buildCheckpoint(job)),
  rebuildState: (job) => settled(() => rebuildState(job)),
  countChanges: (job) => settled(() => countChanges(job)),
  countWritten: (job) => settled(() => countWritten(job)),
  computeRestore: (job) => settled(() => computeRestore(job)),
  computePart: (job) => settled(() => computePart(job)),
  computeUndo: (job) => settled(() => computeUndo(job)),
  describe: (job) => settled(() => describeState(job)),
  inflateState: (state) => settled(() => inflateState(state)),
  answerSyncStep1: (job) => settled(() => answerSyncStep1(job)),
};

async function settled<T>(work: () => T): Promise<T> {
  try {
    return work();
  } catch (cause) {
    throw new SyncError('WORKER_FAILED', (cause as Error).message, { cause });
  }
}
