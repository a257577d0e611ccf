// Undo and redo of this person's own changes. One Y.UndoManager lives as long as its Y.Doc is shown, whatever happens to
// the view; the caret goes back to where it was when the change was made.

import { type EditorState, Plugin, PluginKey, type Transaction } from 'prosemirror-state';
import type { EditorView } from 'prosemirror-view';
import * as Y from 'yjs';
import { findSelection, type KeptSelection, keepSelection } from './kept-selection.js';
import { isFromYjs, LOCAL } from './origin.js';

interface UndoState {
  readonly manager: Y.UndoManager;
  /** Where the caret was before the newest local change. */
  readonly before: KeptSelection | null;
  /** The newest local change was a step of its own: what is typed next is another. */
  readonly wasOwnStep: boolean;
  /** Where it was when undo or redo was asked for: by the time the manager tells, the view has changed already. */
  readonly asked: { caret: KeptSelection | null };
}

const key = new PluginKey<UndoState>('weft-undo');
const OWN_STEP = 'weft-own-step';

/** Undone without what was typed a moment before or after. */
export const asOwnStep = (tr: Transaction): Transaction => tr.setMeta(OWN_STEP, true);

export function createUndoManager(fragment: Y.XmlFragment): Y.UndoManager {
  return new Y.UndoManager(fragment, {
    trackedOrigins: new Set([LOCAL]),
    // Undoing the making of a block must not take along what somebody else has written in it since.
    deleteFilter: (item) => !(item.content instanceof Y.ContentType && item.content.type._length > 0),
  });
}

export function undoPlugin(manager: Y.UndoManager): Plugin<UndoState> {
  return new Plugin<UndoState>({
    key,
    state: {
      init: () => ({ manager, before: null, wasOwnStep: false, asked: { caret: null } }),
      apply: (tr, value, oldState) => {
        // An appended transaction belongs to the change it repairs: the caret before that one is the one to keep.
        if (!tr.docChanged || isFromYjs(tr) || tr.getMeta('appendedTransaction')) return value;
        // Before the change is written: later it would have been joined to what was typed a moment ago.
        if (value.wasOwnStep || beginsAnew(tr, oldState)) manager.stopCapturing();
        return { ...value, before: keepSelection(oldState), wasOwnStep: tr.getMeta(OWN_STEP) === true };
      },
    },
    props: {
      // Typing in two places or two lines is two changes, however quickly it was done.
      handleDOMEvents: {
        mousedown: () => {
          manager.stopCapturing();
          return false;
        },
        compositionstart: (view) => {
          if (!view.state.selection.empty) manager.stopCapturing();
          return false;
        },
        keydown: (_view, event) => {
          if (event.key === 'Enter') manager.stopCapturing();
          return false;
        },
      },
    },
    view: (view) => {
      const keepCaret = ({ stackItem }: { stackItem: { meta: Map<unknown, unknown> } }) => {
        const inProgress = manager.undoing || manager.redoing;
        const state = key.getState(view.state);
        stackItem.meta.set(key, inProgress ? state?.asked.caret : state?.before);
      };
      manager.on('stack-item-added', keepCaret);
      return { destroy: () => manager.off('stack-item-added', keepCaret) };
    },
  });
}

/**
 * What is done to selected text is a change of its own, and so is a paste: joined to the words typed a moment before, undoing
 * "select all, delete" would take those words away with it. An input method selects by itself while it composes.
 */
function beginsAnew(tr: Transaction, before: EditorState): boolean {
  if (tr.getMeta(OWN_STEP) === true) return true;
  if (tr.getMeta('composition') !== undefined) return false;
  return !before.selection.empty || tr.getMeta('uiEvent') === 'paste';
}

export const canUndo = (state: EditorState): boolean => key.getState(state)?.manager.canUndo() ?? false;
export const canRedo = (state: EditorState): boolean => key.getState(state)?.manager.canRedo() ?? false;

export function undo(view: EditorView): boolean {
  return step(view, (manager) => manager.undo());
}

export function redo(view: EditorView): boolean {
  return step(view, (manager) => manager.redo());
}

type Pop = (manager: Y.UndoManager) => { meta: Map<unknown, unknown> } | null;

function step(view: EditorView, pop: Pop): boolean {
  const state = key.getState(view.state);
  if (!state || !view.editable) return false;
  state.asked.caret = keepSelection(view.state);
  const popped = popWhatCan(state.manager, pop);
  if (!popped) return false;
  // Only now: what was undone is shown, and the caret was mapped through it.
  const tr = view.state.tr;
  const kept = popped.meta.get(key) as KeptSelection | null | undefined;
  const selection = kept ? findSelection(kept, view.state) : null;
  if (selection) tr.setSelection(selection);
  view.dispatch(tr.scrollIntoView());
  return true;
}

/**
 * Yjs throws on bringing back what was in something that has been collected since (1 of 10,000 histories, most of them
 * undo). The document is sound then, and the step gone: the one before it is what is asked for.
 */
function popWhatCan(manager: Y.UndoManager, pop: Pop): ReturnType<Pop> {
  for (let left = manager.undoStack.length + manager.redoStack.length; left >= 0; left--) {
    try {
      return pop(manager);
    } catch (error) {
      if (!(error instanceof TypeError) || left === 0) throw error;
    }
  }
  return null;
}
