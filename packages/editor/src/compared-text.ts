// What two moments of a document differ in, as one text with all of it: what is there at either moment is in it, in its place.
// Beside the text stands where each thing that was compared begins and ends.

import { acceptedAttrs, schema } from '@weft/model';
import type { Mark, Node, NodeType } from 'prosemirror-model';

type Values = Readonly<Record<string, unknown>>;

/** Who did it, and when. */
export interface ComparedEdit {
  /** Opaque id of a person; '' for nobody who is known. */
  readonly by: string;
  readonly atMs: number;
}

/** Text, or something in it. As `comparisons` of the HTTP API have it (docs/api.md). */
export interface ComparedRun {
  readonly text?: string;
  readonly node?: string;
  readonly change: 'same' | 'inserted' | 'deleted' | 'reformatted';
  readonly edit?: ComparedEdit;
  /** Of text that a restore brought back: whose it is. */
  readonly writtenBy?: string;
  readonly marks?: Values;
  readonly marksBefore?: Values;
  readonly attributes?: Values;
  readonly attributesBefore?: Values;
}

/** What is in a block follows it, one deeper. */
export interface ComparedBlock {
  readonly type: string;
  readonly depth: number;
  /** Of what was there at the earlier moment: what it is brought back by. */
  readonly id?: string;
  readonly change: 'same' | 'inserted' | 'deleted';
  readonly edit?: ComparedEdit;
  readonly attributes?: Values;
  readonly changed?: readonly ComparedAttribute[];
  readonly runs?: readonly ComparedRun[];
  readonly movedFrom?: number;
  readonly movedTo?: number;
}

export interface ComparedAttribute {
  readonly name: string;
  readonly before?: unknown;
  readonly after?: unknown;
  readonly edit?: ComparedEdit;
}

/** Where something that was compared stands. */
export interface ComparedPlace {
  readonly block: number;
  /** Null: it is the block. */
  readonly run: number | null;
  readonly from: number;
  readonly to: number;
}

export interface ComparedText {
  readonly doc: Node;
  /** In the order of the text; a block before what is in it. */
  readonly places: readonly ComparedPlace[];
}

/** A node, and places in it, counted from where it begins. */
interface Piece {
  readonly node: Node;
  readonly places: readonly ComparedPlace[];
}

/** Deeper than anybody writes; what is deeper stands there. */
const MAX_DEPTH = 100;
/** y-prosemirror appends a hash to marks that may overlap themselves. */
const overlapHash = /--[a-zA-Z0-9+/=]{8}$/;

export function comparedText(blocks: readonly ComparedBlock[]): ComparedText {
  const { content, places } = join(new TextBuilder(blocks).all());
  if (content.length === 0) return { doc: schema.node('doc', null, [schema.node('paragraph')]), places: [] };
  // Not checked: where something stands in Yjs is for its writers to say, and it is shown there.
  return { doc: schema.nodes.doc.create(null, content), places };
}

/** As it was at one of both moments, with nothing marked. */
export function atMoment(blocks: readonly ComparedBlock[], side: 'before' | 'after'): ComparedBlock[] {
  const absent = side === 'before' ? 'inserted' : 'deleted';
  return blocks
    .filter(({ change }) => change !== absent)
    .map(({ type, depth, attributes, changed = [], runs }) => {
      const others = side === 'after' ? {} : Object.fromEntries(changed.map(({ name, before }) => [name, before]));
      const shown = runs?.filter(({ change }) => change !== absent).map((run) => runAt(run, side));
      return { type, depth, change: 'same', attributes: { ...attributes, ...others }, ...(shown && { runs: shown }) };
    });
}

function runAt(run: ComparedRun, side: 'before' | 'after'): ComparedRun {
  const { text, node, change } = run;
  const isBefore = change === 'reformatted' && side === 'before';
  return {
    ...(text !== undefined && { text }),
    ...(node !== undefined && { node }),
    change: 'same',
    marks: (isBefore ? run.marksBefore : run.marks) ?? {},
    attributes: (isBefore && run.attributesBefore) || run.attributes || {},
  };
}

class TextBuilder {
  readonly #blocks: readonly ComparedBlock[];
  #at = 0;

  constructor(blocks: readonly ComparedBlock[]) {
    this.#blocks = blocks;
  }

