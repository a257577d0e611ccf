// The content of one textblock as Markdown. In the style of signs everything is written as people would, and may read back
// as something else; with tags it is understood everywhere.

import type { Mark, Node } from 'prosemirror-model';
import { MENTION_ADDRESS, TAGS } from './markdown-inline.js';

const signs: Readonly<Record<string, string>> = { em: '*', strong: '**', strike: '~~' };
const tags = new Map<string, string>(Object.entries(TAGS).map(([tag, mark]) => [mark, tag]));

/** Writes the content of one paragraph or heading. */
export class InlineWriter {
  readonly #node: Node;
  readonly #style: 'signs' | 'tags';
  readonly #isHeading: boolean;
  readonly #isOneLine: boolean;
  /** From the outside in. */
  #open: Mark[] = [];
  #text = '';

  constructor(node: Node, style: 'signs' | 'tags', room: 'lines' | 'one line' = 'lines') {
    this.#node = node;
    this.#style = style;
    this.#isHeading = node.type.name === 'heading';
    this.#isOneLine = this.#isHeading || room === 'one line';
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
    if (this.#style === 'signs' && signs[name] !== undefined) return signs[name];
    const { color } = mark.attrs;
    return color ? `<${tags.get(name)} data-color="${color}">` : `<${tags.get(name)}>`;
  }

  #closing(mark: Mark): string {
    const { name } = mark.type;
    if (name === 'link') return `]${target(mark.attrs.href, mark.attrs.title)}`;
    return this.#style === 'signs' && signs[name] !== undefined ? signs[name] : `</${tags.get(name)}>`;
  }

  #leaf(child: Node, isLast: boolean): void {
    switch (child.type.name) {
      case 'hard_break': {
        const mayEndLine = this.#style === 'signs' && !this.#isOneLine && !isLast && !this.#isAtLineStart;
        this.#text += mayEndLine ? '\\\n' : '<br>';
        return;
      }
      case 'document_mention':
      case 'person_mention': {
        const address = MENTION_ADDRESS[child.type.name as keyof typeof MENTION_ADDRESS];
        this.#text += `[${escaped(child.attrs.label)}](<${address}${encodeURIComponent(child.attrs.id)}>)`;
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
        .replace(/^[#+\-=>|:]/, '\\$&')
        .replace(/^(\d{1,9})([.)])/, '$1\\$2');
    }
    return isLast ? written.replace(/ $/, '&#x20;') : written;
  }

  get #isAtLineStart(): boolean {
    return this.#text === '' || this.#text.endsWith('\n');
  }
}

export const longestRun = (text: string): number =>
  Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));

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
