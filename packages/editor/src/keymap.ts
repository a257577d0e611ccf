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
import { type ShortcutName, shortcuts } from './shortcuts.js';
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
  const commands: Readonly<Record<ShortcutName, Command>> = {
    bold: toggleMark('strong'),
    italic: toggleMark('em'),
    underline: toggleMark('underline'),
    strike: toggleMark('strike'),
    code: toggleMark('code'),
    highlight: toggleMark('highlight'),
    link: () => {
      askForLink();
      return true;
    },
    paragraph: setBlock('paragraph'),
    'heading-1': setBlock('heading-1'),
    'heading-2': setBlock('heading-2'),
    'heading-3': setBlock('heading-3'),
    'heading-4': setBlock('heading-4'),
    'heading-5': setBlock('heading-5'),
    'heading-6': setBlock('heading-6'),
    newLine: chainCommands(exitCode, insertHardBreak),
    bulletList: toggleList('bullet'),
    orderedList: toggleList('ordered'),
    taskList: toggleList('task'),
    deeper: chainCommands(tabInCode, inList(withItems(sinkListItem))),
    higher: inList(withItems(liftListItem)),
    tick: chainCommands(exitCode, tickTask, insertHardBreak),
    quote: toggleQuote,
    undo: chainCommands(undoInputRule, undoKey),
    redo: redoKey,
  };
  const names = Object.keys(shortcuts) as ShortcutName[];
  return [
    keymap(Object.fromEntries(names.flatMap((name) => shortcuts[name].keys.map((key) => [key, commands[name]])))),
    keymap({
      Enter: chainCommands(leaveCaption, enterInList, enterOverBlocks),
      Backspace: chainCommands(undoInputRule, backspaceInList, backspaceToParagraph),
      ArrowDown: leaveCodeBelow,
      ArrowRight: leaveCodeBelow,
    }),
    keymap(baseKeymap),
  ];
}
