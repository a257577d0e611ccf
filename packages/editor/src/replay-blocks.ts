// Reads a block of a Yjs document for playing: its items as they are, with what was written lately told apart from the rest by its
// clocks. Nothing is checked against a schema: what was there is shown.

import * as Y from 'yjs';
import type { PlayedBlock, PlayedRun } from './played.js';

type Values = Readonly<Record<string, unknown>>;

/** Any shared type, whatever it is used as. */
export type SharedType = Y.ContentType['type'];

/** What a client wrote lately: everything from these clocks on. */
export interface LateClient {
  readonly person: string;
  lateFrom: number;
  freshFrom: number;
  /** Behind this clock its person stands. */
  caretAt: number;
}

/** A place to stand at that is somebody else's text: where something was deleted. */
export interface DeletedAt {
  readonly client: number;
  readonly clock: number;
  readonly person: string;
}

export interface ReadingOptions {
  readonly late: ReadonlyMap<number, LateClient>;
  readonly deletedAt: DeletedAt | null;
  /** Whether an element with this name stands in text. */
  isInline(name: string): boolean;
}

export interface ReadPiece {
  readonly blocks: readonly PlayedBlock[];
  /** It looks different once time has passed. */
  readonly isFresh: boolean;
  readonly isLate: boolean;
}

/** Deeper ones no server lets in; walking is by recursion. */
const MAX_DEPTH = 256;

export function readPiece(item: Y.Item, options: ReadingOptions): ReadPiece {
  const reader = new PieceReader(options);
  reader.readBlock(item, 0);
  return reader;
}

export const idOf = ({ id }: Y.Item): string => `${id.client}-${id.clock}`;

/** The items in a type that are there, in order. */
export function* itemsIn(type: SharedType): Generator<Y.Item> {
  for (let item = type._start; item !== null; item = item.right) if (!item.deleted) yield item;
}

class PieceReader implements ReadPiece {
  readonly blocks: PlayedBlock[] = [];
  isFresh = false;
  isLate = false;
  readonly #options: ReadingOptions;

  constructor(options: ReadingOptions) {
    this.#options = options;
  }

  readBlock(item: Y.Item, depth: number): void {
    const { content } = item;
    if (!(content instanceof Y.ContentType) || depth > MAX_DEPTH) return;
    const { type } = content;
    const late = this.#lateAt(item);
    if (type instanceof Y.XmlText) {
      const runs: PlayedRun[] = [];
      this.#readText(type, runs);
      this.blocks.push({ type: 'paragraph', depth, change: 'same', runs });
      return;
    }
    const element = type instanceof Y.XmlElement ? type : null;
    const name = element?.nodeName ?? 'object';
    const runs: PlayedRun[] = [];
    const inner: Y.Item[] = [];
    const children = element ? [...itemsIn(element)] : [];
    const hasText = children.some(({ content: one }) => one instanceof Y.ContentType && this.#isText(one.type));
    const index = this.blocks.length;
    this.blocks.push({ type: name, depth, change: 'same' });
    for (const child of children) {
      if (!(child.content instanceof Y.ContentType)) continue;
      const { type: kid } = child.content;
      if (kid instanceof Y.XmlText) this.#readText(kid, runs);
      else if (hasText && kid instanceof Y.XmlElement && this.#options.isInline(kid.nodeName)) {
        this.#readInline(child, kid, runs);
      } else inner.push(child);
    }
    const attributes = element ? attributesOf(element) : null;
    const isLeaf = runs.length === 0 && inner.length === 0;
    this.blocks[index] = {
      type: name,
      depth,
      change: 'same',
      ...(attributes && { attributes }),
      ...(runs.length > 0 && { runs }),
      ...(isLeaf && late !== null && { by: late.by }),
    };
    for (const child of inner) this.readBlock(child, depth + 1);
  }

  #isText(type: unknown): boolean {
    return type instanceof Y.XmlText || (type instanceof Y.XmlElement && this.#options.isInline(type.nodeName));
  }

  #readInline(item: Y.Item, element: Y.XmlElement, runs: PlayedRun[]): void {
    const attributes = attributesOf(element);
    const late = this.#lateAt(item);
    runs.push({ node: element.nodeName, change: 'same', ...(attributes && { attributes }), ...late });
  }

