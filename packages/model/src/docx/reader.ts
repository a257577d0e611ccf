// A .docx becomes a document. All text that Word would show comes in, notes and comments at the end; what was left out is told.
// Nothing of the file is ever fetched or run, and every address is judged.

import type { Node } from 'prosemirror-model';
import { type Alignment, calloutKindOf, codeLanguageOf } from '../attributes.js';
import { schema } from '../schema.js';
import { type DocxFile, openDocx } from './docx-file.js';
import { InlineReader, noteKey, type ReadText, wordsIn } from './inline-reader.js';
import { gatherLists, type ListEntry, Numbering } from './lists.js';
import { TAGS } from './names.js';
import { type ParagraphRole, Styles } from './styles.js';
import { readTable } from './table-reader.js';
import { childNamed, elementsOf, isElement, isSwitchedOn, val, type XmlElement } from './xml.js';

export interface ReadDocx {
  readonly doc: Node;
  /** Of the paragraph at the start that is styled as one; '' without it. */
  readonly title: string;
  /** What was left out, or stands elsewhere, in sentences. */
  readonly warnings: readonly string[];
}

/** What one element of the body comes to, before neighbours that belong together are put together. */
type Piece =
  | { readonly kind: 'block'; readonly node: Node }
  | { readonly kind: 'title' | 'quote' | 'code' | 'summary'; readonly nodes: readonly Node[]; readonly node: Node }
  | ListEntry;

interface TextblockAttrs {
  readonly align: Alignment | null;
  readonly dir: 'ltr' | 'rtl' | null;
}

/** @param bytes  of the file @throws Error with a sentence */
export async function fromDocx(bytes: Uint8Array<ArrayBuffer>): Promise<ReadDocx> {
  return readDocx(await openDocx(bytes));
}

export const readDocx = (file: DocxFile): ReadDocx => new DocxReader(file).read();

class DocxReader {
  readonly #file: DocxFile;
  readonly #styles: Styles;
  readonly #numbering: Numbering;
  readonly #inline: InlineReader;
  #hasForeignPart = false;

  constructor(file: DocxFile) {
    this.#file = file;
    this.#styles = new Styles(file.styles);
    this.#numbering = new Numbering(file.numbering);
    this.#inline = new InlineReader(file, this.#styles);
  }

