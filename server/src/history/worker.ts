// The entry of a history worker: takes one piece of work at a time and answers it. What throws is answered too; what
// runs out of memory ends this thread, and the pool starts another. What turns documents into text and back is loaded when it
// is first asked for: most workers never are.

import { writeFileSync } from 'node:fs';
import { setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import type { FileFormat } from '@weft/model';
import { messageOf } from '../sync-error.js';
import { buildCheckpoint } from './checkpoint-builder.js';
import { countChanges, countWritten } from './count-changes.js';
import { describeState } from './describe.js';
import { rebuildState } from './load-state.js';
import {
  buffersOfResult,
  type PackedWork,
  unpackWork,
  type Work,
  type WorkerAnswer,
  type WorkerData,
} from './packed-work.js';
import { computePart } from './restore-part.js';
import { computeUndo } from './restore-undo.js';
import { computeRestore, type RestoreJob } from './restore-update.js';
import { answerSyncStep1 } from './sync-step.js';

/** As `nice` counts: from 0, where everything starts, to 19. */
const BACKGROUND_PRIORITY = 10;

const textOf = ({ updates }: Work): string => new TextDecoder('utf-8', { fatal: true }).decode(updates[0]);

function countWork({ cuts = [], ...job }: Work): ReturnType<typeof countChanges> {
  return countChanges({ ...job, cuts });
}

function restoreJobOf({ checkpointState, secondState = null, updates, cuts = [] }: Work): RestoreJob {
  const [cut = 0] = cuts;
  const past = { checkpointState, updates: updates.slice(0, cut) };
  return { past, present: { checkpointState: secondState, updates: updates.slice(cut) } };
}

function undoWork({ checkpointState, updates, cuts = [], undone }: Work): ReturnType<typeof computeUndo> {
  const [cut = 0] = cuts;
  const past = { checkpointState, updates: updates.slice(0, cut) };
  return computeUndo({ past, since: updates.slice(cut), ...undone! });
}

const formatOf = <Format extends FileFormat>(kind: `render-${Format}` | `compose-${Format}`): Format =>
  kind.slice(kind.indexOf('-') + 1) as Format;

async function doWork(work: Work): Promise<unknown> {
  switch (work.kind) {
    case 'buildCheckpoint':
      return buildCheckpoint(work);
    case 'describe':
      return describeState(work);
    case 'rebuildState':
      return rebuildState(work);
    case 'countChanges':
      return countWork(work);
    case 'countWritten':
      return countWritten({ updates: work.updates, cuts: work.cuts ?? [] });
    case 'computeRestore':
      return computeRestore(restoreJobOf(work));
    case 'computePart':
      return computePart({ ...restoreJobOf(work), ...work.part! });
    case 'computeUndo':
      return undoWork(work);
    case 'answerSyncStep1':
      return answerSyncStep1(work);
    case 'compare':
      return (await import('./compare.js')).comparePacked({ ...work, entries: work.entries! });
    case 'renderJson':
      return (await import('./document-content.js')).renderJsonFile(work, work.about!);
    case 'render-docx':
    case 'render-html':
    case 'render-markdown':
    case 'render-text':
      return (await import('./document-content.js')).renderFile(formatOf(work.kind), work);
    case 'composeJson':
      return (await import('./document-content.js')).composeJson(textOf(work));
    case 'compose-docx':
    case 'compose-markdown':
    case 'compose-text':
      return (await import('./document-content.js')).composeFile(formatOf(work.kind), new Uint8Array(work.updates[0]!));
  }
}

async function answer(packed: PackedWork): Promise<WorkerAnswer> {
  try {
    return { ok: true, result: await doWork(unpackWork(packed)) };
  } catch (error) {
    return { ok: false, reason: messageOf(error) };
  }
}

/** By its name the system tells what each thread costs (`top -H`); Node 20 gives none. */
function showName(name: string): void {
  try {
    writeFileSync('/proc/thread-self/comm', name);
  } catch {
    // Another system, or one that does not allow it: the thread works without.
  }
}

/**
 * Nobody waits for what this thread does, and edits are not to wait for it: where both want the same core it gets a tenth of
 * it. On Linux a thread has a priority of its own; elsewhere that would be the whole process's.
 */
function stepBack(): void {
  if (process.platform === 'linux') setPriority(BACKGROUND_PRIORITY);
}

const { name, isInBackground } = workerData as WorkerData;
showName(name);
if (isInBackground) stepBack();
parentPort?.on('message', async (packed: PackedWork) => {
  const answered = await answer(packed);
  parentPort?.postMessage(answered, answered.ok ? buffersOfResult(answered.result) : []);
});
