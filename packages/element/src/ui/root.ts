// The tree that something stands in: a page, or a shadow root in one. Within it what belongs together finds each other, has the focus, and
// is put above the rest so that it looks like it.

export const rootOf = (node: Node): Document | ShadowRoot => node.getRootNode() as Document | ShadowRoot;

/** Takes what floats above everything in it. */
export function layerOf(node: Node): HTMLElement | ShadowRoot {
  const root = rootOf(node);
  return root instanceof Document ? root.body : root;
}

/** Whether lines begin at the right there. */
export const isMirrored = (element: Element): boolean => getComputedStyle(element).direction === 'rtl';

export const focusedIn = (node: Node): Element | null => rootOf(node).activeElement;

/** What an event is about, also where whoever listens stands outside of its tree. */
export const targetOf = (event: Event): Element | null => {
  const [target] = event.composedPath();
  return target instanceof Element ? target : null;
};
