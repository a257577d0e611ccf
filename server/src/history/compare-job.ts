// A comparison as it goes to a worker and comes back.

import type { Seq } from '../log/document-log.js';
import type { StateJob } from '../room/room-history.js';
import type { PersonCounts } from './comparison.js';
import type { BroughtBack } from './origins.js';

/** The state at the later moment. */
export interface CompareJob extends StateJob {
  readonly entries: ComparedEntries;
}

/** Whose the updates of a job are. */
export interface ComparedEntries {
  /** How many of them the earlier moment has. */
  readonly before: number;
  /** The seq of the first. */
  readonly firstSeq: Seq;
  /** Of each update: when, and by whom, as a place in `people`. */
  readonly timesMs: Float64Array<ArrayBuffer>;
  readonly authors: Uint32Array<ArrayBuffer>;
  readonly people: readonly string[];
  /** Of the document, all there are. */
  readonly restores: readonly BroughtBack[];
  /** Whose each client id of the checkpoint is; not needed without restores. */
  readonly owners: ReadonlyMap<number, string>;
}

/** What is long is written where it is made: nobody in the process may have to wait for that. */
export interface PackedComparison {
  readonly people: readonly PersonCounts[];
  /** JSON of a Comparison without its people, in UTF-8; null when it would be too long. */
  readonly json: Uint8Array | null;
  /** How many restores there are of which it cannot be read whose text they brought back. */
  readonly lostRestores: number;
}

/** Who compares: HistoryWorkers, as a rule. */
export interface Comparer {
  /** @throws SyncError `WORKER_FAILED` */
  compare(job: CompareJob): Promise<PackedComparison>;
}
