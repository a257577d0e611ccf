// Keeps others from undoing one's clicks and arrow keys. The browser moves the selection at once and tells of it some
// milliseconds later; what is drawn in between puts back the selection ProseMirror still knows. So before anything from
// elsewhere is drawn, and before a key is handled, ProseMirror is made to look.

import { Plugin } from 'prosemirror-state';
import type { EditorView } from 'prosemirror-view';
import { ySyncPluginKey } from 'y-prosemirror';
import type * as Y from 'yjs';

/** Must not be called while the view is being updated. */
export function readUnreadSelection(view: EditorView): void {
  // What ProseMirror itself calls once it is told; its public types do not have it, nor do views without a DOM.
  (view as unknown as { readonly domObserver?: { flush(): void } }).domObserver?.flush();
}

/** Has to stand before y-prosemirror's plugin, which takes down the selection at the same moment. */
export function unreadSelection(doc: Y.Doc): Plugin {
  return new Plugin({
    props: {
      handleDOMEvents: {
        keydown: (view) => {
          if (!view.composing) readUnreadSelection(view);
          return false;
        },
      },
    },
    view: (view) => {
      const read = (): void => {
        // What the view itself writes, it writes in the middle of its update.
        if (doc._transaction?.origin !== ySyncPluginKey) readUnreadSelection(view);
      };
      doc.on('beforeAllTransactions', read);
      return { destroy: () => doc.off('beforeAllTransactions', read) };
    },
  });
}
