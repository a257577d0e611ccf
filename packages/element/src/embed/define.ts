// Makes <weft-editor> known to a page: the only module here that does something by being loaded.

import { WeftEditor } from './weft-editor.js';

if (!customElements.get('weft-editor')) customElements.define('weft-editor', WeftEditor);

export { WeftEditor, type WeftEditorEvents } from './weft-editor.js';

declare global {
  interface HTMLElementTagNameMap {
    'weft-editor': WeftEditor;
  }
}
