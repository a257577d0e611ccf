// The keys of the editor that people are told of, in the order in which they are told: what the keyboard does, what
// controls say, and what the list of shortcuts shows come from here. `Mod` is Ctrl, or Cmd on a Mac.

import * as words from '@weft/words/writing';

export interface Shortcut {
  readonly group: 'letters' | 'paragraphs' | 'lists' | 'blocks' | 'changes';
  readonly name: string;
  /** Any of them, as ProseMirror writes keys. */
  readonly keys: readonly [string, ...string[]];
}

export const shortcuts = {
  bold: { group: 'letters', name: words.bold, keys: ['Mod-b'] },
  italic: { group: 'letters', name: words.italic, keys: ['Mod-i'] },
  underline: { group: 'letters', name: words.underline, keys: ['Mod-u'] },
  strike: { group: 'letters', name: words.strikethrough, keys: ['Mod-Shift-x'] },
  code: { group: 'letters', name: words.code, keys: ['Mod-e'] },
  highlight: { group: 'letters', name: words.highlight, keys: ['Mod-Shift-h'] },
  link: { group: 'letters', name: words.link, keys: ['Mod-k'] },
  paragraph: { group: 'paragraphs', name: words.text, keys: ['Mod-Alt-0'] },
  'heading-1': { group: 'paragraphs', name: words.heading1, keys: ['Mod-Alt-1'] },
  'heading-2': { group: 'paragraphs', name: words.heading2, keys: ['Mod-Alt-2'] },
  'heading-3': { group: 'paragraphs', name: words.heading3, keys: ['Mod-Alt-3'] },
  'heading-4': { group: 'paragraphs', name: words.heading4, keys: ['Mod-Alt-4'] },
  'heading-5': { group: 'paragraphs', name: words.heading5, keys: ['Mod-Alt-5'] },
  'heading-6': { group: 'paragraphs', name: words.heading6, keys: ['Mod-Alt-6'] },
  newLine: { group: 'paragraphs', name: words.newLine, keys: ['Shift-Enter'] },
  bulletList: { group: 'lists', name: words.bulletList, keys: ['Mod-Shift-8'] },
  orderedList: { group: 'lists', name: words.numberedList, keys: ['Mod-Shift-7'] },
  taskList: { group: 'lists', name: words.taskList, keys: ['Mod-Shift-6'] },
  deeper: { group: 'lists', name: words.deeper, keys: ['Tab'] },
  higher: { group: 'lists', name: words.higher, keys: ['Shift-Tab'] },
  tick: { group: 'lists', name: words.tick, keys: ['Mod-Enter'] },
  quote: { group: 'lists', name: words.quote, keys: ['Mod-Shift-9'] },
  undo: { group: 'changes', name: words.undo, keys: ['Mod-z'] },
  redo: { group: 'changes', name: words.redo, keys: ['Mod-Shift-z', 'Mod-y'] },
} as const satisfies Readonly<Record<string, Shortcut>>;

export type ShortcutName = keyof typeof shortcuts;
