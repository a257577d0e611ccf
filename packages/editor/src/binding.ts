// Where Yjs and ProseMirror meet: how a Y.Doc becomes the content of the editor and back, in the data format of
// y-prosemirror. What is written is only what a person changed; what comes is the smallest step; and what this schema does
// not know is shown as a placeholder and never touched (I12).

import type { Node } from 'prosemirror-model';
import { Plugin } from 'prosemirror-state';
import type * as Y from 'yjs';
import { bringAlong } from './bring-along.js';
import { bringWhole } from './bring-whole.js';
import { DocumentSync } from './document-sync.js';
import { neededEditor } from './needed-editor.js';
import { bindingKey, isFromYjs } from './origin.js';
import { createUndoManager, undoPlugin } from './undo.js';
import { withoutMarksOnNodes } from './unmarked-nodes.js';
import { unreadSelection } from './unread-selection.js';

/** The root type that holds the text; the name stock y-prosemirror clients use. */
export const FRAGMENT_NAME = 'prosemirror';

export interface Binding {
  readonly doc: Y.Doc;
  /** The content to begin with, already bound. */
  readonly content: Node;
  readonly plugins: readonly Plugin[];
  readonly undoManager: Y.UndoManager;
  /** Why this editor must not write in the document, as a sentence; null when it may. */
  readonly readOnlyReason: string | null;
  destroy(): void;
}

/** @param onReadOnly  the document has come to need a newer editor */
export function bind(doc: Y.Doc, onReadOnly: () => void): Binding {
  const fragment = doc.getXmlFragment(FRAGMENT_NAME);
  const undoManager = createUndoManager(fragment);
  const sync = new DocumentSync(fragment);
  const needed = neededEditor(doc, onReadOnly);
  const mayBring = () => needed.reason === null && sync.isEditable;
  const bringing = [bringAlong, bringWhole].map((bring) => bring(fragment, mayBring));
  const plugin = new Plugin({
    key: bindingKey,
    state: { init: () => sync, apply: (_tr, value) => value },
    filterTransaction: (tr) => !tr.docChanged || isFromYjs(tr) || needed.reason === null,
    appendTransaction: withoutMarksOnNodes,
    view: (view) => sync.show(view),
    props: {
      handleDOMEvents: {
        compositionend: () => sync.compositionEnded(),
        keydown: () => sync.catchUp(),
      },
    },
  });
  return {
    doc,
    content: sync.tree.root.node,
    plugins: [plugin, unreadSelection(), undoPlugin(undoManager)],
    undoManager,
    get readOnlyReason() {
      return needed.reason;
    },
    destroy: () => {
      needed.stop();
      for (const stop of bringing) stop();
      undoManager.destroy();
    },
  };
}
