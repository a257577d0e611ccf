// The entry: styles, elements, and the app in the page.

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
import './app.js';

document.body.append(document.createElement('weft-app'));
