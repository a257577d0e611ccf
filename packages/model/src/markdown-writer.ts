// A document becomes Markdown that reads back as the same document. The usual signs are used wherever they are
// understood: each piece of text is read again, and where another one comes out, written with tags instead.

import type { Mark, Node } from 'prosemirror-model';
import { EMPTY_PARAGRAPH, parseMarkdown } from './markdown-reader.js';
import { forMarkdown } from './markdown-subset.js';

export interface WrittenMarkdown {
  readonly text: string;
  /** What Markdown could not hold, in sentences. */
  readonly warnings: readonly string[];
}

/** @param title kept as front matter; none when empty */
export function toMarkdown(document: Node, title = ''): WrittenMarkdown {
  const { doc, warnings } = forMarkdown(document);
  const frontMatter = title === '' ? '' : `---\ntitle: ${JSON.stringify(title)}\n---\n\n`;
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
    isOtherSign = before?.type === node.type && !isOtherSign;
    if (before && !mayFollowDirectly(parent, before, node)) lines.push('');
    lines.push(...block(node, isOtherSign));
  });
  return lines;
}

/** A list under the one line of its item needs no empty line between, which would be harder to read. */
function mayFollowDirectly(parent: Node, before: Node, node: Node): boolean {
  return (
    parent.type.name === 'list_item' &&
    before.type.name === 'paragraph' &&
    before.childCount > 0 &&
    node.type.name === 'bullet_list' &&
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
      return node.childCount === 0 ? ['>'] : blocks(node).map((line) => (line === '' ? '>' : `> ${line}`));
    case 'code_block':
      return codeBlock(node.textContent);
    case 'horizontal_rule':
      // Hyphens would underline the line before, or be items of a list.
      return ['***'];
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
    const [first, ...rest] = blocks(item);
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

function codeBlock(code: string): Lines {
  const fence = '`'.repeat(Math.max(3, longestRun(code) + 1));
  return code === '' ? [fence, fence] : [fence, ...code.split('\n'), fence];
}

const longestRun = (text: string): number => Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));

const isEmptyParagraph = (node: Node): boolean => node.type.name === 'paragraph' && node.childCount === 0;

function textblock(node: Node, prefix: string): string {
  const written = prefix + new InlineWriter(node, 'signs').write();
  return readsAs(written, node) ? written : prefix + new InlineWriter(node, 'tags').write();
}

function readsAs(text: string, node: Node): boolean {
  const { content } = parseMarkdown(text);
  return content.childCount === 1 && content.child(0).eq(node);
}

const signs: Readonly<Record<string, string>> = { em: '*', strong: '**', strike: '~~' };
const tags: Readonly<Record<string, string>> = { em: 'em', strong: 'strong', strike: 's', underline: 'u' };

/** Writes the content of one paragraph or heading. */
class InlineWriter {
  readonly #node: Node;
  readonly #style: 'signs' | 'tags';
  readonly #isHeading: boolean;
  /** From the outside in. */
  #open: Mark[] = [];
  #text = '';

  constructor(node: Node, style: 'signs' | 'tags') {
    this.#node = node;
    this.#style = style;
    this.#isHeading = node.type.name === 'heading';
  }

  write(): string {
    this.#node.forEach((child, _offset, index) => {
      this.#switchTo(child.marks.filter((mark) => mark.type.name !== 'code'));
      this.#leaf(child, index === this.#node.childCount - 1);
    });
    this.#switchTo([]);
    return this.#text;
  }

  #switchTo(marks: readonly Mark[]): void {
    let kept = 0;
    while (kept < this.#open.length && kept < marks.length && this.#open[kept]!.eq(marks[kept]!)) kept++;
    for (const mark of this.#open.splice(kept).reverse()) this.#text += this.#closing(mark);
    for (const mark of marks.slice(kept)) {
      this.#text += this.#opening(mark);
      this.#open.push(mark);
    }
  }

  #opening(mark: Mark): string {
    const { name } = mark.type;
    if (name === 'link') return '[';
    return this.#style === 'signs' && signs[name] !== undefined ? signs[name] : `<${tags[name]}>`;
  }

  #closing(mark: Mark): string {
    const { name } = mark.type;
    if (name === 'link') return `]${target(mark.attrs.href, mark.attrs.title)}`;
    return this.#style === 'signs' && signs[name] !== undefined ? signs[name] : `</${tags[name]}>`;
  }

  #leaf(child: Node, isLast: boolean): void {
    switch (child.type.name) {
      case 'hard_break': {
        const mayEndLine = this.#style === 'signs' && !this.#isHeading && !isLast && !this.#isAtLineStart;
        this.#text += mayEndLine ? '\\\n' : '<br>';
        return;
      }
      case 'image':
        this.#text += `![${escaped(child.attrs.alt ?? '')}]${target(child.attrs.src, child.attrs.title)}`;
        return;
      default:
        this.#text += child.marks.some((mark) => mark.type.name === 'code')
          ? this.#code(child.text!)
          : this.#plain(child.text!, isLast);
    }
  }

  #code(text: string): string {
    if (this.#style === 'tags') return `<code>${escaped(text)}</code>`;
    const ticks = '`'.repeat(longestRun(text) + 1);
    const space = /^`|`$|^ .* $/.test(text) ? ' ' : '';
    return ticks + space + text + space + ticks;
  }

  #plain(text: string, isLast: boolean): string {
    // A row of `#` may close a heading.
    let written = this.#isHeading ? escaped(text, /[\\`*[\]<~#]/g) : escaped(text);
    if (this.#isAtLineStart) {
      written = written
        .replace(/^ /, '&#x20;')
        .replace(/^[#+\-=>]/, '\\$&')
        .replace(/^(\d{1,9})([.)])/, '$1\\$2');
    }
    return isLast ? written.replace(/ $/, '&#x20;') : written;
  }

  get #isAtLineStart(): boolean {
    return this.#text === '' || this.#text.endsWith('\n');
  }
}

/** Text in which nothing is a sign. White space but for the plain space is spelled out, or lines would be trimmed of it. */
function escaped(text: string, always: RegExp = /[\\`*[\]<~]/g): string {
  return text
    .replace(always, '\\$&')
    .replace(/(?<![a-z0-9])_|_(?![a-z0-9])/gi, '\\_')
    .replace(/&(?=#|[a-z]|$)/gi, '\\&')
    .replace(/!$/, '\\!')
    .replace(/[^\S ]|\ufeff/g, (space) => `&#x${space.charCodeAt(0).toString(16)};`);
}

function target(url: string, title: string | null): string {
  const address = /^[\w:/?#@!$',;=.%+-]+$/.test(url) ? url : `<${inTarget(url, /[\\<>]/g)}>`;
  return title === null ? `(${address})` : `(${address} "${inTarget(title, /[\\"]/g)}")`;
}

const inTarget = (text: string, signsIn: RegExp): string =>
  text
    .replace(signsIn, '\\$&')
    .replaceAll('&', '&amp;')
    .replace(/[^\S ]|\ufeff/g, (space) => `&#x${space.charCodeAt(0).toString(16)};`);
