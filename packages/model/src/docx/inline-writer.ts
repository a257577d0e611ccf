// The text of a paragraph as runs: each piece with its looks, links around them.

import type { Mark, Node } from 'prosemirror-model';
import type { Color } from '../attributes.js';
import { MENTION_ADDRESS } from '../markdown-inline.js';
import type { MarkName } from '../schema.js';
import { groundOf, inkOf } from './colors.js';
import { EMU_PER_PIXEL, STYLES } from './names.js';
import { RELATIONS, relationship } from './parts.js';
import { escaped, escapedValue } from './xml.js';

/** Not in whole pixels: nobody has chosen it. */
const DEFAULT_WIDTH_EMU = 480 * EMU_PER_PIXEL + 1;
/** Width by height; what it really is nobody knows before the picture is fetched. */
const DEFAULT_RATIO = 4 / 3;

const rightToLeft = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]/;

/** What the text of a document refers to. */
export class Relations {
  readonly written: string[] = [];
  readonly #ids = new Map<string, string>();

  /** @returns the id by which the text refers to the address */
  outside(kind: 'hyperlink' | 'image', target: string): string {
    const key = `${kind} ${target}`;
    const known = this.#ids.get(key);
    if (known !== undefined) return known;
    const id = `rId${this.written.length + 100}`;
    this.#ids.set(key, id);
    this.written.push(relationship(id, `${RELATIONS}/${kind}`, target, true));
    return id;
  }
}

export class InlineWriter {
  readonly #relations: Relations;
  #pictures = 0;

  constructor(relations: Relations) {
    this.#relations = relations;
  }

  write(parent: Node): string {
    let xml = '';
    let link: Mark | undefined;
    for (const node of parent.children) {
      const own = node.marks.find((mark) => mark.type.name === 'link');
      if (link && !own?.eq(link)) xml += '</w:hyperlink>';
      if (own && !link?.eq(own)) xml += this.#linkStart(own);
      link = own;
      xml += this.#leaf(node);
    }
    return link ? `${xml}</w:hyperlink>` : xml;
  }

  /** Text as it stands, with line breaks where it has line ends. */
  writeCode(code: string): string {
    return code
      .split('\n')
      .map((line, index) => (index > 0 ? '<w:r><w:br/></w:r>' : '') + (line === '' ? '' : run('', words(line))))
      .join('');
  }

  writePicture(node: Node): string {
    return run('', this.#picture(node));
  }

  #linkStart({ attrs: { href, title } }: Mark): string {
    const tip = title === null ? '' : ` w:tooltip="${escapedValue(title)}"`;
    if (href.startsWith('#')) return `<w:hyperlink w:anchor="${escapedValue(href.slice(1))}"${tip}>`;
    return `<w:hyperlink r:id="${this.#relations.outside('hyperlink', href)}"${tip}>`;
  }

  #leaf(node: Node): string {
    if (node.isText) return run(looks(node.marks, node.text!), words(node.text!));
    const look = looks(node.marks, '');
    switch (node.type.name) {
      case 'hard_break':
        return run(look, '<w:br/>');
      case 'image':
        return run(look, this.#picture(node));
      default:
        return this.#mention(node, look);
    }
  }

  #mention(node: Node, look: string): string {
    const address = MENTION_ADDRESS[node.type.name as keyof typeof MENTION_ADDRESS];
    const id = this.#relations.outside('hyperlink', address + encodeURIComponent(node.attrs.id));
    const sign = node.type.name === 'person_mention' ? '@' : '';
    return `<w:hyperlink r:id="${id}">${run(look, words(sign + node.attrs.label))}</w:hyperlink>`;
  }

  #picture({ attrs: { src, alt, title = null, width } }: Node): string {
    this.#pictures += 1;
    const across = width === null ? DEFAULT_WIDTH_EMU : width * EMU_PER_PIXEL;
    const extent = `cx="${across}" cy="${Math.round(across / DEFAULT_RATIO)}"`;
    const said = [
      ['descr', alt],
      ['title', title],
    ].map(([name, value]) => (value === null ? '' : ` ${name}="${escapedValue(value)}"`));
    const picture = [
      `<pic:pic><pic:nvPicPr><pic:cNvPr id="${this.#pictures}" name="Picture ${this.#pictures}"/><pic:cNvPicPr/></pic:nvPicPr>`,
      `<pic:blipFill><a:blip r:link="${this.#relations.outside('image', src)}"/><a:stretch><a:fillRect/></a:stretch></pic:blipFill>`,
      `<pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext ${extent}/></a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr></pic:pic>`,
    ].join('');
    return [
      `<w:drawing><wp:inline distT="0" distB="0" distL="0" distR="0"><wp:extent ${extent}/>`,
      `<wp:docPr id="${this.#pictures}" name="Picture ${this.#pictures}"${said.join('')}/>`,
      '<a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/picture">',
      `${picture}</a:graphicData></a:graphic></wp:inline></w:drawing>`,
    ].join('');
  }
}

const run = (look: string, content: string): string =>
  `<w:r>${look === '' ? '' : `<w:rPr>${look}</w:rPr>`}${content}</w:r>`;

function words(text: string): string {
  return text
    .split('\t')
    .map((piece) => (piece === '' ? '' : `<w:t xml:space="preserve">${escaped(piece)}</w:t>`))
    .join('<w:tab/>');
}

/** In the order that the schema of Word demands. */
function looks(marks: readonly Mark[], text: string): string {
  const named = new Map(marks.map((mark) => [mark.type.name as MarkName, mark]));
  const when = (name: MarkName, xml: string): string => (named.has(name) ? xml : '');
  const color = named.get('text_color')?.attrs.color as Color | undefined;
  const highlight = named.get('highlight');
  const style = named.has('code') ? STYLES.inlineCode : named.has('link') ? STYLES.link : null;
  const side = named.has('superscript') ? 'superscript' : named.has('subscript') ? 'subscript' : null;
  return [
    style === null ? '' : `<w:rStyle w:val="${style}"/>`,
    when('strong', '<w:b/><w:bCs/>'),
    when('em', '<w:i/><w:iCs/>'),
    when('strike', '<w:strike/>'),
    color === undefined ? '' : `<w:color w:val="${inkOf(color)}"/>`,
    when('underline', '<w:u w:val="single"/>'),
    highlight
      ? `<w:shd w:val="clear" w:color="auto" w:fill="${groundOf(highlight.attrs.color as Color | null)}"/>`
      : '',
    side === null ? '' : `<w:vertAlign w:val="${side}"/>`,
    rightToLeft.test(text) ? '<w:rtl/>' : '',
  ].join('');
}
