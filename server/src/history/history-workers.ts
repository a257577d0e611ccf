// History in worker threads: a document that throws, needs too much memory or takes too long costs its own job and
// nothing else (I11). Joins have workers of their own: an update of a few kilobytes can take Yjs a minute to integrate, and
// nobody may have to wait for somebody else's checkpoint.

import { createInflateRaw } from 'node:zlib';
import type { ComposedYjs, FileFormat } from '@weft/model';
import { giveBack } from '../give-back.js';
import type { BuiltCheckpoint, Description, RoomHistory, StateJob, SyncStep1Job } from '../room/room-history.js';
import { SyncError } from '../sync-error.js';
import type { CompareJob, Comparer, PackedComparison } from './compare-job.js';
import type { Changes, CountJob, WrittenJob } from './count-changes.js';
import type { RenderedFile } from './document-content.js';
import { inlineHistory } from './inline-history.js';
import { inflatesWithin } from './load-state.js';
import type { MomentHead, ReadableFormat, Work } from './packed-work.js';
import type { StateBuilder } from './rebuild.js';
import type { RestoreComputer } from './restore-computer.js';
import type { PartJob, PartUpdate } from './restore-part.js';
import type { UndoJob } from './restore-undo.js';
import type { RestoreJob, RestoreUpdate } from './restore-update.js';
import { type WorkerLoad, WorkerPool } from './worker-pool.js';

export interface HistoryWorkersOptions {
  /** Threads at most, for joins and for everything else, while no job takes long. Default 1. */
  readonly size?: number;
  /** The built worker.js. */
  readonly workerUrl?: URL;
  /** Of each thread. Default 512. */
  readonly maxHeapMb?: number;
  /** A job that takes longer is given up, and its worker with it. Default 60,000. */
  readonly timeLimitMs?: number;
  /** A job that takes longer has a spare thread do what waits behind it. Default 1,000. */
  readonly longAfterMs?: number;
}

/** So many documents at a time can take Yjs a minute before others wait for them, for joins and for everything else. */
const SPARE_THREADS = 2;

/** Merging this much takes less time than sending it to a worker. */
const MAX_INLINE_BYTES = 4096;
/** A state is inflated in pieces of this size. */
const PIECE_BYTES = 64 * 1024;
const noStateVector = new Uint8Array();

export class HistoryWorkers implements RoomHistory, StateBuilder, Comparer, RestoreComputer {
  /** The newest inflation, as a rule over; settles well. */
  #inflating: Promise<unknown> = Promise.resolve();
  readonly #upkeep: WorkerPool;
  readonly #joins: WorkerPool;
  #closed: Promise<void> | null = null;

  constructor(options: HistoryWorkersOptions = {}) {
    const pool = {
      size: options.size ?? 1,
      workerUrl: options.workerUrl ?? new URL('./worker.js', import.meta.url),
      maxHeapMb: options.maxHeapMb ?? 512,
      timeLimitMs: options.timeLimitMs ?? 60_000,
      longAfterMs: options.longAfterMs ?? 1000,
      spares: SPARE_THREADS,
    };
    this.#upkeep = new WorkerPool({ ...pool, name: 'weft-upkeep', isInBackground: true });
    this.#joins = new WorkerPool({ ...pool, name: 'weft-joins', isInBackground: false });
  }

  buildCheckpoint(job: StateJob): Promise<BuiltCheckpoint> {
    const work = { ...job, kind: 'buildCheckpoint', stateVector: noStateVector } as const;
    return this.#upkeep.run(work) as Promise<BuiltCheckpoint>;
  }

  describe(job: StateJob): Promise<Description> {
    return this.#upkeep.run({ ...job, kind: 'describe', stateVector: noStateVector }) as Promise<Description>;
  }

  rebuildState(job: StateJob): Promise<Uint8Array> {
    return this.#upkeep.run({ ...job, kind: 'rebuildState', stateVector: noStateVector }) as Promise<Uint8Array>;
  }

  countChanges(job: CountJob): Promise<readonly Changes[]> {
    return this.#upkeep.run({ ...job, kind: 'countChanges', stateVector: noStateVector }) as Promise<Changes[]>;
  }

  countWritten(job: WrittenJob): Promise<readonly (Changes | null)[]> {
    const work = { ...job, checkpointState: null } as const;
    if (isSmall(work)) return inlineHistory.countWritten(job);
    return this.#upkeep.run({ ...work, kind: 'countWritten', stateVector: noStateVector }) as Promise<
      (Changes | null)[]
    >;
  }

