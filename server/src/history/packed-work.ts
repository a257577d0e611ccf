// Work on its way to a worker. The many small updates of a tail travel as one array, copied once and then handed over:
// cloning each would cost more than the work, and would clone the whole network frame it is a view of.

import type { FileFormat } from '@weft/model';
import type { SyncStep1Job } from '../room/room-history.js';
import type { ComparedEntries } from './compare-job.js';
import type { Part } from './restore-part.js';
import type { UndoneRestore } from './restore-undo.js';

export type WorkKind =
  | 'buildCheckpoint'
  | 'describe'
  | 'rebuildState'
  | 'countChanges'
  | 'countWritten'
  | 'computeRestore'
  | 'computePart'
  | 'computeUndo'
  | 'answerSyncStep1'
  | 'compare'
  | 'renderJson'
  | `render-${FileFormat}`
  | 'composeJson'
  | `compose-${ReadableFormat}`;

/** HTML takes a browser to read. */
export type ReadableFormat = Exclude<FileFormat, 'html'>;

/** With what the JSON of a moment begins. */
export interface MomentHead {
  readonly name: string;
  /** 0: before the first entry. */
  readonly seq: number;
  /** As in RFC 3339; null before the first entry. */
  readonly time: string | null;
}

/** A StateJob; the state vector is empty where the work asks for none. To compose, the one update is a file. */
export interface Work extends SyncStep1Job {
  readonly kind: WorkKind;
  /** Rising places in `updates`, for work on several moments. */
  readonly cuts?: readonly number[];
  /** The checkpoint of a second state, whose updates come after the cut. */
  readonly secondState?: Uint8Array | null;
  /** Of a comparison alone. */
  readonly entries?: ComparedEntries | undefined;
  /** Of JSON alone. */
  readonly about?: MomentHead | undefined;
  /** Of taking a restore back alone. */
  readonly undone?: UndoneRestore | undefined;
  /** Of bringing back some blocks alone. */
  readonly part?: Part | undefined;
}

/** What a worker is told as it starts. */
export interface WorkerData {
  /** As the system shows its thread; 15 bytes at most. */
  readonly name: string;
  /** Whether it gives way to everything else in the process. */
  readonly isInBackground: boolean;
}

export interface PackedWork {
  readonly kind: WorkKind;
  readonly checkpointState: Uint8Array<ArrayBuffer> | null;
  readonly stateVector: Uint8Array<ArrayBuffer>;
  /** All updates, one after the other. */
  readonly updates: Uint8Array<ArrayBuffer>;
  readonly lengths: Uint32Array<ArrayBuffer>;
  readonly cuts: readonly number[];
  readonly secondState: Uint8Array<ArrayBuffer> | null;
  readonly entries: ComparedEntries | undefined;
  readonly about: MomentHead | undefined;
  readonly undone: UndoneRestore | undefined;
  readonly part: Part | undefined;
}

export type WorkerAnswer =
  | { readonly ok: true; readonly result: unknown }
  | { readonly ok: false; readonly reason: string };

export function packWork(work: Work): PackedWork {
  const {
    kind,
    checkpointState,
    updates,
    stateVector,
    cuts = [],
    secondState = null,
    entries,
    about,
    undone,
    part,
  } = work;
  const lengths = Uint32Array.from(updates, ({ length }) => length);
  const joined = new Uint8Array(lengths.reduce((sum, length) => sum + length, 0));
  let end = 0;
  for (const update of updates) {
    joined.set(update, end);
    end += update.length;
  }
  return {
    kind,
    checkpointState: checkpointState && new Uint8Array(checkpointState),
    stateVector: new Uint8Array(stateVector),
    updates: joined,
    lengths,
    cuts,
    secondState: secondState && new Uint8Array(secondState),
    entries,
    about,
    undone,
    part,
  };
}

/** From here on bytes are handed over and not copied: no pool of small buffers holds as many. */
const MIN_HANDED_OVER = 64 * 1024;

/** The buffers of a result that its worker has no more use for, to be transferred. */
export function buffersOfResult(result: unknown): ArrayBuffer[] {
  if (typeof result !== 'object' || result === null) return [];
  return [result, ...Object.values(result)].flatMap((value) =>
    value instanceof Uint8Array && value.length >= MIN_HANDED_OVER && isWhole(value) ? [value.buffer] : [],
  );
}

const isWhole = (bytes: Uint8Array): bytes is Uint8Array<ArrayBuffer> =>
  bytes.buffer instanceof ArrayBuffer && bytes.length === bytes.buffer.byteLength;

/** The buffers that packWork made, to be transferred. */
export function buffersOf({ checkpointState, stateVector, updates, lengths, secondState }: PackedWork): ArrayBuffer[] {
  return [checkpointState, stateVector, updates, lengths, secondState].flatMap((bytes) => bytes?.buffer ?? []);
}

export function unpackWork({ updates, lengths, ...rest }: PackedWork): Work {
  let end = 0;
  const parts = Array.from(lengths, (length) => {
    end += length;
    return updates.subarray(end - length, end);
  });
  return { ...rest, updates: parts };
}