  #readText(text: Y.XmlText, runs: PlayedRun[]): void {
    let marks: Record<string, unknown> | undefined;
    for (const item of itemsIn(text)) {
      const { content } = item;
      if (content instanceof Y.ContentFormat) {
        const { [content.key]: _, ...others } = marks ?? {};
        marks = content.value === null ? others : { ...others, [content.key]: content.value };
      } else if (content instanceof Y.ContentString) this.#readString(item, content.str, marks, runs);
      else if (content instanceof Y.ContentEmbed) runs.push({ node: 'object', change: 'same', ...this.#lateAt(item) });
    }
  }

  #readString({ id }: Y.Item, text: string, marks: Values | undefined, runs: PlayedRun[]): void {
    const { client, clock } = id;
    const { deletedAt, late: clients } = this.#options;
    const late = clients.get(client);
    const isStruck = deletedAt?.client === client;
    if (late === undefined && !isStruck) return addText(runs, text, marks, {});
    const cuts = [late?.lateFrom, late?.freshFrom, late && late.caretAt + 1, isStruck ? deletedAt.clock + 1 : undefined]
      .flatMap((at) => (at === undefined ? [] : [wholeCharacter(text, at - clock)]))
      .filter((at) => at > 0 && at < text.length)
      .sort((a, b) => a - b);
    let start = 0;
    for (const end of [...cuts, text.length]) {
      if (end <= start) continue;
      const isHere = (at: number): boolean => at >= clock + start && at < clock + end;
      const caretOf =
        late && isHere(late.caretAt) ? late.person : isStruck && isHere(deletedAt.clock) ? deletedAt.person : undefined;
      if (caretOf !== undefined) this.isFresh = true;
      const look = { ...this.#look(late, clock + start), ...(caretOf !== undefined && { caretOf }) };
      addText(runs, text.slice(start, end), marks, look);
      start = end;
    }
  }

  #lateAt({ id }: Y.Item): Look | null {
    return this.#look(this.#options.late.get(id.client), id.clock);
  }

  #look(late: LateClient | undefined, clock: number): Look | null {
    if (late === undefined || clock < late.lateFrom) return null;
    this.isLate = true;
    if (clock < late.freshFrom) return { by: late.person };
    this.isFresh = true;
    return { by: late.person, isFresh: true };
  }
}

type Look = Pick<PlayedRun, 'isFresh' | 'caretOf'> & { readonly by: string };

function addText(runs: PlayedRun[], text: string, marks: Values | undefined, look: Partial<Look>): void {
  const last = runs.at(-1);
  const isAlike =
    last?.text !== undefined &&
    last.caretOf === undefined &&
    last.marks === marks &&
    last.by === look.by &&
    last.isFresh === look.isFresh;
  if (!isAlike) runs.push({ text, change: 'same', ...(marks && { marks }), ...look });
  else
    runs[runs.length - 1] = {
      ...last,
      text: last.text + text,
      ...(look.caretOf !== undefined && { caretOf: look.caretOf }),
    };
}

function attributesOf(element: Y.XmlElement): Values | null {
  // A key may be called like what every object has.
  const found = Object.create(null) as Record<string, unknown>;
  let isEmpty = true;
  for (const [key, item] of element._map) {
    if (item.deleted || item.content instanceof Y.ContentType || item.content instanceof Y.ContentDoc) continue;
    const values = item.content.getContent();
    found[key] = values[item.length - 1];
    isEmpty = false;
  }
  return isEmpty ? null : { ...found };
}

/** Between two halves of a character nothing is cut. */
const wholeCharacter = (text: string, at: number): number =>
  at > 0 && at < text.length && /[\uD800-\uDBFF]/.test(text[at - 1]!) && /[\uDC00-\uDFFF]/.test(text[at]!)
    ? at + 1
    : at;
