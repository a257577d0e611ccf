// A text whose life is played: drawn by the editor's own schema, with what was written lately in the colours of its authors, and
// those who write where they stand. Nothing in it can be changed. A long text that becomes another is drawn in portions beside
// what is shown, and shown as a whole: no moment is ever mixed with another, and the page goes on meanwhile.

import { schema } from '@weft/model';
import * as words from '@weft/words/text';
import type { Node } from 'prosemirror-model';
import { EditorState } from 'prosemirror-state';
import { Decoration, DecorationSet, EditorView } from 'prosemirror-view';
import { comparedText } from './compared-text.js';
import { drawInPlace } from './draw-in-place.js';
import { labelColor, safeName } from './person.js';
import { type PictureSource, plainPicture } from './plain-picture.js';
import type { PlayedBlock, PlayedFrame, PlayedPiece } from './played.js';
import { nameBoxes } from './task-boxes.js';

export type { PlayedFrame, WantedFrame } from './played.js';

export interface PlayedLook {
  /** As `#rrggbb`. @param person '' for nobody who is known */
  colorOf(person: string): string;
  nameOf(person: string): string;
  readonly pictureSource: PictureSource;
}

/** Names that the schema knows, and what of it stands in text. */
export const inlineNames = namesWhere(true);
export const blockNames = namesWhere(false);

/** A piece as it is drawn, with places counted from where it begins. */
interface Drawn {
  readonly nodes: readonly Node[];
  readonly size: number;
  decorations(start: number): readonly Decoration[];
}

interface Text {
  readonly doc: Node;
  readonly decorations: DecorationSet;
  readonly starts: ReadonlyMap<string, number>;
}

/** Pieces that are drawn at once; where more of them change, others have their turn in between. */
const PORTION = 40;

export class PlayedView {
  readonly #element: HTMLElement;
  readonly #look: PlayedLook;
  readonly #drawn = new Map<string, Drawn>();
  #order: readonly string[] = [];
  #text: Text;
  #view: EditorView;
  #touched: string | null = null;

