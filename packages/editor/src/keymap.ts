// The keyboard. Tab is only taken in code and in lists: elsewhere it leaves the editor, as it must for those without a
// mouse, and out of code Shift-Tab does.

import { baseKeymap, chainCommands, exitCode } from 'prosemirror-commands';
import { undoInputRule } from 'prosemirror-inputrules';
import { keymap } from 'prosemirror-keymap';
import { liftListItem, sinkListItem } from 'prosemirror-schema-list';
import type { Command, Plugin } from 'prosemirror-state';
import {
  backspaceInList,
  backspaceToParagraph,
  enterInList,
  enterOverBlocks,
  insertHardBreak,
  isInItem,
  leaveCaption,
  leaveCodeBelow,
  setBlock,
  tabInCode,
  toggleMark,
  toggleQuote,
  withItems,
} from './commands.js';
import { toggleList } from './lists.js';
import { tickTask } from './task-ticks.js';
import { redo, undo } from './undo.js';

const undoKey: Command = (_state, dispatch, view) => view !== undefined && (!dispatch || undo(view));
const redoKey: Command = (_state, dispatch, view) => view !== undefined && (!dispatch || redo(view));

/** Inside a list a key stays in the list even when it can do nothing there. */
const inList =
  (command: Command): Command =>
  (state, dispatch, view) =>
    isInItem(state) && (command(state, dispatch, view) || true);

/** @param askForLink  what Mod-k does: the address is asked for by whoever draws the controls */
export function keymaps(askForLink: () => void): Plugin[] {
  const headings = ([1, 2, 3, 4, 5, 6] as const).map((level) => [`Mod-Alt-${level}`, setBlock(`heading-${level}`)]);
  return [
    keymap({
      'Mod-z': chainCommands(undoInputRule, undoKey),
      'Mod-y': redoKey,
      'Mod-Shift-z': redoKey,
      'Mod-b': toggleMark('strong'),
      'Mod-i': toggleMark('em'),
      'Mod-u': toggleMark('underline'),
      'Mod-Shift-x': toggleMark('strike'),
      'Mod-e': toggleMark('code'),
      'Mod-k': () => {
        askForLink();
        return true;
      },
      'Mod-Alt-0': setBlock('paragraph'),
      ...Object.fromEntries(headings),
      'Mod-Shift-7': toggleList('ordered'),
      'Mod-Shift-8': toggleList('bullet'),
      'Mod-Shift-9': toggleQuote,
      Enter: chainCommands(leaveCaption, enterInList, enterOverBlocks),
      'Shift-Enter': chainCommands(exitCode, insertHardBreak),
      'Mod-Enter': chainCommands(exitCode, tickTask, insertHardBreak),
      Tab: chainCommands(tabInCode, inList(withItems(sinkListItem))),
      'Shift-Tab': inList(withItems(liftListItem)),
      Backspace: chainCommands(undoInputRule, backspaceInList, backspaceToParagraph),
      ArrowDown: leaveCodeBelow,
      ArrowRight: leaveCodeBelow,
    }),
    keymap(baseKeymap),
  ];
}
