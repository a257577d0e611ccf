// A document becomes a .docx that Word, LibreOffice and Google Docs open, and that reads back as the same document. What Word
// has an element for is that; around the rest stands a content control, which looks like text and says what it is.

import type { Node } from 'prosemirror-model';
import type { CalloutKind, Color } from '../attributes.js';
import type { NodeName } from '../schema.js';
import { inkOf } from './colors.js';
import { InlineWriter, Relations } from './inline-writer.js';
import { HEADER_FILL, LIST_LEVELS, STYLES, TAGS, TWIPS_PER_PIXEL } from './names.js';
import {
  CONTENT_TYPES,
  coreProperties,
  documentPart,
  indentOf,
  type ListInstance,
  type ListName,
  numberingPart,
  PACKAGE_RELS,
  RELATIONS,
  relationship,
  relationships,
  STYLES_PART,
  TABLE_LOOKS,
} from './parts.js';
import { forDocx } from './subset.js';
import { layOut, type PlacedCell } from './table-layout.js';
import { escaped, escapedValue } from './xml.js';
import { writeZip } from './zip.js';

export interface WrittenDocx {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** What the file could not hold, in sentences. */
  readonly warnings: readonly string[];
}

/** @param title stands above the text, and among the properties of the file; none when empty */
export async function toDocx(document: Node, title = ''): Promise<WrittenDocx> {
  const { doc, warnings } = forDocx(document);
  const writer = new BlockWriter();
  const heading =
    title === '' ? '' : `<w:p><w:pPr><w:pStyle w:val="${STYLES.title}"/></w:pPr>${writer.plain(title)}</w:p>`;
  const body = heading + writer.blocks(doc, { level: 0, callout: null, isQuote: false });
  const parts = new Map([
    ['[Content_Types].xml', CONTENT_TYPES],
    ['_rels/.rels', PACKAGE_RELS],
    ['word/document.xml', documentPart(body)],
    ['word/_rels/document.xml.rels', relationships([...ownParts, ...writer.relations.written])],
    ['word/styles.xml', STYLES_PART],
    ['word/numbering.xml', numberingPart(writer.lists)],
    ['docProps/core.xml', coreProperties(title)],
  ]);
  return { bytes: await writeZip(parts), warnings };
}

const ownParts = [
  relationship('rId1', `${RELATIONS}/styles`, 'styles.xml'),
  relationship('rId2', `${RELATIONS}/numbering`, 'numbering.xml'),
];

const calloutColors: Readonly<Record<CalloutKind, Color>> = {
  note: 'blue',
  tip: 'green',
  important: 'purple',
  warning: 'orange',
  caution: 'red',
};

/** What a block stands in, as far as it shows. */
interface Place {
  /** How many lists around it. */
  readonly level: number;
  readonly callout: CalloutKind | null;
  /** Directly in a quote. */
  readonly isQuote: boolean;
}

/** What a paragraph is besides its text. */
interface ParagraphLook {
  readonly style?: string;
  readonly list?: { readonly id: number; readonly level: number };
  readonly align?: string | null;
  readonly dir?: string | null;
}

const filler = `<w:p><w:pPr><w:pStyle w:val="${STYLES.filler}"/></w:pPr></w:p>`;
const sides: Readonly<Record<string, string>> = { left: 'left', center: 'center', right: 'right', justify: 'both' };
const swapped: Readonly<Record<string, string>> = { left: 'right', right: 'left' };

class BlockWriter {
  readonly relations = new Relations();
  readonly lists: ListInstance[] = [];
  readonly #inline = new InlineWriter(this.relations);
  #controls = 0;

  /** Word joins tables that follow each other, and wants a paragraph after one, in what is empty, and at the end of a cell. */
  blocks(parent: Node, place: Place, isCell = false): string {
    const { children } = parent;
    const written = children.map((node, index) => {
      const divides = node.type.name === 'table' && children[index - 1]?.type.name === 'table';
      return (divides ? filler : '') + this.#block(node, place);
    });
    const isEnded = /<\/w:p>$/.test(written.at(-1) ?? '') || (!isCell && /<\/w:sdt>$/.test(written.at(-1) ?? ''));
    return written.join('') + (isEnded ? '' : filler);
  }

  /** A paragraph's worth of text without looks. */
  plain(text: string): string {
    return `<w:r><w:t xml:space="preserve">${escaped(text)}</w:t></w:r>`;
  }

