// The styles of the editor as they are in the app, put to a shadow root: what the app says of the whole page is said of the element, what
// it says of the width of the window, of the element's; and each colour and measure can be set from outside by a name that begins with --weft.

import { sheets } from './sheets.js';

let sheet: CSSStyleSheet | null = null;

/** One for all elements of a page. A sheet that is adopted needs nothing of the page's content security policy. */
export function editorStyles(): CSSStyleSheet {
  if (sheet) return sheet;
  sheet = new CSSStyleSheet();
  const { blocks, contrast, controls, embedded, find, others, page, pictures, text, tokens, view, writing } = sheets;
  // Which scheme, the page says.
  const own = tokens.replace(/color-scheme:[^;}]+;/, '');
  const rest = [controls, page, view, text, blocks, find, writing, pictures, others].join('');
  sheet.replaceSync(ofHost(fromOutside(own) + rest + fromOutside(contrast)) + embedded);
  return sheet;
}

const fromOutside = (css: string): string => css.replace(/--([\w-]+):([^;}]+)/g, '--$1:var(--weft-$1,$2)');

const ofHost = (css: string): string =>
  css
    .replace(/(^|[{}])\s*(?::root|body|weft-editor)\s*(?=\{)/g, '$1:host')
    .replace(/weft-editor(\[[^\]]+\])/g, ':host($1)')
    .replace(/@media\s*(\((?:min-|max-)?width[^{]+)/g, '@container $1');
