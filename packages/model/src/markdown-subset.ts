// What Markdown can hold of a document: everything but empty lists, addresses that lead nowhere safe, some control
// characters, and numbers out of range. What goes is told, unless nobody could see it.

import { Fragment, type Mark, type Node } from 'prosemirror-model';
import { safeImageSource, safeLinkHref } from './safe-url.js';
import { schema } from './schema.js';

export interface MarkdownSubset {
  readonly doc: Node;
  readonly warnings: readonly string[];
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: two of them are what is looked for
const unwritable = /[\u0000\u000b]|[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g;
const MAX_LIST_START = 999_999_999;

export function forMarkdown(doc: Node): MarkdownSubset {
  const warnings = new Set<string>();
  const content = reduceBlocks(doc, warnings);
  return {
    doc: doc.copy(content.childCount === 0 ? Fragment.from(schema.node('paragraph')) : content),
    warnings: [...warnings],
  };
}

function reduceBlocks(parent: Node, warnings: Set<string>): Fragment {
  const blocks: Node[] = [];
  parent.forEach((node) => {
    const block = reduceBlock(node, warnings);
    if (block) blocks.push(block);
  });
  return Fragment.fromArray(blocks);
}

function reduceBlock(node: Node, warnings: Set<string>): Node | null {
  switch (node.type.name) {
    case 'heading': {
      const level = Math.trunc(node.attrs.level);
      return schema.node('heading', { level: clamp(level, 1, 6) }, reduceInline(node, warnings));
    }
    case 'paragraph':
      return node.copy(reduceInline(node, warnings));
    case 'code_block': {
      const code = sound(node.textContent.replace(/\r\n?/g, '\n'), warnings);
      return node.copy(code === '' ? Fragment.empty : Fragment.from(schema.text(code)));
    }
    case 'bullet_list':
    case 'ordered_list': {
      const content = reduceBlocks(node, warnings);
      if (content.childCount === 0) return null;
      const start = Math.trunc(node.attrs.order ?? 1);
      // The numbers of all items have to fit.
      const order = clamp(start, 0, MAX_LIST_START - content.childCount);
      return node.type.create(node.type.name === 'ordered_list' ? { order } : null, content);
    }
    case 'horizontal_rule':
      return node;
    default:
      return node.copy(reduceBlocks(node, warnings));
  }
}

function reduceInline(parent: Node, warnings: Set<string>): Fragment {
  const nodes: Node[] = [];
  parent.forEach((node) => {
    // Code is text: on anything else the mark shows nowhere.
    const kept = node.isText ? node.marks : node.marks.filter((mark) => mark.type.name !== 'code');
    const marks = kept.flatMap((mark) => reduceMark(mark, warnings));
    if (node.isText) nodes.push(schema.text(sound(node.text!, warnings), marks));
    else if (node.type.name !== 'image') nodes.push(node.mark(marks));
    else if (safeImageSource(node.attrs.src) !== null) nodes.push(reduceImage(node, marks, warnings));
    else {
      warnings.add(`The image "${node.attrs.src}" is at an address that is not fetched, and was left out.`);
      const alt = sound(node.attrs.alt ?? '', warnings);
      if (alt !== '') nodes.push(schema.text(alt, marks));
    }
  });
  return Fragment.fromArray(nodes);
}

function reduceImage(node: Node, marks: readonly Mark[], warnings: Set<string>): Node {
  const { src, alt, title } = node.attrs;
  const attrs = { src: sound(src, warnings), alt: soundOrNull(alt, warnings), title: soundOrNull(title, warnings) };
  return schema.node('image', attrs, undefined, marks);
}

function reduceMark(mark: Mark, warnings: Set<string>): Mark[] {
  if (mark.type.name !== 'link') return [mark];
  const { href, title } = mark.attrs;
  if (safeLinkHref(href) === null) {
    warnings.add(`The link to "${href}" leads nowhere safe, and was left out; its text is there.`);
    return [];
  }
  return [schema.mark('link', { href: sound(href, warnings), title: soundOrNull(title, warnings) })];
}

function soundOrNull(text: string | null, warnings: Set<string>): string | null {
  return text === null || text === '' ? null : sound(text, warnings);
}

/** Without characters that Markdown, or UTF-8, has no way to write. */
function sound(text: string, warnings: Set<string>): string {
  const replaced = text.replace(unwritable, '\ufffd');
  if (replaced !== text) warnings.add('Some control characters cannot be written, and are shown as "\ufffd".');
  return replaced;
}

const clamp = (value: number, least: number, most: number): number =>
  Number.isNaN(value) ? Math.max(1, least) : Math.min(Math.max(value, least), most);
