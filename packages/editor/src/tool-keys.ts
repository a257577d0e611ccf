// The keys that come with the menus for writing: what is done to blocks, and what goes to a menu. And what the menus hear of the
// view: that something is different.

import * as words from '@weft/words/writing';
import { keydownHandler } from 'prosemirror-keymap';
import { type Command, NodeSelection, Plugin, Selection } from 'prosemirror-state';
import { deleteBlocks, duplicateBlocks, moveBlocks, selectedBlocks } from './block-commands.js';
import type { Shortcut } from './shortcuts.js';

/** Told to people like those of the editor itself (shortcuts.ts). */
export const blockShortcuts = {
  moveUp: { group: 'blocks', name: words.moveUp, keys: ['Alt-Shift-ArrowUp'] },
  moveDown: { group: 'blocks', name: words.moveDown, keys: ['Alt-Shift-ArrowDown'] },
  duplicate: { group: 'blocks', name: words.duplicate, keys: ['Mod-d'] },
  deleteBlock: { group: 'blocks', name: words.remove, keys: ['Mod-Shift-Backspace'] },
} as const satisfies Readonly<Record<string, Shortcut>>;

/** What the browser does with the key has nothing to do with it. */
const always =
  (command: Command): Command =>
  (state, dispatch, view) =>
    view?.editable === true && (command(state, dispatch, view) || true);

const blockKeys = keydownHandler({
  [blockShortcuts.moveUp.keys[0]]: always(moveBlocks('up')),
  [blockShortcuts.moveDown.keys[0]]: always(moveBlocks('down')),
  [blockShortcuts.duplicate.keys[0]]: always(duplicateBlocks),
  [blockShortcuts.deleteBlock.keys[0]]: always(deleteBlocks),
});

export interface ToolKeys {
  /** Alt-F10. @returns whether there is anything to go to */
  toSelection(): boolean;
  /** Alt-Enter. @returns whether there is anything to go to */
  toBlock(): boolean;
  /** The text (`isText`), the selection or the focus is another. */
  changed(isText: boolean): void;
}

export function toolKeys(tools: ToolKeys): Plugin {
  const focusChanged = (): false => {
    tools.changed(false);
    return false;
  };
  return new Plugin({
    props: {
      handleKeyDown: (view, event) => {
        if (blockKeys(view, event)) return true;
        if (!event.altKey || event.ctrlKey || event.metaKey || event.shiftKey || !view.editable) return false;
        return event.key === 'F10' ? tools.toSelection() : event.key === 'Enter' && tools.toBlock();
      },
      handleDOMEvents: { focus: focusChanged, blur: focusChanged },
    },
    view: () => ({
      update: ({ state }, before) => {
        const isText = state.doc !== before.doc;
        if (isText || !state.selection.eq(before.selection)) tools.changed(isText);
      },
    }),
  });
}

/** Puts the caret into the block that begins at a place, unless it is among those that are selected. */
export const selectBlock =
  (place: number): Command =>
  (state, dispatch) => {
    const { doc } = state;
    const node = doc.nodeAt(place);
    if (node === null) return false;
    const range = selectedBlocks(state);
    const isAmong =
      range !== null &&
      startsOf(range.start, range.parent.children.slice(range.startIndex, range.endIndex)).includes(place);
    if (isAmong) return true;
    const inside = node.isAtom ? NodeSelection.create(doc, place) : Selection.near(doc.resolve(place + 1), 1);
    dispatch?.(state.tr.setSelection(inside));
    return true;
  };

function startsOf(start: number, nodes: readonly { readonly nodeSize: number }[]): number[] {
  let at = start;
  return nodes.map(({ nodeSize }) => {
    at += nodeSize;
    return at - nodeSize;
  });
}
