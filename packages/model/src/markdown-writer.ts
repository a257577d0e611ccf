// A document becomes Markdown that reads back as the same document. The usual signs are used wherever they are
// understood: each piece of text is read again, and where another one comes out, written with tags instead.

import type { Node } from 'prosemirror-model';
import { EMPTY_PARAGRAPH } from './markdown-inline.js';
import { InlineWriter, longestRun } from './markdown-inline-writer.js';
import { parseMarkdown } from './markdown-reader.js';
import { forMarkdown } from './markdown-subset.js';
import { schema } from './schema.js';
import { soundText } from './sound-text.js';

export interface WrittenMarkdown {
  readonly text: string;
  /** What Markdown could not hold, in sentences. */
  readonly warnings: readonly string[];
}

/** @param title kept as front matter; none when empty */
export function toMarkdown(document: Node, title = ''): WrittenMarkdown {
  const { doc, warnings } = forMarkdown(document);
  const frontMatter = title === '' ? '' : `---\ntitle: ${JSON.stringify(soundText(title))}\n---\n\n`;
  const isEmpty = doc.childCount === 1 && isEmptyParagraph(doc.child(0));
  return { text: frontMatter + (isEmpty ? '' : `${blocks(doc).join('\n')}\n`), warnings };
}

/** A block as lines, without what its place puts before them. */
type Lines = readonly string[];

function blocks(parent: Node): Lines {
  const lines: string[] = [];
  /** Lists of one kind that follow each other take other signs in turn, or they would be read as one. */
  let isOtherSign = false;
  parent.forEach((node, _offset, index) => {
    const before = index > 0 ? parent.child(index - 1) : null;
    isOtherSign = before !== null && signKind(before) === signKind(node) && !isOtherSign;
    if (before && !mayFollowDirectly(parent, before, node)) lines.push('');
    lines.push(...block(node, isOtherSign));
  });
  return lines;
}

const signKind = ({ type: { name } }: Node): string => (name === 'task_list' ? 'bullet_list' : name);

/** A list under the one line of its item needs no empty line between, which would be harder to read. */
function mayFollowDirectly(parent: Node, before: Node, node: Node): boolean {
  return (
    /^(list|task)_item$/.test(parent.type.name) &&
    before.type.name === 'paragraph' &&
    before.childCount > 0 &&
    signKind(node) === 'bullet_list' &&
    node.child(0).childCount > 0
  );
}

function block(node: Node, isOtherSign: boolean): Lines {
  switch (node.type.name) {
    case 'heading': {
      const sign = '#'.repeat(node.attrs.level);
      return [node.childCount === 0 ? sign : textblock(node, `${sign} `)];
    }
    case 'blockquote':
      return quoted(node.childCount === 0 ? [''] : blocks(node));
    case 'callout':
      return quoted(signed(`[!${node.attrs.kind.toUpperCase()}]`, '\n', node));
    case 'details':
      return details(node);
    case 'table':
      return table(node);
    case 'code_block':
      return codeBlock(node.textContent, node.attrs.language);
    case 'horizontal_rule':
      // Hyphens would underline the line before, or be items of a list.
      return ['***'];
    case 'task_list':
    case 'bullet_list':
      return list(node, () => (isOtherSign ? '+' : '-'));
    case 'ordered_list':
      return list(node, (index) => `${Math.min(node.attrs.order + index, 999_999_999)}${isOtherSign ? ')' : '.'}`);
    default:
      return isEmptyParagraph(node) ? [EMPTY_PARAGRAPH] : textblock(node, '').split('\n');
  }
}

function list(node: Node, sign: (index: number) => string): Lines {
  const lines: string[] = [];
  const isTight = everyChild(node, isShort);
  node.forEach((item, _offset, index) => {
    if (index > 0 && !isTight) lines.push('');
    const marker = sign(index);
    const indent = ' '.repeat(marker.length + 1);
    const [first, ...rest] =
      item.type.name === 'task_item' ? signed(item.attrs.checked ? '[x]' : '[ ]', ' ', item) : blocks(item);
    lines.push(first === undefined ? marker : `${marker} ${first}`);
    lines.push(...rest.map((line) => (line === '' ? '' : indent + line)));
  });
  return lines;
}

/** An item of one line, with such items under it at most. */
function isShort(item: Node): boolean {
  if (item.childCount === 0) return true;
  const [first, second] = [item.child(0), item.maybeChild(1)];
  if (first.type.name !== 'paragraph' || item.childCount > 2) return false;
  return second === null || (mayFollowDirectly(item, first, second) && everyChild(second, isShort));
}

function everyChild(node: Node, holds: (child: Node) => boolean): boolean {
  for (let index = 0; index < node.childCount; index++) if (!holds(node.child(index))) return false;
  return true;
}

const quoted = (lines: Lines): Lines => lines.map((line) => (line === '' ? '>' : `> ${line}`));

/** Blocks after a sign that belongs to the first of them when that is a paragraph, and stands by itself otherwise. */
function signed(sign: string, gap: ' ' | '\n', parent: Node): Lines {
  const lines = blocks(parent);
  if (lines.length === 0) return [sign];
  if (parent.firstChild?.type.name !== 'paragraph') return [sign, '', ...lines];
  return gap === '\n' ? [sign, ...lines] : [sign + gap + lines[0], ...lines.slice(1)];
}

function details(node: Node): Lines {
  const summary = node.firstChild?.type.name === 'details_summary' ? node.firstChild : null;
  const title = summary ? [`<summary>${oneLine(summary)}</summary>`] : [];
  const content = blocks(summary ? node.copy(node.content.cut(summary.nodeSize)) : node);
  return ['<details>', ...title, '', ...content, ...(content.length > 0 ? [''] : []), '</details>'];
}

function table({ children: [head, ...rows] }: Node): Lines {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const cells = (row: Node): string => line(row.children.map((cell) => oneLine(cell.child(0)).replaceAll('|', '\\|')));
  const rule = head!.children.map(({ attrs }) => rules[attrs.align ?? ''] ?? '---');
  return [cells(head!), line(rule), ...rows.map(cells)];
}

const rules: Readonly<Record<string, string>> = { left: ':--', center: ':-:', right: '--:' };

function codeBlock(code: string, language: string | null): Lines {
  const fence = '`'.repeat(Math.max(3, longestRun(code) + 1));
  const info = (language ?? '').replace(/[\\&`]/g, (sign) => `&#x${sign.charCodeAt(0).toString(16)};`);
  return code === '' ? [fence + info, fence] : [fence + info, ...code.split('\n'), fence];
}

const isEmptyParagraph = (node: Node): boolean => node.type.name === 'paragraph' && node.childCount === 0;

function textblock(node: Node, prefix: string): string {
  const written = prefix + new InlineWriter(node, 'signs').write();
  return readsAs(written, node) ? written : prefix + new InlineWriter(node, 'tags').write();
}

/** The text of what has no lines: a cell, the title of a section. */
function oneLine(node: Node): string {
  const paragraph = schema.node('paragraph', null, node.content);
  const written = new InlineWriter(paragraph, 'signs', 'one line').write();
  return readsAs(written, paragraph) ? written : new InlineWriter(paragraph, 'tags', 'one line').write();
}

function readsAs(text: string, node: Node): boolean {
  const { content } = parseMarkdown(text);
  return content.childCount === 1 && content.child(0).eq(node);
}
