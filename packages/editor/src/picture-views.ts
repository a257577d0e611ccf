// Pictures as they are drawn: a frame that the caret passes over and, of one that stands by itself, its caption. What is in the frame
// – the picture, what stands for one that is not to be had, a handle – is for the page.

import * as words from '@weft/words/text';
import type { Node } from 'prosemirror-model';
import { NodeSelection } from 'prosemirror-state';
import type { EditorView, NodeView, NodeViewConstructor, ViewMutationRecord } from 'prosemirror-view';
import { isFigure } from './selected-picture.js';

/** In the text of a document; any of it may come from anybody. */
export interface PictureAttributes {
  readonly src: string;
  readonly alt: string | null;
  /** In pixels; null for as wide as it is. */
  readonly width: number | null;
}

export interface DrawnPicture {
  /** For the page to draw in. */
  readonly frame: HTMLElement;
  /** In the frame; without an address to load from. */
  readonly image: HTMLImageElement;
  readonly attributes: PictureAttributes;
  /** Undefined once it has left the document. */
  readonly position: () => number | undefined;
}

/** Who shows pictures. */
export interface PictureHost {
  /** It has come into view, or something about it is different. */
  draw(picture: DrawnPicture): void;
  /** It is not drawn any more. */
  forget(frame: HTMLElement): void;
}

class PictureView implements NodeView {
  readonly dom: HTMLElement;
  readonly contentDOM: HTMLElement | null;
  readonly #frame: HTMLElement;
  readonly #image: HTMLImageElement;
  readonly #host: PictureHost;
  readonly #position: () => number | undefined;
  #node: Node;

  constructor(node: Node, position: () => number | undefined, host: PictureHost) {
    this.#node = node;
    this.#host = host;
    this.#position = position;
    this.#frame = document.createElement(isFigure(node) ? 'div' : 'span');
    this.#frame.className = 'picture';
    this.#frame.contentEditable = 'false';
    this.#image = document.createElement('img');
    this.#image.decoding = 'async';
    this.#frame.append(this.#image);
    if (isFigure(node)) {
      this.dom = document.createElement('figure');
      this.contentDOM = document.createElement('figcaption');
      this.dom.append(this.#frame, this.contentDOM);
    } else {
      this.dom = this.#frame;
      this.contentDOM = null;
    }
    this.#draw();
  }

  update(node: Node): boolean {
    if (node.type !== this.#node.type) return false;
    const before = this.#node;
    this.#node = node;
    if (!node.hasMarkup(before.type, before.attrs) || (node.content.size === 0) !== (before.content.size === 0))
      this.#draw();
    return true;
  }

  selectNode(): void {
    this.dom.classList.add('is-selected');
    this.#frame.classList.add('ProseMirror-selectednode');
  }

  deselectNode(): void {
    this.dom.classList.remove('is-selected');
    this.#frame.classList.remove('ProseMirror-selectednode');
  }

  /** What is pressed in the frame is the page's, but for the picture itself. */
  stopEvent({ target }: Event): boolean {
    return target !== this.#image && target !== this.#frame && this.#frame.contains(target as globalThis.Node);
  }

  ignoreMutation({ type, target }: ViewMutationRecord): boolean {
    return type !== 'selection' && (this.#frame.contains(target) || target === this.dom || type === 'attributes');
  }

  destroy(): void {
    this.#host.forget(this.#frame);
  }

  #draw(): void {
    const { src, alt, width } = this.#node.attrs;
    this.#image.alt = alt ?? '';
    if (this.contentDOM) {
      this.contentDOM.dataset.placeholder = words.addCaption;
      this.contentDOM.classList.toggle('is-empty', this.#node.content.size === 0);
    }
    this.#host.draw({
      frame: this.#frame,
      image: this.#image,
      attributes: { src, alt, width },
      position: this.#position,
    });
  }
}

export const pictureViews =
  (host: PictureHost): NodeViewConstructor =>
  (node, _view, position) =>
    new PictureView(node, position, host);

/** Selects the picture whose frame was pressed. @returns whether one was */
export function selectPressed(view: EditorView, { target, button }: MouseEvent): boolean {
  const figure = target instanceof Element && button === 0 ? target.closest('figure > .picture')?.parentElement : null;
  if (!figure || !view.dom.contains(figure)) return false;
  const position = view.posAtDOM(figure, 0) - 1;
  const { doc, selection, tr } = view.state;
  if (!isFigure(doc.nodeAt(position))) return false;
  const isSelected = selection instanceof NodeSelection && selection.from === position;
  if (!isSelected) view.dispatch(tr.setSelection(NodeSelection.create(doc, position)));
  return true;
}
