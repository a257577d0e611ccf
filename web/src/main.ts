// The entry: styles, and the app in the page. It is small so that the app and what the page at this address needs are
// fetched side by side.

import '@fontsource-variable/inter/wght.css';
import '@fontsource-variable/source-serif-4/wght.css';
import '@fontsource-variable/source-serif-4/wght-italic.css';
import '@weft/element/styles/tokens.css';
import '@weft/element/styles/controls.css';
import * as words from '@weft/words/loading';
import './styles/start.css';
import '@weft/element/styles/document.css';
import '@weft/element/styles/view.css';
import './styles/share.css';
import '@weft/element/styles/text.css';
import '@weft/element/styles/blocks.css';
import './styles/kept.css';
import '@weft/element/styles/find.css';
import '@weft/element/styles/writing.css';
import '@weft/element/styles/pictures.css';
import './styles/history.css';
import './styles/play.css';
import './styles/print.css';
import '@weft/element/styles/others.css';
import '@weft/element/styles/contrast.css';
import { fetchPage } from './shell/pages.js';

void fetchPage(location.pathname);
import('./shell/app.js').then(
  () => document.body.append(document.createElement('weft-app')),
  () => document.body.append(`${words.notLoaded} ${words.noDocument} ${words.reloadThePage}`),
);