  all(): Piece[] {
    const pieces: Piece[] = [];
    while (this.#at < this.#blocks.length) this.#addBlock(pieces, 0);
    return pieces;
  }

  /** As many as there are: more than a function takes arguments. */
  #addBlock(pieces: Piece[], depth: number): void {
    for (const piece of this.#block(depth)) pieces.push(piece);
  }

  /** The next block with what is in it, and what has no place in it behind. */
  #block(depth: number): Piece[] {
    const index = this.#at++;
    const { type: name, depth: own, attributes = {}, runs = [] } = this.#blocks[index]!;
    const inner: Piece[] = [];
    while ((this.#blocks[this.#at]?.depth ?? 0) > own) this.#addBlock(inner, depth + 1);
    const type = blockNamed(name);
    const text = runs.flatMap((run, at) => inline(run, index, at));
    const isBlock = (pieces: readonly Piece[], kind: NodeType = type ?? schema.nodes.blockquote): Piece =>
      wrapped(kind, acceptedAttrs(kind, attributes), pieces, index);
    if (depth > MAX_DEPTH) return [wrapped(schema.nodes.paragraph, {}, text, index), ...inner];
    if (type === null) return [isBlock([note(name), ...paragraphOf(text), ...inner])];
    if (type.isLeaf) return [isBlock([]), ...paragraphOf(text), ...inner];
    return type.inlineContent ? [isBlock(text), ...inner] : [isBlock([...paragraphOf(text), ...inner])];
  }
}

/** Null for what this editor does not know. */
function blockNamed(name: string): NodeType | null {
  const type = Object.hasOwn(schema.nodes, name) ? schema.nodes[name as keyof typeof schema.nodes] : null;
  return type && !type.isInline && type !== schema.topNodeType ? type : null;
}

const note = (name: string): Piece => ({
  node: schema.node('paragraph', null, [schema.text(`“${name.replace(/[_-]+/g, ' ').slice(0, 60)}”`)]),
  places: [],
});

/** Text in what holds blocks. */
const paragraphOf = (text: readonly Piece[]): Piece[] =>
  text.length === 0 ? [] : [wrapped(schema.nodes.paragraph, {}, text, null)];

function inline(run: ComparedRun, block: number, at: number): Piece[] {
  const marks = marksOf(run.marks ?? {});
  const node = run.text !== undefined ? run.text && schema.text(run.text, marks) : inlineNode(run, marks);
  return node ? [{ node, places: [{ block, run: at, from: 0, to: node.nodeSize }] }] : [];
}

function inlineNode({ node: name = 'object', attributes = {} }: ComparedRun, marks: readonly Mark[]): Node {
  const type = Object.hasOwn(schema.nodes, name) ? schema.nodes[name as keyof typeof schema.nodes] : null;
  if (!type?.isInline || type.isText) return schema.text(`[${name}]`, marks);
  return type.create(acceptedAttrs(type, attributes), null, marks);
}

const marksOf = (values: Values): readonly Mark[] =>
  Object.entries(values).reduce<readonly Mark[]>((set, [key, value]) => {
    const name = key.replace(overlapHash, '');
    const type = Object.hasOwn(schema.marks, name) ? schema.marks[name as keyof typeof schema.marks] : null;
    return type && value !== null ? type.create(acceptedAttrs(type, value)).addToSet(set) : set;
  }, []);

/** @param block its place among those that were compared; null when it was not there */
function wrapped(type: NodeType, attrs: Values, pieces: readonly Piece[], block: number | null): Piece {
  const { content, places } = join(pieces);
  const node = type.create(attrs, content);
  const inside = places.map((place) => moved(place, 1));
  return { node, places: block === null ? inside : [{ block, run: null, from: 0, to: node.nodeSize }, ...inside] };
}

function join(pieces: readonly Piece[]): { content: Node[]; places: ComparedPlace[] } {
  const places: ComparedPlace[] = [];
  let offset = 0;
  for (const { node, places: inner } of pieces) {
    for (const place of inner) places.push(moved(place, offset));
    offset += node.nodeSize;
  }
  return { content: pieces.map(({ node }) => node), places };
}

const moved = (place: ComparedPlace, by: number): ComparedPlace =>
  by === 0 ? place : { ...place, from: place.from + by, to: place.to + by };