  #block(node: Node, place: Place): string {
    const { attrs } = node;
    switch (node.type.name as NodeName) {
      case 'paragraph':
        return this.#textblock(node, place, place.isQuote ? { style: STYLES.quote, ...attrs } : attrs);
      case 'heading':
        return this.#textblock(node, place, { style: `Heading${attrs.level}`, ...attrs });
      case 'details_summary':
        return this.#textblock(node, place, { style: STYLES.summary });
      case 'horizontal_rule':
        return this.#paragraph(place, { style: STYLES.rule }, '');
      case 'code_block': {
        const code = this.#paragraph(place, { style: STYLES.code }, this.#inline.writeCode(node.textContent));
        return this.#control(TAGS.code + (attrs.language ?? ''), 'Code', code);
      }
      case 'bullet_list':
      case 'ordered_list':
      case 'task_list':
        return this.#list(node, place);
      case 'blockquote':
        return this.#control(TAGS.quote, 'Quote', this.blocks(node, { ...place, isQuote: true }));
      case 'callout':
        return this.#control(
          TAGS.callout + attrs.kind,
          attrs.kind,
          this.blocks(node, { ...place, isQuote: false, callout: attrs.kind }),
        );
      case 'details':
        return this.#control(TAGS.details, 'Section', this.blocks(node, { ...place, isQuote: false }));
      case 'figure': {
        const picture = this.#paragraph(place, {}, this.#inline.writePicture(node));
        const caption = node.childCount === 0 ? '' : this.#textblock(node, place, { style: STYLES.caption });
        return this.#control(TAGS.figure, 'Picture', picture + caption);
      }
      default:
        return this.#table(node);
    }
  }

  #textblock(node: Node, place: Place, look: ParagraphLook): string {
    return this.#paragraph(place, look, this.#inline.write(node));
  }

  /** In the order that the schema of Word demands. */
  #paragraph({ level, callout }: Place, { style, list, align, dir }: ParagraphLook, content: string): string {
    const color = callout && inkOf(calloutColors[callout]);
    const side = align ? (dir === 'rtl' && swapped[align]) || sides[align] : null;
    const looks = [
      style === undefined ? '' : `<w:pStyle w:val="${style}"/>`,
      list ? `<w:numPr><w:ilvl w:val="${list.level}"/><w:numId w:val="${list.id}"/></w:numPr>` : '',
      color && style === undefined
        ? `<w:pBdr><w:left w:val="single" w:sz="24" w:space="8" w:color="${color}"/></w:pBdr>`
        : '',
      dir === 'rtl' ? '<w:bidi/>' : dir === 'ltr' ? '<w:bidi w:val="0"/>' : '',
      level > 0 && !list && style !== STYLES.quote ? `<w:ind w:left="${indentOf(level - 1)}"/>` : '',
      side ? `<w:jc w:val="${side}"/>` : '',
    ].join('');
    return `<w:p>${looks === '' ? '' : `<w:pPr>${looks}</w:pPr>`}${content}</w:p>`;
  }

  #list(list: Node, place: Place): string {
    const kind = list.type.name as ListName;
    const level = Math.min(place.level, LIST_LEVELS - 1);
    const start = kind === 'ordered_list' ? list.attrs.order : 1;
    const id = this.lists.push({ kind, level, start });
    return list.children
      .map((item) => {
        const sign = kind === 'task_list' ? this.#box(item.attrs.checked) : '';
        const within = { ...place, level: place.level + 1, isQuote: false };
        const look = { style: STYLES.listItem, list: { id, level } };
        const [first, ...others] = item.children;
        const startsWithText = first?.type.name === 'paragraph';
        const text = startsWithText ? this.#inline.write(first) : '';
        const head = this.#paragraph(within, startsWithText ? { ...look, ...first.attrs } : look, sign + text);
        // The levels of lists say where these belong.
        if (startsWithText && place.level < LIST_LEVELS - 1 && others.every(({ type }) => /_list$/.test(type.name))) {
          return head + others.map((inner) => this.#block(inner, within)).join('');
        }
        const rest = item.copy(item.content.cut(startsWithText ? first.nodeSize : 0));
        const content = head + (rest.childCount === 0 ? '' : this.blocks(rest, within));
        return this.#control(startsWithText ? TAGS.item : TAGS.bareItem, 'Item', content);
      })
      .join('');
  }

  /** A box to tick. */
  #box(isChecked: boolean): string {
    const state = (name: string, code: string): string => `<w14:${name} w14:val="${code}" w14:font="MS Gothic"/>`;
    const properties = `<w14:checkbox><w14:checked w14:val="${isChecked ? 1 : 0}"/>${state('checkedState', '2612')}${state('uncheckedState', '2610')}</w14:checkbox>`;
    const font = '<w:rFonts w:ascii="MS Gothic" w:eastAsia="MS Gothic" w:hAnsi="MS Gothic" w:hint="eastAsia"/>';
    return `<w:sdt><w:sdtPr><w:id w:val="${this.#nextControl()}"/>${properties}</w:sdtPr><w:sdtContent><w:r><w:rPr>${font}</w:rPr><w:t>${isChecked ? '☒' : '☐'}</w:t></w:r></w:sdtContent></w:sdt><w:r><w:tab/></w:r>`;
  }

  #control(tag: string, name: string, content: string): string {
    const properties = `<w:alias w:val="${escapedValue(name)}"/><w:tag w:val="${escapedValue(tag)}"/><w:id w:val="${this.#nextControl()}"/>`;
    return `<w:sdt><w:sdtPr>${properties}</w:sdtPr><w:sdtContent>${content}</w:sdtContent></w:sdt>`;
  }

  #nextControl(): number {
    this.#controls += 1;
    return this.#controls;
  }

  #table(table: Node): string {
    const layout = layOut(table);
    const columns = Math.max(1, layout.columns);
    const isFixed = layout.widths.some((width) => width !== null);
    const twips = layout.widths.map((width) => (width === null ? Math.floor(9000 / columns) : width * TWIPS_PER_PIXEL));
    const grid = Array.from({ length: columns }, (_, column) => `<w:gridCol w:w="${twips[column] ?? 9000}"/>`);
    let hasOnlyHeaders = true;
    /** By column: the cell that covers it, and the row after its last. */
    const covering: { readonly cell: PlacedCell; readonly until: number }[] = [];
    const rows = layout.rows.map((cells, index) => {
      hasOnlyHeaders &&= cells.length > 0 && cells.every(({ node }) => node.type.name === 'table_header');
      let row = '';
      for (let column = 0; column < columns; ) {
        const begun = cells.find((cell) => cell.column === column);
        const above = covering[column];
        if (begun) {
          for (let at = column; at < column + begun.colspan; at++) {
            covering[at] = { cell: begun, until: index + begun.rowspan };
          }
          row += this.#cell(begun, twips);
          column += begun.colspan;
        } else if (above && above.until > index) {
          row += squares(above.cell.colspan, '<w:vMerge/>', filler);
          column += above.cell.colspan;
        } else {
          const isGap = (at: number): boolean =>
            at < columns && !cells.some((cell) => cell.column === at) && !((covering[at]?.until ?? 0) > index);
          const start = column;
          while (isGap(column)) column++;
          row += squares(column - start, '', gap);
        }
      }
      return `<w:tr>${hasOnlyHeaders ? '<w:trPr><w:tblHeader/></w:trPr>' : ''}${row}</w:tr>`;
    });
    const width = '<w:tblW w:w="0" w:type="auto"/>';
    const looks = `${width}${TABLE_LOOKS}${isFixed ? '<w:tblLayout w:type="fixed"/>' : ''}`;
    return `<w:tbl><w:tblPr>${looks}</w:tblPr><w:tblGrid>${grid.join('')}</w:tblGrid>${rows.join('')}</w:tbl>`;
  }

  #cell({ node, column, colspan, rowspan }: PlacedCell, twips: readonly number[]): string {
    const width = twips.slice(column, column + colspan).reduce((sum, twip) => sum + twip, 0);
    const looks = [
      node.attrs.colwidth === null ? '<w:tcW w:w="0" w:type="auto"/>' : `<w:tcW w:w="${width}" w:type="dxa"/>`,
      colspan > 1 ? `<w:gridSpan w:val="${colspan}"/>` : '',
      rowspan > 1 ? '<w:vMerge w:val="restart"/>' : '',
      node.type.name === 'table_header' ? `<w:shd w:val="clear" w:color="auto" w:fill="${HEADER_FILL}"/>` : '',
    ].join('');
    const aligned = node.content.content.map((child) =>
      node.attrs.align && 'align' in child.attrs
        ? child.type.create({ ...child.attrs, align: node.attrs.align }, child.content)
        : child,
    );
    const content = this.blocks(node.type.create(null, aligned), { level: 0, callout: null, isQuote: false }, true);
    return `<w:tc><w:tcPr>${looks}</w:tcPr>${content}</w:tc>`;
  }
}

const gap = `<w:p><w:pPr><w:pStyle w:val="${STYLES.gap}"/></w:pPr></w:p>`;

const squares = (span: number, merge: string, content: string): string =>
  `<w:tc><w:tcPr><w:tcW w:w="0" w:type="auto"/>${span > 1 ? `<w:gridSpan w:val="${span}"/>` : ''}${merge}</w:tcPr>${content}</w:tc>`;
