// What our own files name, so that they read back as they were: styles of paragraphs and text, and the content controls
// around what Word has no element for.

/** Ids of styles; what the styles are called is in parts.ts. */
export const STYLES = {
  title: 'Title',
  quote: 'Quote',
  caption: 'Caption',
  listItem: 'ListParagraph',
  code: 'WeftCode',
  summary: 'WeftSummary',
  rule: 'WeftRule',
  /** An empty paragraph where Word demands one and the document has none. */
  filler: 'WeftFiller',
  /** The one in a square of a table that no cell covers. */
  gap: 'WeftGap',
  inlineCode: 'WeftInlineCode',
  link: 'Hyperlink',
} as const;

/** Tags of content controls; `callout:` and `code:` are followed by the kind and the language. */
export const TAGS = {
  quote: 'weft:blockquote',
  details: 'weft:details',
  figure: 'weft:figure',
  /** An item with more to it than a paragraph and lists. */
  item: 'weft:item',
  /** Such an item whose first paragraph only carries its sign. */
  bareItem: 'weft:item:bare',
  callout: 'weft:callout:',
  code: 'weft:code:',
} as const;

/** The ground of the cells that are headers. */
export const HEADER_FILL = 'F3F1EC';

/** Levels of lists that Word has. */
export const LIST_LEVELS = 9;

export const EMU_PER_PIXEL = 9525;
export const TWIPS_PER_PIXEL = 15;
