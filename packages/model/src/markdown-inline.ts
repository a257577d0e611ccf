// The text of Markdown, token by token: tags become marks where both ends are there, addresses are judged, and links of
// the scheme `weft:` become mentions. Nothing else becomes anything: other HTML stays text.

import type { Token } from 'markdown-it';
import { colorOf } from './attributes.js';
import { safeImageSource, safeLinkHref } from './safe-url.js';

/** A paragraph that holds this and nothing else is empty. */
export const EMPTY_PARAGRAPH = '&nbsp;';
/** How a mention is written: as a link to this and its id. */
export const MENTION_ADDRESS = { document_mention: 'weft:document/', person_mention: 'weft:person/' } as const;

/** The marks that are written as tags, where Markdown has no sign or none that would be understood. */
export const TAGS = {
  u: 'underline',
  em: 'em',
  strong: 'strong',
  s: 'strike',
  code: 'code',
  sub: 'subscript',
  sup: 'superscript',
  mark: 'highlight',
  span: 'text_color',
} as const;

/** @param refused  gets the addresses that were left out */
export function readInline(tokens: Token[], refused: Set<string>): Token[] {
  const [only] = tokens;
  if (tokens.length === 1 && only!.type === 'text_special' && only!.markup === EMPTY_PARAGRAPH) return [];
  pairTags(tokens);
  const read: Token[] = [];
  const depths = new Map<string, number>();
  let isInRefusedLink = false;
  for (let index = 0; index < tokens.length; index++) {
    const token = tokens[index]!;
    if (token.type === 'link_open') {
      const mention = mentionOf(token);
      if (mention) {
        const start = index + 1;
        while (tokens[index]!.type !== 'link_close') index++;
        const meta = { id: mention.id, label: textOf(tokens.slice(start, index)) };
        read.push(Object.assign(token, { type: mention.name, nesting: 0, meta }));
        continue;
      }
      isInRefusedLink = safeLinkHref(token.attrGet('href')) === null;
      if (isInRefusedLink) refused.add(token.attrGet('href') ?? '');
    }
    if (isInRefusedLink && (token.type === 'link_open' || token.type === 'link_close')) continue;
    if (isInside(token, depths)) continue;
    if (token.type === 'code_inline' && depths.get('code')) token.type = 'text';
    if (token.type === 'image' && safeImageSource(token.attrGet('src')) === null) {
      refused.add(token.attrGet('src') ?? '');
      token.type = 'text';
      token.content = textOf(token.children ?? []);
    }
    read.push(token);
  }
  return read;
}

/** Whether it begins or ends a mark within another of its kind: that says nothing new, and must not end the outer one. */
function isInside({ type, nesting }: Token, depths: Map<string, number>): boolean {
  if (nesting === 0) return false;
  const name = type.replace(/_(open|close)$/, '');
  const depth = (depths.get(name) ?? 0) + nesting;
  depths.set(name, depth);
  return nesting === 1 ? depth > 1 : depth > 0;
}

/** Whom or what a link mentions; null when it is a link. */
function mentionOf(link: Token): { readonly name: string; readonly id: string } | null {
  const href = link.attrGet('href') ?? '';
  for (const [name, address] of Object.entries(MENTION_ADDRESS)) {
    const id = href.startsWith(address) ? decoded(href.slice(address.length)) : null;
    if (id !== null) return { name, id };
  }
  return null;
}

function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}

function pairTags(tokens: readonly Token[]): void {
  const open: { readonly tag: string; readonly token: Token }[] = [];
  for (const token of tokens) {
    if (token.type !== 'html_inline') continue;
    token.type = 'text';
    const [, slash, name, color] = /^<(\/?)([a-z]+)(?: data-color="([a-z]+)")?\s*\/?>$/i.exec(token.content) ?? [];
    const tag = name?.toLowerCase() ?? '';
    if (tag === 'br' && slash === '') token.type = 'hardbreak';
    if (!Object.hasOwn(TAGS, tag)) continue;
    if (slash === '') {
      if (tag === 'span' ? colorOf(color) === null : color !== undefined && tag !== 'mark') continue;
      token.meta = { color: colorOf(color) };
      open.push({ tag, token });
      continue;
    }
    const at = open.findLastIndex((other) => other.tag === tag);
    if (at < 0) continue;
    const opening = open[at]!.token;
    open.splice(at, 1);
    Object.assign(opening, { type: `${tag}_open`, nesting: 1, content: '' });
    Object.assign(token, { type: `${tag}_close`, nesting: -1, content: '' });
  }
}

export function textOf(tokens: readonly Token[]): string {
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
