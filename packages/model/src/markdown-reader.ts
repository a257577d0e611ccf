// Markdown becomes a document: CommonMark with ~~strike~~, and the tags <u>, <em>, <strong>, <s>, <code> and <br> where
// Markdown has no sign of its own, or none that would be understood. Other HTML stays text: nothing is dropped.

import MarkdownIt, { type Token } from 'markdown-it';
import { MarkdownParser } from 'prosemirror-markdown';
import type { Node } from 'prosemirror-model';
import { safeImageSource, safeLinkHref } from './safe-url.js';
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

/** A paragraph that holds this and nothing else is empty. */
export const EMPTY_PARAGRAPH = '&nbsp;';

const marksByTag: Readonly<Record<string, string>> = { u: 'u', em: 'em', strong: 'strong', s: 's', code: 'code' };

const tokenizer = new MarkdownIt('commonmark', { html: true });
Object.assign(tokenizer.options, { maxNesting: MAX_NESTING });
tokenizer.disable('html_block').enable('strikethrough');
// Addresses are kept as they are written, and judged below.
tokenizer.validateLink = () => true;
tokenizer.normalizeLink = (url) => url;
tokenizer.normalizeLinkText = (url) => url;
tokenizer.core.ruler.before('text_join', 'weft', ({ tokens, env }) => {
  for (const token of tokens) {
    // One level before the tokenizer stops without a word.
    if (token.level >= MAX_NESTING - 1) throw new Error(`It is nested more than ${MAX_NESTING} levels deep.`);
    if (token.type === 'inline') token.children = readInline(token.children ?? [], env as Environment);
  }
});

interface Environment {
  readonly refused: Set<string>;
}

const parser = new MarkdownParser(schema, tokenizer, {
  blockquote: { block: 'blockquote' },
  paragraph: { block: 'paragraph' },
  list_item: { block: 'list_item' },
  bullet_list: { block: 'bullet_list' },
  ordered_list: { block: 'ordered_list', getAttrs: (token) => ({ order: Number(token.attrGet('start') ?? 1) }) },
  heading: { block: 'heading', getAttrs: ({ tag }) => ({ level: Number(tag.slice(1)) }) },
  code_block: { block: 'code_block', noCloseToken: true },
  fence: { block: 'code_block', noCloseToken: true },
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
  em: { mark: 'em' },
  strong: { mark: 'strong' },
  s: { mark: 'strike' },
  u: { mark: 'underline' },
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
  const refused = new Set<string>();
  const doc = parseMarkdown(body, { refused });
  return {
    doc,
    title,
    warnings: [
      ...warnings,
      ...[...refused].map((url) => `The address "${url}" is not one that may be linked, and was left out.`),
    ],
  };
}

/** Without front matter. */
export function parseMarkdown(text: string, env: Environment = { refused: new Set() }): Node {
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

/** Tags become marks where both ends are there, and text otherwise; refused addresses go, and their text stays. */
function readInline(tokens: Token[], { refused }: Environment): Token[] {
  const [only] = tokens;
  if (tokens.length === 1 && only!.type === 'text_special' && only!.markup === EMPTY_PARAGRAPH) return [];
  pairTags(tokens);
  const read: Token[] = [];
  let isInRefusedLink = false;
  for (const token of tokens) {
    if (token.type === 'link_open') {
      isInRefusedLink = safeLinkHref(token.attrGet('href')) === null;
      if (isInRefusedLink) refused.add(token.attrGet('href') ?? '');
    }
    if (isInRefusedLink && (token.type === 'link_open' || token.type === 'link_close')) continue;
    if (token.type === 'image' && safeImageSource(token.attrGet('src')) === null) {
      refused.add(token.attrGet('src') ?? '');
      token.type = 'text';
      token.content = textOf(token.children ?? []);
    }
    read.push(token);
  }
  return read;
}

function pairTags(tokens: readonly Token[]): void {
  const open: { readonly tag: string; readonly token: Token }[] = [];
  for (const token of tokens) {
    if (token.type !== 'html_inline') continue;
    token.type = 'text';
    const [, slash, name] = /^<(\/?)([a-z]+)\s*\/?>$/i.exec(token.content) ?? [];
    const tag = name?.toLowerCase() ?? '';
    if (tag === 'br' && slash === '') token.type = 'hardbreak';
    if (marksByTag[tag] === undefined) continue;
    if (slash === '') {
      open.push({ tag, token });
      continue;
    }
    const at = open.findLastIndex((other) => other.tag === tag);
    if (at < 0) continue;
    const opening = open[at]!.token;
    open.splice(at, 1);
    // Within another pair of the same tag it changes nothing, and must not end that one.
    const isInner = open.some((other) => other.tag === tag);
    opening.type = isInner ? 'text' : `${tag}_open`;
    token.type = isInner ? 'text' : `${tag}_close`;
    opening.content = '';
    token.content = '';
  }
}

function textOf(tokens: readonly Token[]): string {
  return tokens
    .map((token) =>
      token.type === 'softbreak' || token.type === 'hardbreak'
        ? ' '
        : token.children
          ? textOf(token.children)
          : token.content,
    )
    .join('');
}
