// What Markdown can hold of a document: a document again, with what goes left out. What goes is told, unless nobody could
// see it: empty lists, numbers out of range.

import { Fragment, type Mark, type Node } from 'prosemirror-model';
import {
  alignmentOf,
  calloutKindOf,
  codeLanguageOf,
  colorOf,
  directionOf,
  headingLevelOf,
  widthOf,
} from './attributes.js';
import { MENTION_ADDRESS } from './markdown-inline.js';
import { reduceTable } from './markdown-table.js';
import { safeImageSource, safeLinkHref } from './safe-url.js';
import { type MarkName, type NodeName, schema } from './schema.js';

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
  return Fragment.fromArray(parent.children.flatMap((node) => reduceBlock(node, warnings)));
}

function reduceBlock(node: Node, warnings: Set<string>): readonly Node[] {
  const { attrs } = node;
  switch (node.type.name as NodeName) {
    case 'heading':
      return [schema.node('heading', { level: headingLevelOf(attrs.level) }, reduceTextblock(node, warnings))];
    case 'paragraph':
    // What stands elsewhere than at the start of its section is no title there.
    case 'details_summary':
      return [schema.node('paragraph', null, reduceTextblock(node, warnings))];
    case 'code_block': {
      const code = sound(node.textContent.replace(/\r\n?/g, '\n'), warnings);
      const language = soundOrNull(codeLanguageOf(attrs.language), warnings);
      return [schema.node('code_block', { language }, code === '' ? [] : [schema.text(code)])];
    }
    case 'bullet_list':
    case 'task_list':
    case 'ordered_list': {
      const content = reduceBlocks(node, warnings);
      if (content.childCount === 0) return [];
      // The numbers of all items have to fit.
      const order = clamp(Math.trunc(attrs.order ?? 1), 0, MAX_LIST_START - content.childCount);
      return [node.type.create(node.type.name === 'ordered_list' ? { order } : null, content)];
    }
    case 'callout':
      return [schema.node('callout', { kind: calloutKindOf(attrs.kind) }, reduceBlocks(node, warnings))];
    case 'details': {
      const content = reduceBlocks(node, warnings);
      if (node.firstChild?.type.name !== 'details_summary') return [node.copy(content)];
      return [node.copy(content.replaceChild(0, schema.node('details_summary', null, content.child(0).content)))];
    }
    case 'figure':
      return reduceFigure(node, warnings);
    case 'table':
      return reduceTable(node, (cell) => reduceCell(cell, warnings), warnings);
    case 'horizontal_rule':
      return [node];
    case 'unknown_block': {
      const text = reduceUnknown(node, warnings);
      return text === '' ? [] : [schema.node('paragraph', null, [schema.text(text)])];
    }
    default:
      return [node.copy(reduceBlocks(node, warnings))];
  }
}

function reduceTextblock(node: Node, warnings: Set<string>): Fragment {
  if (alignmentOf(node.attrs.align) || directionOf(node.attrs.dir)) {
    warnings.add('Markdown has no alignment and no direction of text: they were left out.');
  }
  return reduceInline(node, warnings);
}

/** The picture as a paragraph, and its caption as another. */
function reduceFigure(node: Node, warnings: Set<string>): Node[] {
  const { src, alt, width } = node.attrs;
  const picture = schema.node('paragraph', null, [schema.node('image', { src, alt, width })]);
  const paragraphs = [schema.node('paragraph', null, reduceInline(picture, warnings))];
  if (node.childCount === 0) return paragraphs;
  warnings.add('Markdown has no captions: they stand under their pictures as paragraphs.');
  return [...paragraphs, schema.node('paragraph', null, reduceInline(node, warnings))];
}

/** One line of text: the texts of all its blocks. */
function reduceCell(cell: Node, warnings: Set<string>): Fragment {
  const [only] = cell.children;
  if (cell.childCount === 1 && only!.type.name === 'paragraph') return reduceTextblock(only!, warnings);
  if (cell.childCount > 0) warnings.add('In Markdown a cell of a table holds one line: its blocks became one.');
  const parts: Node[] = [];
  cell.descendants((node) => {
    if (!node.isTextblock) return true;
    const inline = reduceTextblock(node, warnings);
    if (parts.length > 0 && inline.childCount > 0) parts.push(schema.node('hard_break'));
    parts.push(...inline.content);
    return false;
  });
  return Fragment.fromArray(parts);
}

function reduceInline(parent: Node, warnings: Set<string>): Fragment {
  const nodes: Node[] = [];
  parent.forEach((node) => {
    // Code is text: on anything else the mark shows nowhere.
    const kept = node.isText ? node.marks : node.marks.filter((mark) => mark.type.name !== 'code');
    const marks = kept.flatMap((mark) => reduceMark(mark, warnings));
    if (node.isText) nodes.push(schema.text(sound(node.text!, warnings), marks));
    else if (node.type.name === 'unknown_inline') {
      const text = reduceUnknown(node, warnings);
      if (text !== '') nodes.push(schema.text(text, marks));
    } else if (node.type.name in MENTION_ADDRESS) nodes.push(reduceMention(node, marks, warnings));
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

/** Its text, which is all that can be said of it elsewhere. */
function reduceUnknown(node: Node, warnings: Set<string>): string {
  warnings.add(`A "${node.attrs.name}" was made with a newer Weft: only its text is in the Markdown.`);
  return sound(node.type.spec.leafText?.(node) ?? '', warnings);
}

function reduceImage(node: Node, marks: readonly Mark[], warnings: Set<string>): Node {
  const { src, alt, title, width } = node.attrs;
  if (widthOf(width) !== null) warnings.add('Markdown has no widths of pictures: they were left out.');
  const attrs = { src: sound(src, warnings), alt: soundOrNull(alt, warnings), title: soundOrNull(title, warnings) };
  return schema.node('image', attrs, undefined, marks);
}

/** A mention is written as a link, and no link holds another. */
function reduceMention(node: Node, marks: readonly Mark[], warnings: Set<string>): Node {
  const link = marks.find((mark) => mark.type.name === 'link');
  if (link) warnings.add(`A mention cannot be a link to "${link.attrs.href}" as well: that was left out.`);
  const attrs = { id: sound(node.attrs.id, warnings), label: sound(node.attrs.label, warnings) };
  return node.type.create(
    attrs,
    null,
    marks.filter((mark) => mark !== link),
  );
}

function reduceMark(mark: Mark, warnings: Set<string>): Mark[] {
  const { href, title, color } = mark.attrs;
  switch (mark.type.name as MarkName) {
    case 'comment':
      warnings.add('Comments are not part of the Markdown: they were left out.');
      return [];
    case 'unknown_mark':
      warnings.add(`Text that is "${mark.attrs.key}" was made with a newer Weft: it is there as plain text.`);
      return [];
    case 'highlight':
      return [schema.mark('highlight', { color: colorOf(color) })];
    case 'text_color':
      return colorOf(color) === null ? [] : [mark];
    case 'link': {
      if (safeLinkHref(href) !== null) {
        return [schema.mark('link', { href: sound(href, warnings), title: soundOrNull(title, warnings) })];
      }
      warnings.add(`The link to "${href}" leads nowhere safe, and was left out; its text is there.`);
      return [];
    }
    default:
      return [mark];
  }
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
