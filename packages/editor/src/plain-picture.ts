// A picture as the schema draws it, shown from where the page lets it be shown from: a document may name any address.

import { DOMSerializer, type Node } from 'prosemirror-model';

/** Where a picture that says it is at `src` is loaded from; null for nowhere. */
export type PictureSource = (src: string) => string | null;

export function plainPicture(node: Node, sourceOf: PictureSource): { dom: HTMLElement; contentDOM?: HTMLElement } {
  const { dom, contentDOM } = DOMSerializer.renderSpec(document, node.type.spec.toDOM!(node));
  const image = dom instanceof HTMLImageElement ? dom : (dom as HTMLElement).querySelector('img');
  const drawn = image?.getAttribute('src') ?? null;
  const source = drawn === null ? null : sourceOf(drawn);
  // Nothing is asked for before the turn ends.
  if (source === null) image?.removeAttribute('src');
  else if (source !== drawn) image?.setAttribute('src', source);
  return { dom: dom as HTMLElement, ...(contentDOM && { contentDOM }) };
}
