// How many characters came and went in stretches of a document: from what was written alone where that tells, else with the
// document before them, which takes as long as it is large.

import type { ChannelView } from '../log/document-log.js';
import { SyncError } from '../sync-error.js';
import type { ChangeCounter, Changes } from './count-changes.js';
import { stateJobAt } from './rebuild.js';
import { countJobOf, type Stretch } from './stretch.js';

/** @returns null where what was written does not tell */
export async function countWritten(
  counter: ChangeCounter,
  stretches: readonly Stretch[],
): Promise<readonly Changes[] | null> {
  const job = countJobOf([], stretches);
  const changes = job && (await noneIfUncountable(counter.countWritten(job)));
  return changes?.length && changes.every((change) => change !== null) ? changes : null;
}

/** @returns nothing where they cannot be counted: the moment is worth keeping all the same */
export async function countWhole(
  counter: ChangeCounter,
  view: ChannelView,
  stretches: readonly Stretch[],
): Promise<readonly Changes[]> {
  const count = async (): Promise<readonly Changes[]> => {
    const { checkpointState, updates } = await stateJobAt(view, stretches[0]!.sinceSeq);
    const job = countJobOf(updates, stretches);
    return job === null ? [] : counter.countChanges({ checkpointState, ...job });
  };
  return noneIfUncountable(count());
}

async function noneIfUncountable<T>(counted: Promise<readonly T[]>): Promise<readonly T[]> {
  try {
    return await counted;
  } catch (error) {
    if (error instanceof SyncError && (error.code === 'WORKER_FAILED' || error.code === 'TOO_LARGE')) return [];
    throw error;
  }
}
