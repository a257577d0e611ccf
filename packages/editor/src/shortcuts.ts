// The keys of the editor that people are told of, in the order in which they are told: what the keyboard does, what
// controls say, and what the list of shortcuts shows come from here. `Mod` is Ctrl, or Cmd on a Mac.

export interface Shortcut {
  readonly group: 'Letters' | 'Paragraphs' | 'Lists and quotes' | 'Blocks' | 'Changes';
  readonly name: string;
  /** Any of them, as ProseMirror writes keys. */
  readonly keys: readonly [string, ...string[]];
}

export const shortcuts = {
  bold: { group: 'Letters', name: 'Bold', keys: ['Mod-b'] },
  italic: { group: 'Letters', name: 'Italic', keys: ['Mod-i'] },
  underline: { group: 'Letters', name: 'Underline', keys: ['Mod-u'] },
  strike: { group: 'Letters', name: 'Strikethrough', keys: ['Mod-Shift-x'] },
  code: { group: 'Letters', name: 'Code', keys: ['Mod-e'] },
  highlight: { group: 'Letters', name: 'Highlight', keys: ['Mod-Shift-h'] },
  link: { group: 'Letters', name: 'Link', keys: ['Mod-k'] },
  paragraph: { group: 'Paragraphs', name: 'Text', keys: ['Mod-Alt-0'] },
  'heading-1': { group: 'Paragraphs', name: 'Heading 1', keys: ['Mod-Alt-1'] },
  'heading-2': { group: 'Paragraphs', name: 'Heading 2', keys: ['Mod-Alt-2'] },
  'heading-3': { group: 'Paragraphs', name: 'Heading 3', keys: ['Mod-Alt-3'] },
  'heading-4': { group: 'Paragraphs', name: 'Heading 4', keys: ['Mod-Alt-4'] },
  'heading-5': { group: 'Paragraphs', name: 'Heading 5', keys: ['Mod-Alt-5'] },
  'heading-6': { group: 'Paragraphs', name: 'Heading 6', keys: ['Mod-Alt-6'] },
  newLine: { group: 'Paragraphs', name: 'New line in a paragraph', keys: ['Shift-Enter'] },
  bulletList: { group: 'Lists and quotes', name: 'Bullet list', keys: ['Mod-Shift-8'] },
  orderedList: { group: 'Lists and quotes', name: 'Numbered list', keys: ['Mod-Shift-7'] },
  taskList: { group: 'Lists and quotes', name: 'Task list', keys: ['Mod-Shift-6'] },
  deeper: { group: 'Lists and quotes', name: 'Further in', keys: ['Tab'] },
  higher: { group: 'Lists and quotes', name: 'Further out', keys: ['Shift-Tab'] },
  tick: { group: 'Lists and quotes', name: 'Tick a task', keys: ['Mod-Enter'] },
  quote: { group: 'Lists and quotes', name: 'Quote', keys: ['Mod-Shift-9'] },
  undo: { group: 'Changes', name: 'Undo', keys: ['Mod-z'] },
  redo: { group: 'Changes', name: 'Redo', keys: ['Mod-Shift-z', 'Mod-y'] },
} as const satisfies Readonly<Record<string, Shortcut>>;

export type ShortcutName = keyof typeof shortcuts;
