// The entry of a history worker: takes one piece of work at a time and answers it. What throws is answered too; what
// runs out of memory ends this thread, and the pool starts another.

import { parentPort } from 'node:worker_threads';
import { buildCheckpoint } from './checkpoint-builder.js';
import { describeState } from './describe.js';
import { type PackedWork, unpackWork, type Work, type WorkerAnswer } from './packed-work.js';
import { answerSyncStep1 } from './sync-step.js';

function doWork(work: Work): unknown {
  switch (work.kind) {
    case 'buildCheckpoint':
      return buildCheckpoint(work);
    case 'describe':
      return describeState(work);
    case 'answerSyncStep1':
      return answerSyncStep1(work);
  }
}

function answer(packed: PackedWork): WorkerAnswer {
  try {
    return { ok: true, result: doWork(unpackWork(packed)) };
  } catch (error) {
    return { ok: false, reason: error instanceof Error ? error.message : String(error) };
  }
}

parentPort?.on('message', (packed: PackedWork) => parentPort?.postMessage(answer(packed)));
