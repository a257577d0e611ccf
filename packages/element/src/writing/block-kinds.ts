// The kinds of blocks, as people choose among them: in the menu of a slash, and in that of a block.

import type { Editor } from '@weft/editor';
import { shortcuts } from '@weft/editor';
import { type BlockKind, insertRule, insertSection, insertTable, turnInto } from '@weft/editor/tools';
import * as tools from '@weft/words/tools';
import * as writing from '@weft/words/writing';
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

const also = tools.alsoCalled;

const kind = (of: BlockKind, name: string, words: string, icon: TemplateResult, hint: string) =>
  ({ kind: of, name, words, icon, hint, command: turnInto(of) }) as const;

export const blockKinds = [
  kind('paragraph', writing.text, also.paragraph, writingIcons.text, keysInWords(shortcuts.paragraph.keys[0])),
  kind('heading-1', writing.heading1, also.heading1, writingIcons.heading1, '#'),
  kind('heading-2', writing.heading2, also.heading2, writingIcons.heading2, '##'),
  kind('heading-3', writing.heading3, also.heading3, writingIcons.heading3, '###'),
  kind('bullet', writing.bulletList, also.bullet, icons.bulletList, '-'),
  kind('ordered', writing.numberedList, also.ordered, icons.orderedList, '1.'),
  kind('task', writing.taskList, also.task, icons.tasks, '[ ]'),
  kind('quote', writing.quote, also.quote, icons.quote, '>'),
  kind('code', writing.codeBlock, also.code, icons.codeBlock, '```'),
  kind('callout', writing.callout, also.callout, writingIcons.callout, ''),
] as const;

export const insertables: readonly Insertable[] = [
  ...blockKinds,
  {
    name: writing.section,
    words: also.section,
    icon: writingIcons.section,
    hint: '',
    command: insertSection,
  },
  {
    name: writing.picture,
    words: also.picture,
    icon: icons.picture,
    hint: '',
    command: () => false,
    asks: 'weft-picture',
  },
  {
    name: writing.emoji,
    words: also.emoji,
    icon: writingIcons.emoji,
    hint: ':',
    command: () => false,
    asks: 'weft-emoji',
  },
  { name: writing.table, words: also.table, icon: writingIcons.table, hint: '', command: insertTable(3, 3) },
  { name: writing.rule, words: also.rule, icon: icons.rule, hint: '---', command: insertRule },
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
