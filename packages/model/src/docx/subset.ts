// What a .docx can hold of a document: a document again, with what goes left out. What goes is told, unless nobody could see
// it: empty lists, spans that reach beyond the table.

import { Fragment, type Mark, type Node } from 'prosemirror-model';
import {
  type Alignment,
  alignmentOf,
  calloutKindOf,
  codeLanguageOf,
  colorOf,
  directionOf,
  headingLevelOf,
  listStartOf,
  widthOf,
} from '../attributes.js';
import { MENTION_ADDRESS } from '../markdown-inline.js';
import { safeImageSource, safeLinkHref } from '../safe-url.js';
import { type MarkName, type NodeName, schema } from '../schema.js';
import { targetOf } from './addresses.js';
import { layOut, MAX_COLUMNS, placedWidths } from './table-layout.js';
import { soundText } from './xml.js';

export interface DocxSubset {
  readonly doc: Node;
  readonly warnings: readonly string[];
}

const MAX_LIST_START = 32_767;

export function forDocx(doc: Node): DocxSubset {
  const reducer = new Reducer();
  const content = reducer.blocks(doc);
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
      case 'heading': {
        const given = { level: headingLevelOf(attrs.level), ...this.#textblockAttrs(node) };
        return [schema.node('heading', given, this.#inline(node))];
      }
      case 'details_summary':
        return [node.copy(this.#inline(node))];
      case 'code_block': {
        const code = this.#sound(node.textContent);
        const language = this.#soundOrNull(codeLanguageOf(attrs.language));
        return [schema.node('code_block', { language }, code === '' ? [] : [schema.text(code)])];
      }
      case 'bullet_list':
      case 'task_list':
        return node.childCount === 0 ? [] : [node.copy(this.blocks(node))];
      case 'ordered_list': {
        const order = Math.min(Math.max(0, listStartOf(attrs.order)), MAX_LIST_START);
        return node.childCount === 0 ? [] : [schema.node('ordered_list', { order }, this.blocks(node))];
      }
      case 'callout':
        return [schema.node('callout', { kind: calloutKindOf(attrs.kind) }, this.blocks(node))];
      case 'figure':
        return this.#figure(node);
      case 'table':
        return node.childCount === 0 ? [] : this.#table(node);
      case 'horizontal_rule':
        return [node];
      case 'unknown_block': {
        const text = this.#unknown(node);
        return text === '' ? [] : [schema.node('paragraph', null, [schema.text(text)])];
      }
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
      const attrs = { src: source, alt: this.#soundOrNull(alt), width: widthOf(width) };
      return [schema.node('figure', attrs, this.#inline(node))];
    }
    const words = this.#soundOrNull(alt);
    return [
      ...(words === null ? [] : [schema.node('paragraph', null, [schema.text(words)])]),
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
    if (node.isText) return [schema.text(this.#sound(node.text!), marks)];
    if (node.type.name in MENTION_ADDRESS) return [this.#mention(node, marks)];
    if (node.type.name === 'unknown_inline') {
      const text = this.#unknown(node);
      return text === '' ? [] : [schema.text(text, marks)];
    }
    if (node.type.name !== 'image') return [node.mark(marks)];
    const { src, alt, title, width } = node.attrs;
    const source = this.#source(src);
    if (source !== null) {
      const words = { alt: this.#soundOrNull(alt), title: this.#soundOrNull(title) };
      return [schema.node('image', { src: source, ...words, width: widthOf(width) }, undefined, marks)];
    }
    const words = this.#soundOrNull(alt);
    return words === null ? [] : [schema.text(words, marks)];
  }

  /** Its text, which is all that can be said of it elsewhere. */
  #unknown(node: Node): string {
    this.warnings.add(`A "${node.attrs.name}" was made with a newer Weft: only its text is in the .docx file.`);
    return this.#sound(node.type.spec.leafText?.(node) ?? '');
  }

  /** A mention is written as a link, and no link holds another. */
  #mention(node: Node, marks: readonly Mark[]): Node {
    const link = marks.find((mark) => mark.type.name === 'link');
    if (link) this.warnings.add(`A mention cannot be a link to "${link.attrs.href}" as well: that was left out.`);
    const id = this.#sound(node.attrs.id);
    const attrs = { id, label: this.#sound(node.attrs.label) || id };
    return node.type.create(
      attrs,
      null,
      marks.filter((mark) => mark !== link),
    );
  }

  #marks(marks: readonly Mark[]): readonly Mark[] {
    const isRaised = marks.some((mark) => mark.type.name === 'superscript');
    return marks.flatMap((mark): readonly Mark[] => {
      const { href, title, color } = mark.attrs;
      switch (mark.type.name as MarkName) {
        case 'comment':
          this.warnings.add('Comments are not part of the .docx file: they were left out.');
          return [];
        case 'unknown_mark':
          this.warnings.add(`Text that is "${mark.attrs.key}" was made with a newer Weft: it is there as plain text.`);
          return [];
        case 'subscript':
          return isRaised ? [] : [mark];
        case 'highlight':
          return [schema.mark('highlight', { color: colorOf(color) })];
        case 'text_color':
          return colorOf(color) === null ? [] : [mark];
        case 'link': {
          const safe = safeLinkHref(href);
          const target = safe === null ? null : targetOf(safe);
          if (target !== null) return [schema.mark('link', { href: target, title: this.#soundOrNull(title) })];
          this.warnings.add(`The link to "${href}" leads nowhere safe, and was left out; its text is there.`);
          return [];
        }
        default:
          return [mark];
      }
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

  #soundOrNull(text: string | null): string | null {
    return text === null || text === '' ? null : this.#sound(text);
  }

  #sound(text: string): string {
    const sound = soundText(text);
    if (sound !== text) this.warnings.add('Some control characters cannot be written, and are shown as "\ufffd".');
    return sound;
  }
}

/** In Word it is paragraphs that are aligned: what all of a cell's have is the cell's, and what they do not is their own. */
export function settleAlignment(
  align: Alignment | null,
  content: Fragment,
): { readonly align: Alignment | null; readonly content: Fragment } {
  const aligned = content.content.filter(({ type }) => 'align' in (type.spec.attrs ?? {}));
  const sides = new Set(aligned.map(({ attrs }) => (attrs.align as Alignment | null) ?? align));
  const shared = sides.size === 1 ? [...sides][0]! : null;
  const settled = content.content.map((node) =>
    aligned.includes(node)
      ? node.type.create({ ...node.attrs, align: shared === null ? (node.attrs.align ?? align) : null }, node.content)
      : node,
  );
  return { align: shared, content: Fragment.fromArray(settled) };
}
