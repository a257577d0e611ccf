// The styles of the editor as they are in the app, put to a shadow root: what the app says of the whole page is said of the element, what
// it says of the width of the window, of the element's; and each colour and measure can be set from outside by a name that begins with --weft.

import blocks from '../styles/blocks.css?inline';
import contrast from '../styles/contrast.css?inline';
import controls from '../styles/controls.css?inline';
import page from '../styles/document.css?inline';
import find from '../styles/find.css?inline';
import others from '../styles/others.css?inline';
import pictures from '../styles/pictures.css?inline';
import text from '../styles/text.css?inline';
import tokens from '../styles/tokens.css?inline';
import writing from '../styles/writing.css?inline';
import embedded from './embedded.css?inline';

let sheet: CSSStyleSheet | null = null;

/** One for all elements of a page. A sheet that is adopted needs nothing of the page's content security policy. */
export function editorStyles(): CSSStyleSheet {
  if (sheet) return sheet;
  sheet = new CSSStyleSheet();
  // Which scheme, the page says.
  const own = tokens.replace(/color-scheme:[^;}]+;/, '');
  const rest = [controls, page, text, blocks, find, writing, pictures, others].join('');
  sheet.replaceSync(ofHost(fromOutside(own) + rest + fromOutside(contrast)) + embedded);
  return sheet;
}

const fromOutside = (css: string): string => css.replace(/--([\w-]+):([^;}]+)/g, '--$1:var(--weft-$1,$2)');

const ofHost = (css: string): string =>
  css
    .replace(/(^|[{}])\s*(?::root|body|weft-editor)\s*(?=\{)/g, '$1:host')
    .replace(/@media\s*(\((?:min-|max-)?width[^{]+)/g, '@container $1');
