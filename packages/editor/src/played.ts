// What plays the life of a document hands over: the text as it was after an entry, in blocks, of which only those are told that
// look different now. It is made where Yjs is (replay.ts), and drawn where the page is (played-view.ts).

import type { ComparedBlock, ComparedRun } from './compared-text.js';

export interface PlayedRun extends ComparedRun {
  /** Whose it is, where it was written lately. */
  readonly by?: string;
  /** It was written just now. */
  readonly isFresh?: boolean;
  /** Behind it stands whoever this is, and writes. */
  readonly caretOf?: string;
}

export interface PlayedBlock extends ComparedBlock {
  readonly runs?: readonly PlayedRun[];
  readonly by?: string;
}

/** A block at the top level, with what is in it. */
export interface PlayedPiece {
  /** The same in every frame. */
  readonly id: string;
  readonly blocks: readonly PlayedBlock[];
}

export interface PlayedFrame {
  /** The text is as it was after this entry. */
  readonly seq: number;
  /** Ids of all pieces, one after the other; null: as in the frame before. */
  readonly order: readonly string[] | null;
  /** Those that look different from when they were last told, or were not told yet. */
  readonly changed: readonly PlayedPiece[];
  /** Where the newest entry changed something; null where nothing is seen of it. */
  readonly touched: string | null;
  readonly title: string;
}

export interface WantedFrame {
  readonly seq: number;
  /** What was written after this entry is shown as written just now. */
  readonly freshAfter: number;
  /** What was written after this one, as whose it is. Not above `freshAfter`. */
  readonly lateAfter: number;
}
