// The kinds of blocks, as people choose among them: in the menu of a slash, and in that of a block.

import type { Editor } from '@weft/editor';
import { shortcuts } from '@weft/editor';
import { type BlockKind, insertRule, insertSection, insertTable, turnInto } from '@weft/editor/tools';
import type { TemplateResult } from 'lit';
import { icons } from '../ui/icons.js';
import { keysInWords } from '../ui/key-names.js';
import { writingIcons } from './writing-icons.js';

export type Command = Parameters<Editor['run']>[0];

export interface Insertable {
  readonly name: string;
  /** What else somebody may call it. */
  readonly words: string;
  readonly icon: TemplateResult;
  /** Another way to get it. */
  readonly hint: string;
  readonly command: Command;
  /** An event of the page that asks for what it needs first. */
  readonly asks?: string;
}

const kind = (of: BlockKind, name: string, words: string, icon: TemplateResult, hint: string) =>
  ({ kind: of, name, words, icon, hint, command: turnInto(of) }) as const;

export const blockKinds = [
  kind('paragraph', 'Text', 'paragraph plain normal', writingIcons.text, keysInWords(shortcuts.paragraph.keys[0])),
  kind('heading-1', 'Heading 1', 'h1 title big', writingIcons.heading1, '#'),
  kind('heading-2', 'Heading 2', 'h2 subtitle', writingIcons.heading2, '##'),
  kind('heading-3', 'Heading 3', 'h3', writingIcons.heading3, '###'),
  kind('bullet', 'Bullet list', 'ul unordered points', icons.bulletList, '-'),
  kind('ordered', 'Numbered list', 'ol ordered 1 steps', icons.orderedList, '1.'),
  kind('task', 'Task list', 'todo to-do checklist check box', icons.tasks, '[ ]'),
  kind('quote', 'Quote', 'blockquote citation', icons.quote, '>'),
  kind('code', 'Code block', 'pre source program', icons.codeBlock, '```'),
  kind('callout', 'Callout', 'note info box hint tip warning', writingIcons.callout, ''),
] as const;

export const insertables: readonly Insertable[] = [
  ...blockKinds,
  {
    name: 'Section',
    words: 'details fold toggle collapse summary',
    icon: writingIcons.section,
    hint: '',
    command: insertSection,
  },
  {
    name: 'Picture',
    words: 'image photo photograph upload',
    icon: icons.picture,
    hint: '',
    command: () => false,
    asks: 'weft-picture',
  },
  {
    name: 'Emoji',
    words: 'smiley face sign symbol',
    icon: writingIcons.emoji,
    hint: ':',
    command: () => false,
    asks: 'weft-emoji',
  },
  { name: 'Table', words: 'grid rows columns cells', icon: writingIcons.table, hint: '', command: insertTable(3, 3) },
  { name: 'Horizontal rule', words: 'hr line divider separator', icon: icons.rule, hint: '---', command: insertRule },
];

/** Those that somebody may mean by what they have typed so far: by their names first. */
export function meantBy(query: string): Insertable[] {
  const wanted = query.trim().toLowerCase().split(/\s+/);
  const isIn = (text: string): boolean => {
    const words = text.toLowerCase().split(/\s+/);
    return wanted.every((part) => words.some((word) => word.startsWith(part)));
  };
  const byName = insertables.filter(({ name }) => isIn(name));
  const byWord = insertables.filter((item) => !byName.includes(item) && isIn(`${item.name} ${item.words}`));
  return [...byName, ...byWord];
}