  /** @returns null when both show the same */
  computeRestore(job: RestoreJob): Promise<RestoreUpdate | null> {
    return this.#upkeep.run({ ...bothStates(job), kind: 'computeRestore' }) as Promise<RestoreUpdate | null>;
  }

  computePart({ blocks, restores, ...job }: PartJob): Promise<PartUpdate> {
    const part = { blocks, restores };
    return this.#upkeep.run({ ...bothStates(job), kind: 'computePart', part }) as Promise<PartUpdate>;
  }

  /** @returns null when nothing is left to be undone */
  computeUndo({ past, since, ...undone }: UndoJob): Promise<RestoreUpdate | null> {
    const work = {
      kind: 'computeUndo',
      checkpointState: past.checkpointState,
      updates: [...past.updates, ...since],
      cuts: [past.updates.length],
      undone,
      stateVector: noStateVector,
    } as const;
    return this.#upkeep.run(work) as Promise<RestoreUpdate | null>;
  }

  renderJson(job: StateJob, about: MomentHead): Promise<RenderedFile> {
    return this.#upkeep.run({ ...job, kind: 'renderJson', about, stateVector: noStateVector }) as Promise<RenderedFile>;
  }

  renderFile(format: FileFormat, job: StateJob): Promise<RenderedFile> {
    const work = { ...job, kind: `render-${format}`, stateVector: noStateVector } as const;
    return this.#upkeep.run(work) as Promise<RenderedFile>;
  }

  compare(job: CompareJob): Promise<PackedComparison> {
    return this.#upkeep.run({ ...job, kind: 'compare', stateVector: noStateVector }) as Promise<PackedComparison>;
  }

  /** @param file its bytes; of text and JSON in UTF-8 */
  compose(format: 'json' | ReadableFormat, file: Uint8Array): Promise<ComposedYjs> {
    const kind = format === 'json' ? 'composeJson' : (`compose-${format}` as const);
    const work = { kind, checkpointState: null, updates: [file], stateVector: noStateVector } as const;
    return this.#upkeep.run(work) as Promise<ComposedYjs>;
  }

  /**
   * By a thread of the process's own pool: there is nothing in it for a worker to fail on. One at a time, for the log writes to
   * the disk by the same few threads, and must not wait while many documents are opened.
   */
  inflateState(state: Uint8Array): Promise<Uint8Array> {
    const inflated = this.#inflating.then(() => inflateWhole(state));
    this.#inflating = inflated.catch(() => undefined);
    return inflated;
  }

  answerSyncStep1(job: SyncStep1Job): Promise<Uint8Array> {
    if (isSmall(job)) return inlineHistory.answerSyncStep1(job);
    return this.#joins.run({ ...job, kind: 'answerSyncStep1' }) as Promise<Uint8Array>;
  }

  /** By pool: `upkeep` makes checkpoints, `joins` makes answers to those who come in. */
  get loads(): Readonly<Record<'upkeep' | 'joins', WorkerLoad>> {
    return { upkeep: this.#upkeep.load, joins: this.#joins.load };
  }

  /** Finishes the jobs it was given, then ends the workers. May be called twice. */
  close(): Promise<void> {
    this.#closed ??= Promise.all([this.#upkeep.close(), this.#joins.close()]).then(() => undefined);
    return this.#closed;
  }
}

const bothStates = ({ past, present }: RestoreJob): Omit<Work, 'kind'> => ({
  checkpointState: past.checkpointState,
  secondState: present.checkpointState,
  updates: [...past.updates, ...present.updates],
  cuts: [past.updates.length],
  stateVector: noStateVector,
});

async function inflateWhole(state: Uint8Array): Promise<Uint8Array> {
  const pieces: Buffer[] = [];
  try {
    const inflater = createInflateRaw({ chunkSize: PIECE_BYTES });
    inflater.end(state);
    for await (const piece of inflater) pieces.push(piece);
    const whole = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
    let end = 0;
    for (const piece of pieces) {
      whole.set(piece, end);
      end += piece.length;
    }
    for (const piece of pieces) giveBack(piece);
    return whole;
  } catch (cause) {
    throw new SyncError('WORKER_FAILED', `a state cannot be decompressed: ${(cause as Error).message}`, { cause });
  }
}

function isSmall({ checkpointState, updates }: StateJob): boolean {
  let bytes = checkpointState?.length ?? 0;
  for (const update of updates) {
    bytes += update.length;
    if (bytes > MAX_INLINE_BYTES) return false;
  }
  return checkpointState === null || inflatesWithin(checkpointState, MAX_INLINE_BYTES);
}
