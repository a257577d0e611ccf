// Where Yjs and ProseMirror meet: the one place that knows how a Y.Doc becomes the content of the editor and back. It
// guards what y-prosemirror does not: content this schema cannot hold is never deleted (the binding stops instead),
// a change from Yjs becomes the smallest step, and undo belongs to the document rather than to the view.

import { schema } from '@weft/model';
import type { Node } from 'prosemirror-model';
import type { EditorState, Plugin, Transaction } from 'prosemirror-state';
import { ySyncPlugin, ySyncPluginKey } from 'y-prosemirror';
import type * as Y from 'yjs';
import { isFromYjs } from './origin.js';
import { type NodeMapping, readFragment } from './read-fragment.js';
import { smallestStep } from './smallest-step.js';
import { createUndoManager, undoPlugin } from './undo.js';
import { unreadSelection } from './unread-selection.js';

/** The root type that holds the text; the name stock y-prosemirror clients use. */
export const FRAGMENT_NAME = 'prosemirror';

export interface Binding {
  readonly doc: Y.Doc;
  /** The content to begin with, already bound: its nodes are those the plugins know. */
  readonly content: Node;
  readonly plugins: readonly Plugin[];
  readonly undoManager: Y.UndoManager;
  destroy(): void;
}

export type BindResult =
  | { readonly ok: true; readonly binding: Binding }
  | { readonly ok: false; readonly reason: string };

/**
 * @param onUnsupported  called inside the Yjs transaction that brought content this editor cannot hold; the plugins must
 *                       have left the view when it returns, or that content is deleted for everyone
 */
export function bind(doc: Y.Doc, onUnsupported: (reason: string) => void): BindResult {
  const fragment = doc.getXmlFragment(FRAGMENT_NAME);
  const reading = readFragment(fragment, schema);
  if (!reading.ok) return reading;

  const undoManager = createUndoManager(fragment);
  const syncPlugin: Plugin = ySyncPlugin(fragment, { mapping: reading.mapping as never });

  // Registered before the plugin registers its own, hence asked first.
  const guard = (_events: readonly unknown[], transaction: Y.Transaction): void => {
    if (transaction.origin === ySyncPluginKey) return;
    const unchanged = (element: Y.XmlElement) =>
      !transaction.changed.has(element as never) && !transaction.changedParentTypes.has(element as never);
    const next = readFragment(fragment, schema, reading.mapping, unchanged);
    if (!next.ok) onUnsupported(next.reason);
  };
  fragment.observeDeep(guard);

  return {
    ok: true,
    binding: {
      doc,
      content: reading.doc,
      plugins: [unreadSelection(doc), syncPlugin, undoPlugin(undoManager)],
      undoManager,
      destroy: () => {
        fragment.unobserveDeep(guard);
        undoManager.destroy();
      },
    },
  };
}

/** What the view should apply in place of a transaction it was given. */
export function narrowed(state: EditorState, tr: Transaction): Transaction {
  return isFromYjs(tr) && tr.docChanged ? smallestStep(state, tr, [ySyncPluginKey, 'addToHistory']) : tr;
}

/** The Yjs side of an editor state: enough to turn its positions into ones that survive others' edits, and back. */
export interface BoundState {
  readonly doc: Y.Doc;
  readonly type: Y.XmlFragment;
  readonly mapping: NodeMapping;
}

export function boundState(state: EditorState): BoundState | null {
  const sync = ySyncPluginKey.getState(state);
  return sync?.binding ? { doc: sync.doc, type: sync.type, mapping: sync.binding.mapping } : null;
}
