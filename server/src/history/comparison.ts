// What two moments of a document differ in: its parts, their blocks in order, and the runs of text in them, each with who
// changed it and when. It travels as JSON.

import type { Seq } from '../log/document-log.js';

/** One edit, as the log has it. */
export interface Edit {
  /** Opaque id of the person, or '' when nobody is known. */
  readonly by: string;
  readonly atMs: number;
  readonly seq: Seq;
}

export type Values = Readonly<Record<string, unknown>>;

/**
 * `reformatted`: it is there at both moments, and its marks differ, or the attributes of what stands in the text. What was
 * written and deleted between the moments is in no run.
 */
export type RunChange = 'same' | 'inserted' | 'deleted' | 'reformatted';

/** Text, one thing in the middle of it, or values of a list. Exactly one of `text`, `node`, `embed` and `values` is there. */
export interface ComparedRun {
  text?: string;
  /** The name of an element in the text, such as a picture or a line break. */
  node?: string;
  embed?: unknown;
  values?: readonly unknown[];
  readonly change: RunChange;
  /** The edit that made the change; of several, the newest. Not of what is the same. */
  edit?: Edit;
  /** Of text that a restore brought back: who wrote it. The edit is the restore. */
  readonly writtenBy?: string;
  /** At the later moment; of what was deleted, at the earlier one. Left out when there are none. */
  marks?: Values;
  attributes?: Values;
  /** At the earlier moment, of what was reformatted. */
  marksBefore?: Values;
  attributesBefore?: Values;
}

export interface ComparedAttribute {
  readonly name: string;
  /** Left out where there is none. */
  readonly before?: unknown;
  readonly after?: unknown;
  readonly edit?: Edit;
}

export interface ComparedBlock {
  /** The name of the element; of shared types `text`, `map`, `array` or `fragment`; of a whole part `part`. */
  readonly type: string;
  /** How many blocks of this part are around it; what is in a block follows it. */
  readonly depth: number;
  /** Of what is kept under a key. */
  readonly key?: string;
  /** Of what was there at the earlier moment, and is no part itself: what to ask for it by, to bring it back alone. */
  readonly id?: string;
  readonly change: 'same' | 'inserted' | 'deleted';
  readonly edit?: Edit;
  /** At the later moment; of a deleted block, at the earlier one. Left out when there are none. */
  attributes?: Values;
  /** Those that are not the same at both moments, of a block that is there at both. */
  changed?: readonly ComparedAttribute[];
  runs?: readonly ComparedRun[];
  /** Of an inserted block: the place, in the part, of a deleted one with the same text. */
  movedFrom?: number;
  /** The other way round. */
  movedTo?: number;
}

/** What the document keeps under one name: `prosemirror` is the text of the editor. */
export interface ComparedPart {
  readonly name: string;
  readonly blocks: readonly ComparedBlock[];
}

/** One step for whoever goes from change to change: some blocks as a whole, or something in one of them. */
export interface Step {
  /** Place of the part, and of the first block in it. */
  readonly part: number;
  readonly block: number;
  /** How many blocks it is about; with `runs`, of one. */
  readonly blocks: number;
  /** The first run it is about, and how many; without them it is the block, or its attributes. */
  readonly run?: number;
  readonly runs?: number;
  readonly kind: 'inserted' | 'deleted' | 'moved' | 'changed';
  readonly edit: Edit;
}

/** What one person did. Characters are those people count: code points, and not what stands in a text. */
export interface PersonCounts {
  readonly id: string;
  inserted: number;
  deleted: number;
  reformatted: number;
  /** Brought back by a restore, and written by somebody before. */
  restored: number;
  /** In blocks that were moved or became others, and are counted nowhere else. */
  moved: number;
  /** Blocks, attributes, pictures and values that came, went or changed. */
  others: number;
}

export interface Comparison {
  readonly people: readonly PersonCounts[];
  readonly parts: readonly ComparedPart[];
  readonly steps: readonly Step[];
}