  read(): ReadDocx {
    const pieces = this.#pieces(this.#file.body);
    const [first] = pieces;
    const title = first?.kind === 'title' ? textOf(first.nodes).trim() : '';
    const blocks = this.#assemble(title === '' ? pieces : pieces.slice(1));
    const content = [...blocks, ...this.#notes(), ...this.#comments()];
    const doc = schema.node('doc', null, content.length === 0 ? [schema.node('paragraph')] : content);
    return { doc, title, warnings: this.#warnings() };
  }

  #blocks(parent: XmlElement): Node[] {
    return this.#assemble(this.#pieces(parent));
  }

  #pieces(parent: XmlElement): Piece[] {
    return elementsOf(parent).flatMap((element): Piece[] => {
      switch (element.name) {
        case 'w:p':
          return this.#paragraph(element);
        case 'w:tbl':
          return [{ kind: 'block', node: readTable(element, (cell) => this.#blocks(cell)) }];
        case 'w:sdt':
          return this.#control(element);
        case 'mc:AlternateContent':
          return this.#pieces(childNamed(element, 'mc:Choice') ?? childNamed(element, 'mc:Fallback') ?? element);
        case 'w:altChunk':
          this.#hasForeignPart = true;
          return [];
        // Text that stands where only blocks should.
        case 'w:r':
        case 'w:hyperlink':
        case 'm:oMath':
          return this.#paragraph({ name: 'w:p', attrs: new Map(), children: [element] });
        case 'w:tcPr':
        case 'w:sectPr':
        case 'w:sdtPr':
          return [];
        default:
          return this.#pieces(element);
      }
    });
  }

  #paragraph(element: XmlElement): Piece[] {
    const looks = childNamed(element, 'w:pPr');
    const role = this.#styles.roleOf(looks);
    const number = this.#numbering.count(this.#styles.paragraphProperty(looks, 'w:numPr'));
    const text = this.#inline.read(element);
    const isEmpty = text.nodes.length === 0;
    const boxes = text.textBoxes.flatMap((box) => this.#pieces(box));
    const isLine = text.hasRule || role.kind === 'rule' || (number === null && text.box === null && isLined(looks));
    if (isEmpty && isLine) return [{ kind: 'block', node: schema.node('horizontal_rule') }, ...boxes];
    if (isEmpty && (role.kind === 'filler' || role.kind === 'gap' || boxes.length > 0)) return boxes;
    return [this.#styled(role, number, text, this.#attrs(looks)), ...boxes];
  }

  #styled(
    role: ParagraphRole,
    number: ReturnType<Numbering['count']>,
    { nodes, box }: ReadText,
    attrs: TextblockAttrs,
  ): Piece {
    const paragraph = schema.node('paragraph', attrs, nodes);
    switch (role.kind) {
      case 'heading':
        return { kind: 'block', node: schema.node('heading', { level: role.level, ...attrs }, nodes) };
      case 'title':
        return { kind: 'title', nodes, node: schema.node('heading', { level: 1, ...attrs }, nodes) };
      case 'quote':
      case 'summary':
        return { kind: role.kind, nodes, node: paragraph };
      case 'code':
        return { kind: 'code', nodes, node: paragraph };
      default:
        if (box !== null) {
          const place = number ?? { listId: 'boxes', level: 0, order: 1 };
          return { kind: 'entry', ...place, name: 'task_list', isChecked: box, blocks: [paragraph] };
        }
        return number
          ? { kind: 'entry', ...number, isChecked: false, blocks: [paragraph] }
          : { kind: 'block', node: paragraph };
    }
  }

  #attrs(looks: XmlElement | null): TextblockAttrs {
    const bidi = this.#styles.paragraphProperty(looks, 'w:bidi');
    const isRightToLeft = bidi && isSwitchedOn(bidi);
    const side = this.#styles.paragraphProperty(looks, 'w:jc')?.attrs.get('w:val') ?? '';
    const align = Object.hasOwn(alignments, side) ? alignments[side]! : null;
    // Word means the side where a line begins when it says left.
    const swapped = align === 'left' ? 'right' : align === 'right' ? 'left' : align;
    return {
      align: isRightToLeft ? swapped : align,
      dir: isRightToLeft === null ? null : isRightToLeft ? 'rtl' : 'ltr',
    };
  }

  /** What our own files put a content control around; any other is what is in it. */
  #control(element: XmlElement): Piece[] {
    const tag = val(childNamed(element, 'w:sdtPr'), 'w:tag') ?? '';
    const content = childNamed(element, 'w:sdtContent');
    if (!content) return [];
    const pieces = this.#pieces(content);
    const block = (node: Node): Piece[] => [{ kind: 'block', node }];
    if (tag === TAGS.item || tag === TAGS.bareItem) return this.#item(pieces, tag === TAGS.bareItem);
    if (tag === TAGS.quote) {
      const plain = pieces.map((piece) =>
        piece.kind === 'quote' ? ({ kind: 'block', node: piece.node } as const) : piece,
      );
      return block(schema.node('blockquote', null, this.#assemble(plain)));
    }
    if (tag === TAGS.details) return block(schema.node('details', null, this.#assemble(pieces, true)));
    if (tag === TAGS.figure) return this.#figure(this.#assemble(pieces));
    if (tag.startsWith(TAGS.callout)) {
      const kind = calloutKindOf(tag.slice(TAGS.callout.length));
      return block(schema.node('callout', { kind }, this.#assemble(pieces)));
    }
    if (tag.startsWith(TAGS.code) && pieces.every(({ kind }) => kind === 'code')) {
      const code = codeOf(pieces);
      const language = codeLanguageOf(tag.slice(TAGS.code.length));
      return block(schema.node('code_block', { language }, code === '' ? [] : [schema.text(code)]));
    }
    return pieces;
  }

  /** An item and what belongs to it, however much that is. */
  #item(pieces: readonly Piece[], isBare: boolean): Piece[] {
    const [first, ...rest] = pieces;
    if (first?.kind !== 'entry') return [...pieces];
    const [head] = first.blocks;
    const own = isBare && head?.content.size === 0 ? first.blocks.slice(1) : first.blocks;
    return [{ ...first, blocks: [...own, ...this.#assemble(rest)] }];
  }

  #figure(blocks: readonly Node[]): Piece[] {
    const [picture, ...captions] = blocks;
    const image = picture?.childCount === 1 ? picture.firstChild! : null;
    if (image?.type.name !== 'image' || captions.some((caption) => caption.type.name !== 'paragraph')) {
      return blocks.map((node) => ({ kind: 'block', node }));
    }
    const { src, alt, width } = image.attrs;
    const caption = captions.flatMap((line, index) => [
      ...(index > 0 ? [schema.node('hard_break')] : []),
      ...line.children,
    ]);
    return [{ kind: 'block', node: schema.node('figure', { src, alt, width }, caption) }];
  }

  /** Neighbours that belong together, put together. */
  #assemble(pieces: readonly Piece[], isSection = false): Node[] {
    const blocks: Node[] = [];
    const add = (nodes: readonly Node[]): void => {
      for (const node of nodes) blocks.push(node);
    };
    for (let at = 0; at < pieces.length; ) {
      const start = at;
      const { kind } = pieces[start]!;
      while (at < pieces.length && pieces[at]!.kind === kind) at++;
      const group = pieces.slice(start, at);
      if (kind === 'entry') add(gatherLists(group as ListEntry[]));
      else if (kind === 'quote') add([schema.node('blockquote', null, group.map(nodeOf))]);
      else if (kind === 'code') {
        const code = codeOf(group);
        add([schema.node('code_block', null, code === '' ? [] : [schema.text(code)])]);
      } else if (kind === 'summary' && isSection) {
        add(group.map((piece) => schema.node('details_summary', null, nodeOf(piece).content)));
      } else add(group.map(nodeOf));
    }
    return blocks;
  }

  /** Notes as a list that begins with 1, as they are referred to; those that nothing refers to come after. */
  #notes(): Node[] {
    const { notes } = this.#inline;
    const parts = new Map(
      (['footnotes', 'endnotes'] as const).flatMap((kind) =>
        elementsOf(this.#file[kind] ?? nothing)
          .filter((note) => (note.attrs.get('w:type') ?? 'normal') === 'normal')
          .map((note) => [noteKey(kind, note.attrs.get('w:id') ?? ''), note] as const),
      ),
    );
    const unread = [...parts].filter(([key, note]) => !notes.has(key) && wordsIn(note) !== '');
    const items: Node[] = [];
    // A note may refer to another, which is then read as well.
    for (const key of notes.keys()) {
      const note = parts.get(key);
      items.push(schema.node('list_item', null, note ? this.#blocks(note) : []));
    }
    for (const [, note] of unread) items.push(schema.node('list_item', null, this.#blocks(note)));
    return items.length === 0 ? [] : [schema.node('horizontal_rule'), schema.node('ordered_list', null, items)];
  }

  #comments(): Node[] {
    const comments = elementsOf(this.#file.comments ?? nothing).filter(({ name }) => name === 'w:comment');
    if (comments.length === 0) return [];
    const blocks = comments.flatMap((comment) => {
      const author = comment.attrs.get('w:author')?.trim() || 'Somebody';
      const quoted = this.#inline.commented.get(comment.attrs.get('w:id') ?? '')?.trim();
      const head = [
        schema.text(author, [schema.mark('strong')]),
        schema.text(quoted ? ` on “${quoted}”` : ' on the document'),
      ];
      return [schema.node('paragraph', null, head), schema.node('blockquote', null, this.#blocks(comment))];
    });
    return [schema.node('details', null, [schema.node('details_summary', null, [schema.text('Comments')]), ...blocks])];
  }

  #warnings(): string[] {
    const { pictures, deletions, links } = this.#inline.left;
    const comments = this.#file.comments ? elementsOf(this.#file.comments).length : 0;
    const hasMargins = this.#file.margins.some((margin) => wordsIn(margin).trim() !== '');
    return [
      ...(pictures > 0
        ? [`Pictures inside of a file cannot be kept yet (${pictures}): a note stands in place of each.`]
        : []),
      ...(comments > 0 ? [`The comments (${comments}) stand at the end of the text.`] : []),
      ...(deletions > 0 ? ['What was deleted with changes tracked was left out.'] : []),
      ...(hasMargins ? ['What stands at the top and bottom of each page was left out.'] : []),
      ...(this.#hasForeignPart ? ['Another document was embedded in it, and was left out.'] : []),
      ...[...links].map((href) => `The link to "${href}" leads nowhere safe, and was left out; its text is there.`),
    ];
  }
}

const nothing: XmlElement = { name: '', attrs: new Map(), children: [] };

const alignments: Readonly<Record<string, Alignment>> = {
  left: 'left',
  start: 'left',
  center: 'center',
  right: 'right',
  end: 'right',
  both: 'justify',
  distribute: 'justify',
};

const nodeOf = (piece: Piece): Node =>
  piece.kind === 'entry' ? schema.node('list_item', null, piece.blocks) : piece.node;

/** The lines of paragraphs that are code, as they stand. */
const codeOf = (pieces: readonly Piece[]): string => pieces.map((piece) => textOf(nodeOf(piece).children)).join('\n');

const textOf = (nodes: readonly Node[]): string =>
  nodes.map((node) => (node.type.name === 'hard_break' ? '\n' : (node.text ?? node.textContent))).join('');

/** A line above or below, and nothing else, is a rule. */
function isLined(looks: XmlElement | null): boolean {
  const borders = childNamed(looks, 'w:pBdr');
  const line = borders?.children.filter(isElement).filter((border) => border.attrs.get('w:val') !== 'none') ?? [];
  return line.length > 0 && line.every(({ name }) => name === 'w:bottom' || name === 'w:top');
}
