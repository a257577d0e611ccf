// The heavy work on a channel's state, as the rooms see it: functions of bytes, told by promises, done somewhere else.
// A job rejects with SyncError `WORKER_FAILED` when its document cannot be worked on; other documents never notice.

import { SyncError } from '../sync-error.js';
import { buildCheckpoint } from './checkpoint-builder.js';
import { describeState } from './describe.js';
import type { BuiltCheckpoint, Description, StateJob, SyncStep1Job } from './state-job.js';
import { answerSyncStep1 } from './sync-step.js';

export interface History {
  buildCheckpoint(job: StateJob): Promise<BuiltCheckpoint>;
  describe(job: StateJob): Promise<Description>;
  /** @returns one Yjs v1 update: what the client lacks, and the whole delete set (J1) */
  answerSyncStep1(job: SyncStep1Job): Promise<Uint8Array>;
}

/** The same work in this thread, for tests and simulations whose clock is not the machine's. */
export const inlineHistory: History = {
  buildCheckpoint: (job) => settled(() => buildCheckpoint(job)),
  describe: (job) => settled(() => describeState(job)),
  answerSyncStep1: (job) => settled(() => answerSyncStep1(job)),
};

async function settled<T>(work: () => T): Promise<T> {
  try {
    return work();
  } catch (cause) {
    throw new SyncError('WORKER_FAILED', (cause as Error).message, { cause });
  }
}