  constructor(element: HTMLElement, look: PlayedLook) {
    this.#element = element;
    this.#look = look;
    this.#text = this.#textOf([]);
    this.#view = this.#viewOf(() => this.#text);
    element.replaceChildren(this.#view.dom);
  }

  /** Resolves once it is shown; the next one may be given then. */
  async show(frame: PlayedFrame): Promise<void> {
    const { changed, order } = frame;
    for (let i = 0; i < changed.length; i += PORTION) {
      if (i > 0) await breath();
      for (const piece of changed.slice(i, i + PORTION)) this.#drawn.set(piece.id, this.#draw(piece));
    }
    if (order !== null) this.#setOrder(order);
    this.#touched = frame.touched;
    if (changed.length > PORTION) return this.#showAnew();
    this.#text = this.#textOf(this.#order);
    drawInPlace(this.#view);
    this.#view.updateState(EditorState.create({ doc: this.#text.doc }));
  }

  /** Where whoever wrote last stands, or else what they changed; null where nothing of it is to be seen. */
  get place(): DOMRect | null {
    const caret = this.#view.dom.querySelector('.weft-caret');
    if (caret) return caret.getBoundingClientRect();
    const start = this.#touched === null ? undefined : this.#text.starts.get(this.#touched);
    const node = start === undefined ? null : this.#view.nodeDOM(start);
    return node instanceof Element ? node.getBoundingClientRect() : null;
  }

  destroy(): void {
    this.#view.destroy();
  }

  async #showAnew(): Promise<void> {
    let text = this.#textOf([]);
    const view = this.#viewOf(() => text);
    for (let end = PORTION; ; end += PORTION) {
      text = this.#textOf(this.#order.slice(0, end));
      view.updateState(EditorState.create({ doc: text.doc }));
      if (end >= this.#order.length) break;
      await breath();
    }
    if (this.#view.isDestroyed) return view.destroy();
    this.#view.destroy();
    this.#view = view;
    this.#text = text;
    // From here on it is this view that follows.
    view.setProps({ decorations: () => this.#text.decorations });
    this.#element.replaceChildren(view.dom);
  }

  #viewOf(text: () => Text): EditorView {
    const picture = (node: Node) => plainPicture(node, this.#look.pictureSource);
    const view = new EditorView(null, {
      nodeViews: { image: picture, figure: picture },
      state: EditorState.create({ doc: text().doc }),
      decorations: () => text().decorations,
      editable: () => false,
      attributes: { role: 'document', 'aria-label': words.asItWas, tabindex: '0', lang: '' },
    });
    nameBoxes(view.dom);
    return view;
  }

  #setOrder(order: readonly string[]): void {
    this.#order = order;
    if (this.#drawn.size === order.length) return;
    const shown = new Set(order);
    for (const id of this.#drawn.keys()) if (!shown.has(id)) this.#drawn.delete(id);
  }

  #textOf(order: readonly string[]): Text {
    const nodes: Node[] = [];
    const all: Decoration[] = [];
    const starts = new Map<string, number>();
    let start = 0;
    for (const id of order) {
      const drawn = this.#drawn.get(id)!;
      nodes.push(...drawn.nodes);
      for (const decoration of drawn.decorations(start)) all.push(decoration);
      starts.set(id, start);
      start += drawn.size;
    }
    // Not checked: where something stands in Yjs is for its writers to say, and it is shown there.
    const doc = schema.nodes.doc.create(null, nodes.length > 0 ? nodes : [schema.node('paragraph')]);
    return { doc, decorations: DecorationSet.create(doc, all), starts };
  }

  #draw({ blocks }: PlayedPiece): Drawn {
    const { doc, places } = comparedText(blocks);
    const marked = places.filter(({ block, run }) => isMarked(blocks[block]!, run));
    return {
      nodes: doc.children,
      size: doc.content.size,
      decorations: (start) =>
        marked.flatMap(({ block, run, from, to }) => this.#decorate(blocks[block]!, run, start + from, start + to)),
    };
  }

  #decorate(block: PlayedBlock, run: number | null, from: number, to: number): Decoration[] {
    if (run === null) {
      return [Decoration.node(from, to, { class: 'played-block', style: `--c: ${this.#look.colorOf(block.by!)}` })];
    }
    const { by, isFresh = false, caretOf } = block.runs![run]!;
    const found: Decoration[] = [];
    if (by !== undefined) {
      const attrs = { class: isFresh ? 'played is-fresh' : 'played', style: `--c: ${this.#look.colorOf(by)}` };
      found.push(Decoration.inline(from, to, attrs));
    }
    if (caretOf !== undefined) {
      const draw = (): HTMLElement => this.#caret(caretOf);
      found.push(Decoration.widget(to, draw, { side: 1, key: `caret ${caretOf}` }));
    }
    return found;
  }

  /** What it says is said beside the text, too. */
  #caret(person: string): HTMLElement {
    const caret = document.createElement('span');
    caret.className = 'weft-caret';
    caret.ariaHidden = 'true';
    caret.style.setProperty('--person', labelColor(this.#look.colorOf(person)));
    const name = document.createElement('span');
    name.className = 'weft-caret-name';
    name.dir = 'auto';
    name.textContent = safeName(this.#look.nameOf(person));
    caret.append(name);
    return caret;
  }
}

function isMarked(block: PlayedBlock, run: number | null): boolean {
  if (run === null) return block.by !== undefined;
  const { by, caretOf } = block.runs![run]!;
  return by !== undefined || caretOf !== undefined;
}

function namesWhere(isInline: boolean): string[] {
  return Object.entries(schema.nodes).flatMap(([name, type]) => (type.isInline === isInline ? [name] : []));
}

/** Lets whoever waits have the page. */
const breath = (): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve);
  });
