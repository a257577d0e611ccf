// Who computes the entries that bring something back: HistoryWorkers, as a rule.

import type { PartJob, PartUpdate } from './restore-part.js';
import type { UndoJob } from './restore-undo.js';
import type { RestoreJob, RestoreUpdate } from './restore-update.js';

export interface RestoreComputer {
  /** @returns null when both moments show the same @throws SyncError `WORKER_FAILED` */
  computeRestore(job: RestoreJob): Promise<RestoreUpdate | null>;
  /** @throws SyncError `WORKER_FAILED` */
  computePart(job: PartJob): Promise<PartUpdate>;
  /** @returns null when nothing is left to be undone @throws SyncError `WORKER_FAILED` */
  computeUndo(job: UndoJob): Promise<RestoreUpdate | null>;
}
