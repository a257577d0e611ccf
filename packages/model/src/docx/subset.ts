// What a .docx can hold of a document: a document again, with what goes left out. What goes is told, unless nobody could see
// it: empty lists, spans that reach beyond the table.

import { Fragment, type Mark, type Node } from 'prosemirror-model';
import { type Alignment, alignmentOf, directionOf, listStartOf } from '../attributes.js';
import { forFile } from '../file-subset.js';
import { MENTION_ADDRESS } from '../markdown-inline.js';
import { safeImageSource, safeLinkHref } from '../safe-url.js';
import { type NodeName, schema } from '../schema.js';
import { targetOf } from './addresses.js';
import { layOut, MAX_COLUMNS, placedWidths } from './table-layout.js';

export interface DocxSubset {
  readonly doc: Node;
  readonly warnings: readonly string[];
}

const MAX_LIST_START = 32_767;

export function forDocx(doc: Node): DocxSubset {
  const reducer = new Reducer();
  const content = reducer.blocks(forFile(doc, '.docx file', reducer.warnings));
  return {
    doc: doc.copy(content.childCount === 0 ? Fragment.from(schema.node('paragraph')) : content),
    warnings: [...reducer.warnings],
  };
}

class Reducer {
  readonly warnings = new Set<string>();

  blocks(parent: Node): Fragment {
    return Fragment.fromArray(parent.children.flatMap((node) => this.#block(node)));
  }

  #block(node: Node): readonly Node[] {
    const { attrs } = node;
    switch (node.type.name as NodeName) {
      case 'paragraph':
        return [schema.node('paragraph', this.#textblockAttrs(node), this.#inline(node))];
      case 'heading':
        return [schema.node('heading', { level: attrs.level, ...this.#textblockAttrs(node) }, this.#inline(node))];
      case 'details_summary':
        return [node.copy(this.#inline(node))];
      case 'bullet_list':
      case 'task_list':
        return node.childCount === 0 ? [] : [node.copy(this.blocks(node))];
      case 'ordered_list': {
        const order = Math.min(Math.max(0, listStartOf(attrs.order)), MAX_LIST_START);
        return node.childCount === 0 ? [] : [schema.node('ordered_list', { order }, this.blocks(node))];
      }
      case 'figure':
        return this.#figure(node);
      case 'table':
        return node.childCount === 0 ? [] : this.#table(node);
      case 'horizontal_rule':
      case 'code_block':
        return [node];
      default:
        return [node.copy(this.blocks(node))];
    }
  }

  #textblockAttrs({ attrs }: Node): { readonly align: Alignment | null; readonly dir: 'ltr' | 'rtl' | null } {
    const dir = directionOf(attrs.dir);
    if (dir === 'auto') this.warnings.add('Word does not find out the direction of a text: it is that of the page.');
    return { align: alignmentOf(attrs.align), dir: dir === 'auto' ? null : dir };
  }

  #figure(node: Node): readonly Node[] {
    const { src, alt, width } = node.attrs;
    const source = this.#source(src);
    if (source !== null) {
      return [schema.node('figure', { src: source, alt, width }, this.#inline(node))];
    }
    return [
      ...(alt === null ? [] : [schema.node('paragraph', null, [schema.text(alt)])]),
      ...(node.childCount === 0 ? [] : [schema.node('paragraph', null, this.#inline(node))]),
    ];
  }

  #table(table: Node): readonly Node[] {
    const layout = layOut(table);
    const rows = layout.rows.map((cells, index) =>
      table.child(index).copy(
        Fragment.fromArray(
          cells.map((placed) => {
            const { node, colspan, rowspan } = placed;
            const { align, content } = settleAlignment(alignmentOf(node.attrs.align), this.blocks(node));
            const attrs = { colspan, rowspan, colwidth: placedWidths(layout, placed), align };
            return node.type.create(attrs, content);
          }),
        ),
      ),
    );
    if (layout.beyond.length > 0) {
      this.warnings.add(`Word has no more than ${MAX_COLUMNS} columns: the text of further ones follows the table.`);
    }
    return [table.copy(Fragment.fromArray(rows)), ...layout.beyond.flatMap((cell) => this.blocks(cell).content)];
  }

  #inline(parent: Node): Fragment {
    return Fragment.fromArray(parent.children.flatMap((node) => this.#leaf(node)));
  }

  #leaf(node: Node): Node[] {
    const marks = this.#marks(node.marks);
    const { type, attrs } = node;
    // What it is called in the file is all that it will be called.
    if (type.name in MENTION_ADDRESS) return [type.create({ ...attrs, label: attrs.label || attrs.id }, null, marks)];
    if (type.name !== 'image') return [node.mark(marks)];
    const source = this.#source(attrs.src);
    if (source !== null) return [type.create({ ...attrs, src: source }, null, marks)];
    return attrs.alt === null ? [] : [schema.text(attrs.alt, marks)];
  }

  #marks(marks: readonly Mark[]): readonly Mark[] {
    const isRaised = marks.some(({ type }) => type.name === 'superscript');
    return marks.flatMap((mark): readonly Mark[] => {
      if (mark.type.name === 'subscript') return isRaised ? [] : [mark];
      if (mark.type.name !== 'link') return [mark];
      const { href, title } = mark.attrs;
      const safe = safeLinkHref(href);
      const target = safe === null ? null : targetOf(safe);
      if (target !== null) return [schema.mark('link', { href: target, title })];
      this.warnings.add(`The link to "${href}" leads nowhere safe, and was left out; its text is there.`);
      return [];
    });
  }

  #source(src: string): string | null {
    const safe = safeImageSource(src);
    const target = safe === null ? null : targetOf(safe);
    if (target === null) {
      this.warnings.add(`The image "${src}" is at an address that is not fetched, and was left out.`);
    }
    return target;
  }
}

/** In Word it is paragraphs that are aligned: what all of a cell's have is the cell's, and what they do not is their own. */
export function settleAlignment(
  align: Alignment | null,
  content: Fragment,
): { readonly align: Alignment | null; readonly content: Fragment } {
  const hasAlignment = ({ type }: Node): boolean => 'align' in (type.spec.attrs ?? {});
  const aligned = content.content.filter(hasAlignment);
  const sides = new Set(aligned.map(({ attrs }) => (attrs.align as Alignment | null) ?? align));
  const shared = sides.size === 1 ? [...sides][0]! : null;
  const settled = content.content.map((node) =>
    hasAlignment(node)
      ? node.type.create({ ...node.attrs, align: shared === null ? (node.attrs.align ?? align) : null }, node.content)
      : node,
  );
  return { align: shared, content: Fragment.fromArray(settled) };
}
