// HTML becomes a document: what the schema knows is taken, everything else is its text. The schema is the sanitiser: no
// script, style, handler, form or frame has a node, and addresses are judged where they are read and again where they are
// drawn. A file that is read on purpose may bring images; what is pasted may not (see the schema's own rules).

import { DOMParser, type Node, type TagParseRule } from 'prosemirror-model';
import { widthOf } from './attributes.js';
import { readStyles } from './page-styles.js';
import { safeImageSource } from './safe-url.js';
import { schema } from './schema.js';

/** The body of a document that was parsed and never shown, so that nothing of it ran or was loaded. */
export type ParseHtml = (html: string) => HTMLElement;

const readImage = (dom: HTMLElement) => {
  const src = safeImageSource(dom.getAttribute('src'));
  if (src === null) return false;
  return {
    src,
    alt: dom.getAttribute('alt') || null,
    title: dom.getAttribute('title') || null,
    width: widthOf(dom.getAttribute('width')),
  };
};

const imageRules: readonly TagParseRule[] = [
  {
    tag: 'figure',
    node: 'figure',
    contentElement: 'figcaption',
    getAttrs: (dom: HTMLElement) => {
      const image = dom.querySelectorAll('img');
      // One picture with its caption; anything else is read as what is in it.
      return image.length === 1 && dom.querySelector('figcaption') ? readImage(image[0]!) : false;
    },
  },
  { tag: 'img', node: 'image', getAttrs: readImage },
];

const parser = new DOMParser(schema, [...DOMParser.fromSchema(schema).rules, ...imageRules]);

/** @param parse  where there is no DOM, as in Node and in workers, somebody else's; default the browser's */
export function fromHtml(html: string, parse: ParseHtml = parseInBrowser): Node {
  const body = parse(html);
  for (const pre of body.querySelectorAll('pre')) dropLastLineEnd(pre);
  return parser.parse(body);
}

const parseInBrowser: ParseHtml = (html) => {
  const { body } = new globalThis.DOMParser().parseFromString(html, 'text/html');
  readStyles(body);
  return body;
};

/** Code is written with a line end after its last line, which is not a line of its own. */
function dropLastLineEnd(pre: Element): void {
  let last: ChildNode | null = pre;
  while (last?.lastChild) last = last.lastChild;
  if (last?.nodeType === 3 && last.nodeValue?.endsWith('\n')) last.nodeValue = last.nodeValue.slice(0, -1);
}
