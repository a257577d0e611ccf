// Markdown becomes a document: CommonMark with GitHub's tables, task lists, callouts, folding sections and ~~strike~~, and
// some tags where Markdown has no sign (markdown-inline.ts). Other HTML stays text: nothing is dropped.

import MarkdownIt, { type Token } from 'markdown-it';
import { MarkdownParser } from 'prosemirror-markdown';
import type { Node } from 'prosemirror-model';
import { alignmentOf, codeLanguageOf } from './attributes.js';
import { type ExcessCells, readMoreBlocks } from './markdown-blocks.js';
import { readInline, textOf } from './markdown-inline.js';
import { schema } from './schema.js';

export interface ReadMarkdown {
  readonly doc: Node;
  /** From the front matter; '' when there is none. */
  readonly title: string;
  /** What was left out, in sentences. */
  readonly warnings: readonly string[];
}

/** Deeper than anybody writes; what is nested deeper would be left out by the tokenizer, and is refused. */
const MAX_NESTING = 200;

interface Environment {
  /** Addresses that were left out. */
  readonly refused: Set<string>;
  readonly excess: ExcessCells;
}
const newEnvironment = (): Environment => ({ refused: new Set(), excess: new Map() });

const tokenizer = new MarkdownIt('commonmark', { html: true });
Object.assign(tokenizer.options, { maxNesting: MAX_NESTING });
tokenizer.disable('html_block').enable('strikethrough');
readMoreBlocks(tokenizer, MAX_NESTING);
// Addresses are kept as they are written, and judged when they are read.
tokenizer.validateLink = () => true;
tokenizer.normalizeLink = (url) => url;
tokenizer.normalizeLinkText = (url) => url;
tokenizer.core.ruler.before('text_join', 'weft', ({ tokens, env }) => {
  for (const token of tokens) {
    // One level before the tokenizer stops without a word.
    if (token.level >= MAX_NESTING - 1) throw new Error(`It is nested more than ${MAX_NESTING} levels deep.`);
    if (token.type === 'inline') token.children = readInline(token.children ?? [], (env as Environment).refused);
  }
});

const cell = { getAttrs: (token: Token) => ({ align: alignmentOf(/\w+$/.exec(token.attrGet('style') ?? '')?.[0]) }) };
const fromMeta = { getAttrs: (token: Token) => token.meta };

const parser = new MarkdownParser(schema, tokenizer, {
  blockquote: { block: 'blockquote' },
  paragraph: { block: 'paragraph' },
  list_item: { block: 'list_item' },
  bullet_list: { block: 'bullet_list' },
  ordered_list: { block: 'ordered_list', getAttrs: (token) => ({ order: Number(token.attrGet('start') ?? 1) }) },
  task_list: { block: 'task_list' },
  task_item: { block: 'task_item', ...fromMeta },
  callout: { block: 'callout', ...fromMeta },
  details: { block: 'details' },
  details_summary: { block: 'details_summary' },
  table: { block: 'table' },
  thead: { ignore: true },
  tbody: { ignore: true },
  tr: { block: 'table_row' },
  th: { block: 'table_header', ...cell },
  td: { block: 'table_cell', ...cell },
  heading: { block: 'heading', getAttrs: ({ tag }) => ({ level: Number(tag.slice(1)) }) },
  code_block: { block: 'code_block', noCloseToken: true },
  fence: {
    block: 'code_block',
    getAttrs: ({ info }) => ({ language: codeLanguageOf(tokenizer.utils.unescapeAll(info)) }),
    noCloseToken: true,
  },
  hr: { node: 'horizontal_rule' },
  image: {
    node: 'image',
    getAttrs: (token) => ({
      src: token.attrGet('src') ?? '',
      alt: textOf(token.children ?? []) || null,
      title: token.attrGet('title') || null,
    }),
  },
  hardbreak: { node: 'hard_break' },
  document_mention: { node: 'document_mention', ...fromMeta },
  person_mention: { node: 'person_mention', ...fromMeta },
  em: { mark: 'em' },
  strong: { mark: 'strong' },
  s: { mark: 'strike' },
  u: { mark: 'underline' },
  sub: { mark: 'subscript' },
  sup: { mark: 'superscript' },
  mark: { mark: 'highlight', ...fromMeta },
  span: { mark: 'text_color', ...fromMeta },
  code: { mark: 'code', noCloseToken: false },
  code_inline: { mark: 'code', noCloseToken: true },
  link: {
    mark: 'link',
    getAttrs: (token) => ({ href: token.attrGet('href') ?? '', title: token.attrGet('title') || null }),
  },
});

/** @throws Error with a sentence when it is nested too deeply */
export function fromMarkdown(text: string): ReadMarkdown {
  const { body, title, warnings } = readFrontMatter(text.replace(/^\ufeff/, '').replace(/\r\n?/g, '\n'));
  const env = newEnvironment();
  const doc = parseMarkdown(body, env);
  return {
    doc,
    title,
    warnings: [
      ...warnings,
      ...[...env.refused].map((url) => `The address "${url}" is not one that may be linked, and was left out.`),
    ],
  };
}

/** Without front matter. */
export function parseMarkdown(text: string, env: Environment = newEnvironment()): Node {
  return parser.parse(text, env);
}

/** `---`, lines of `key: value`, `---`. Anything else between two such lines is text. */
function readFrontMatter(text: string): { body: string; title: string; warnings: string[] } {
  const [whole, inner] = /^---\n((?:(?:[\w-]+:.*|[ \t#-].*|)\n)*?)---(?:\n|$)/.exec(text) ?? [];
  if (whole === undefined || inner === undefined || inner.trim() === '') return { body: text, title: '', warnings: [] };
  const lines = inner.split('\n').filter((line) => line.trim() !== '');
  const titleLine = lines.find((line) => line.startsWith('title:'));
  return {
    body: text.slice(whole.length),
    title: titleLine === undefined ? '' : unquoted(titleLine.slice('title:'.length).trim()),
    warnings: lines.some((line) => line !== titleLine) ? ['Of the front matter only the title was taken.'] : [],
  };
}

function unquoted(value: string): string {
  if (value.startsWith('"')) {
    try {
      return String(JSON.parse(value));
    } catch {
      return value;
    }
  }
  return /^'.*'$/.test(value) ? value.slice(1, -1).replaceAll("''", "'") : value;
}
