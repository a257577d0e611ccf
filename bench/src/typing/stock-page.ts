// The editor that y-prosemirror's own documentation builds, in a page: runs in the browser, with our schema and style, beside
// Weft's page. It has what others need to write together (text, carets, undo) and ProseMirror's usual plugins, and neither
// an outline nor a word count, a toolbar or a save state.

import { schema } from '@weft/model';
import { baseKeymap } from 'prosemirror-commands';
import { dropCursor } from 'prosemirror-dropcursor';
import { gapCursor } from 'prosemirror-gapcursor';
import { keymap } from 'prosemirror-keymap';
import { EditorState } from 'prosemirror-state';
import { EditorView } from 'prosemirror-view';
import { initProseMirrorDoc, redo, undo, yCursorPlugin, ySyncPlugin, yUndoPlugin } from 'y-prosemirror';
import { WebsocketProvider } from 'y-websocket';
import * as Y from 'yjs';

const sheet = document.createElement('main');
sheet.className = 'desk';
sheet.innerHTML = '<div class="sheet"><div class="text"></div></div>';
document.body.append(sheet);

const name = location.pathname.split('/').at(-1)!;
const doc = new Y.Doc();
const provider = new WebsocketProvider(`ws://${location.host}/yjs`, name, doc, { disableBc: true });
provider.awareness.setLocalStateField('user', { name: 'Stock', color: '#4d7c0f' });
provider.once('sync', () => {
  const fragment = doc.getXmlFragment('prosemirror');
  const { doc: content, mapping } = initProseMirrorDoc(fragment, schema);
  const state = EditorState.create({
    doc: content,
    plugins: [
      ySyncPlugin(fragment, { mapping }),
      yCursorPlugin(provider.awareness),
      yUndoPlugin(),
      keymap({ 'Mod-z': undo, 'Mod-y': redo, 'Mod-Shift-z': redo }),
      keymap(baseKeymap),
      dropCursor(),
      gapCursor(),
    ],
  });
  new EditorView(sheet.querySelector<HTMLElement>('.text')!, { state });
});
