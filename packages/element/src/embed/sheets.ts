// The sheets of the app, and what is said besides in a shadow root, as text. The build of this repository puts them in; for npm they are
// written into what becomes of this module (scripts/prepack.mjs).

import blocks from '../styles/blocks.css?inline';
import contrast from '../styles/contrast.css?inline';
import controls from '../styles/controls.css?inline';
import page from '../styles/document.css?inline';
import find from '../styles/find.css?inline';
import others from '../styles/others.css?inline';
import pictures from '../styles/pictures.css?inline';
import text from '../styles/text.css?inline';
import tokens from '../styles/tokens.css?inline';
import view from '../styles/view.css?inline';
import writing from '../styles/writing.css?inline';
import embedded from './embedded.css?inline';

export const sheets = {
  blocks,
  contrast,
  controls,
  embedded,
  find,
  others,
  page,
  pictures,
  text,
  tokens,
  view,
  writing,
};
