// What the styles of a file say that the model can hold: which paragraphs are headings, quotes or code, which text is bold.

import { childNamed, elementsOf, isSwitchedOn, val, type XmlElement } from './xml.js';

export type ParagraphRole =
  | { readonly kind: 'text' | 'title' | 'quote' | 'code' | 'caption' | 'summary' | 'rule' | 'filler' | 'gap' }
  | { readonly kind: 'heading'; readonly level: number };

interface Style {
  readonly name: string;
  readonly basedOn: string | null;
  /** By name. */
  readonly paragraph: Properties;
  readonly text: Properties;
}

type Properties = ReadonlyMap<string, XmlElement>;

/** As Word, LibreOffice and Pandoc call them. */
const rolesByName: Readonly<Record<string, ParagraphRole>> = {
  title: { kind: 'title' },
  quote: { kind: 'quote' },
  'intense quote': { kind: 'quote' },
  'block text': { kind: 'quote' },
  quotations: { kind: 'quote' },
  'html preformatted': { kind: 'code' },
  'preformatted text': { kind: 'code' },
  'source code': { kind: 'code' },
  code: { kind: 'code' },
  'code block': { kind: 'code' },
  'macro text': { kind: 'code' },
  'weft code': { kind: 'code' },
  caption: { kind: 'caption' },
  'weft summary': { kind: 'summary' },
  'weft rule': { kind: 'rule' },
  'horizontal line': { kind: 'rule' },
  'weft filler': { kind: 'filler' },
  'weft gap': { kind: 'gap' },
};
const codeNames = new Set([
  'weft inline code',
  'html code',
  'verbatim char',
  'source text',
  'inline code',
  'code char',
]);

/** Styles build on each other; no further than this, in case they do in a circle. */
const MAX_CHAIN = 20;
/** Longer than those that mean something here. */
const MAX_NAME_LENGTH = 100;

export class Styles {
  readonly #styles = new Map<string, Style>();
  readonly #roles = new Map<string, ParagraphRole>();

  constructor(root: XmlElement | null) {
    for (const style of root ? elementsOf(root) : []) {
      const id = style.attrs.get('w:styleId');
      if (style.name !== 'w:style' || id === undefined) continue;
      this.#styles.set(id, {
        name: (val(style, 'w:name') ?? '').slice(0, MAX_NAME_LENGTH).toLowerCase(),
        basedOn: val(style, 'w:basedOn'),
        paragraph: byName(childNamed(style, 'w:pPr')),
        text: byName(childNamed(style, 'w:rPr')),
      });
    }
  }

  roleOf(properties: XmlElement | null): ParagraphRole {
    const id = val(properties, 'w:pStyle') ?? '';
    const role = this.#roles.get(id) ?? this.#readRole(id);
    this.#roles.set(id, role);
    const level = outlineLevel(childNamed(properties, 'w:outlineLvl'));
    return level !== null && role.kind === 'text' ? { kind: 'heading', level } : role;
  }

  /** What the paragraph's style says where the paragraph does not. */
  paragraphProperty(properties: XmlElement | null, name: string): XmlElement | null {
    const own = childNamed(properties, name);
    if (own) return own;
    for (const { paragraph } of this.#chain(val(properties, 'w:pStyle'))) {
      const inherited = paragraph.get(name);
      if (inherited) return inherited;
    }
    return null;
  }

  /** Whether text is, by its own looks or by its style of characters. */
  isOn(properties: XmlElement | null, name: string): boolean {
    const found = this.#textProperty(properties, name);
    return found !== null && isSwitchedOn(found);
  }

  textValue(properties: XmlElement | null, name: string): string | null {
    return this.#textProperty(properties, name)?.attrs.get('w:val') ?? null;
  }

  isCode(properties: XmlElement | null): boolean {
    return this.#chain(val(properties, 'w:rStyle')).some(({ name }) => codeNames.has(name));
  }

  isLink(properties: XmlElement | null): boolean {
    return this.#chain(val(properties, 'w:rStyle')).some(({ name }) => /hyperlink$/.test(name));
  }

  #textProperty(properties: XmlElement | null, name: string): XmlElement | null {
    const own = childNamed(properties, name);
    // How links look is for the page to say.
    if (own || this.isLink(properties)) return own;
    for (const { text } of this.#chain(val(properties, 'w:rStyle'))) {
      const inherited = text.get(name);
      if (inherited) return inherited;
    }
    return null;
  }

  #readRole(id: string): ParagraphRole {
    for (const { name, paragraph } of this.#chain(id)) {
      const level = /^heading (\d)$/.exec(name)?.[1];
      if (level !== undefined) return { kind: 'heading', level: Math.min(6, Math.max(1, Number(level))) };
      if (Object.hasOwn(rolesByName, name)) return rolesByName[name]!;
      const outline = outlineLevel(paragraph.get('w:outlineLvl'));
      if (outline !== null) return { kind: 'heading', level: outline };
    }
    return { kind: 'text' };
  }

  #chain(id: string | null): Style[] {
    const chain: Style[] = [];
    let style = id === null ? undefined : this.#styles.get(id);
    while (style && chain.length < MAX_CHAIN) {
      chain.push(style);
      style = style.basedOn === null ? undefined : this.#styles.get(style.basedOn);
    }
    return chain;
  }
}

function outlineLevel(found: XmlElement | null | undefined): number | null {
  const outline = Number(found?.attrs.get('w:val') ?? Number.NaN);
  return outline >= 0 && outline < 9 ? Math.min(6, outline + 1) : null;
}

/** Every run that has the style asks: what it holds is not to be gone through each time. Of several of a name the first. */
const byName = (properties: XmlElement | null): Properties =>
  new Map((properties ? elementsOf(properties) : []).toReversed().map((property) => [property.name, property]));
