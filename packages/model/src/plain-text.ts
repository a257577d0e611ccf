// A document as plain text: a blank line between blocks, the signs of lists, and a tab between the cells of a table. Plain
// text as a document: a paragraph for each of its paragraphs, with its line breaks.

import type { Node } from 'prosemirror-model';
import { listStartOf } from './attributes.js';
import { schema } from './schema.js';

export function toPlainText(doc: Node): string {
  return blocks(doc).join('\n');
}

/** A blank line divides paragraphs; lines within one stay lines. A line ends with a page as well. */
export function fromPlainText(text: string): Node {
  const paragraphs = text
    .replace(/\r\n?|[\v\f]/g, '\n')
    .split(/\n{2,}/)
    .map((lines) => {
      const inline = lines
        .split('\n')
        .flatMap((line, index) => [
          ...(index > 0 ? [schema.node('hard_break')] : []),
          ...(line === '' ? [] : [schema.text(line)]),
        ]);
      return schema.node('paragraph', null, inline);
    });
  return schema.node('doc', null, paragraphs);
}

function blocks(parent: Node): string[] {
  return parent.children.flatMap((node, index) => [
    ...(index > 0 && !isTight(parent, node) ? [''] : []),
    ...block(node),
  ]);
}

const isTight = (parent: Node, node: Node): boolean =>
  /^(list|task)_item$/.test(parent.type.name) && /_list$/.test(node.type.name);

function block(node: Node): string[] {
  switch (node.type.name) {
    case 'horizontal_rule':
      return ['---'];
    case 'bullet_list':
      return items(node, () => '- ');
    case 'ordered_list': {
      const start = listStartOf(node.attrs.order);
      return items(node, (index) => `${start + index}. `);
    }
    case 'task_list':
      return items(node, (_index, { attrs }) => (attrs.checked ? '[x] ' : '[ ] '));
    case 'table':
      return node.children.map((row) => row.children.map((cell) => blocks(cell).join(' ')).join('\t'));
    case 'unknown_block':
      return [leafTextOf(node)];
    case 'figure':
      return node.childCount > 0 ? inline(node) : node.attrs.alt ? [node.attrs.alt] : [];
    default:
      return node.inlineContent ? inline(node) : blocks(node);
  }
}

function items(list: Node, sign: (index: number, item: Node) => string): string[] {
  return list.children.flatMap((item, index) => {
    const marker = sign(index, item);
    const [first = '', ...rest] = blocks(item);
    return [marker + first, ...rest.map((line) => (line === '' ? '' : ' '.repeat(marker.length) + line))];
  });
}

function inline(node: Node): string[] {
  const leafText = (leaf: Node): string =>
    leaf.type.name === 'hard_break' ? '\n' : leaf.type.name === 'image' ? (leaf.attrs.alt ?? '') : leafTextOf(leaf);
  return node.textBetween(0, node.content.size, '', leafText).split('\n');
}

const leafTextOf = (leaf: Node): string => leaf.type.spec.leafText?.(leaf) ?? '';
