// The entry: styles, and the app in the page. It is small so that the app and what the page at this address needs are
// fetched side by side.

import '@fontsource-variable/inter/wght.css';
import '@fontsource-variable/source-serif-4/wght.css';
import '@fontsource-variable/source-serif-4/wght-italic.css';
import './styles/tokens.css';
import './styles/controls.css';
import './styles/start.css';
import './styles/document.css';
import './styles/share.css';
import './styles/text.css';
import './styles/blocks.css';
import './styles/kept.css';
import './styles/find.css';
import './styles/writing.css';
import './styles/pictures.css';
import './styles/history.css';
import './styles/play.css';
import './styles/print.css';
import './styles/others.css';
import { fetchPage } from './pages.js';
import { RELOAD_HELPS } from './reload-words.js';

void fetchPage(location.pathname);
import('./app.js').then(
  () => document.body.append(document.createElement('weft-app')),
  () => document.body.append(`Weft could not be loaded. ${RELOAD_HELPS}`),
);
