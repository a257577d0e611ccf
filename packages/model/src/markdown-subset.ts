// What Markdown can hold of a document: a document again, with what goes left out. What goes is told, unless nobody could
// see it: empty lists, numbers out of range.

import { Fragment, type Mark, type Node } from 'prosemirror-model';
import { alignmentOf, directionOf } from './attributes.js';
import { forFile } from './file-subset.js';
import { reduceTable } from './markdown-table.js';
import { safeImageSource, safeLinkHref } from './safe-url.js';
import { type NodeName, schema } from './schema.js';

export interface MarkdownSubset {
  readonly doc: Node;
  readonly warnings: readonly string[];
}

const MAX_LIST_START = 999_999_999;

export function forMarkdown(doc: Node): MarkdownSubset {
  const warnings = new Set<string>();
  const content = reduceBlocks(forFile(doc, 'Markdown', warnings), warnings);
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
      return [schema.node('heading', { level: attrs.level }, reduceTextblock(node, warnings))];
    case 'paragraph':
    // What stands elsewhere than at the start of its section is no title there.
    case 'details_summary':
      return [schema.node('paragraph', null, reduceTextblock(node, warnings))];
    case 'code_block': {
      const code = node.textContent.replace(/\r\n?/g, '\n');
      return [schema.node('code_block', attrs, code === '' ? [] : [schema.text(code)])];
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
    const marks = kept.filter((mark) => isWritten(mark, warnings));
    if (node.type.name !== 'image') nodes.push(node.mark(marks));
    else if (safeImageSource(node.attrs.src) !== null) nodes.push(reduceImage(node, marks, warnings));
    else {
      const { src, alt } = node.attrs;
      warnings.add(`The image "${src}" is at an address that is not fetched, and was left out.`);
      if (alt !== null) nodes.push(schema.text(alt, marks));
    }
  });
  return Fragment.fromArray(nodes);
}

function reduceImage({ attrs }: Node, marks: readonly Mark[], warnings: Set<string>): Node {
  if (attrs.width !== null) warnings.add('Markdown has no widths of pictures: they were left out.');
  return schema.node('image', { ...attrs, width: null }, undefined, marks);
}

function isWritten({ type, attrs }: Mark, warnings: Set<string>): boolean {
  if (type.name !== 'link' || safeLinkHref(attrs.href) !== null) return true;
  warnings.add(`The link to "${attrs.href}" leads nowhere safe, and was left out; its text is there.`);
  return false;
}

const clamp = (value: number, least: number, most: number): number =>
  Number.isNaN(value) ? Math.max(1, least) : Math.min(Math.max(value, least), most);
