// Keeps others from undoing one's clicks and arrow keys. The browser moves the selection at once and tells of it some
// milliseconds later; what is drawn in between puts back the selection ProseMirror still knows. So before anything from
// elsewhere is drawn, and before a key or the clipboard is handled, ProseMirror is made to look.

import { Plugin } from 'prosemirror-state';
import type { EditorView } from 'prosemirror-view';

/** Must not be called while the view is being updated. */
export function readUnreadSelection(view: EditorView): void {
  // What ProseMirror itself calls once it is told; its public types do not have it, nor do views without a DOM.
  (view as unknown as { readonly domObserver?: { flush(): void } }).domObserver?.flush();
}

const readFirst = (view: EditorView): boolean => {
  if (!view.composing) readUnreadSelection(view);
  return false;
};

export const unreadSelection = (): Plugin =>
  new Plugin({
    props: { handleDOMEvents: { keydown: readFirst, copy: readFirst, cut: readFirst, paste: readFirst } },
  });
