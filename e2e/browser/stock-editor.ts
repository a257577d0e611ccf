// A stock y-websocket client with the document of a stock y-prosemirror editor: somebody who writes without our page.

import { WebSocket } from 'ws';
import { WebsocketProvider } from 'y-websocket';
import * as Y from 'yjs';

// Each of its connections wants to hear of the end of this process.
process.setMaxListeners(0);

export class StockEditor {
  readonly doc = new Y.Doc();
  readonly fragment = this.doc.getXmlFragment('prosemirror');
  readonly #provider: WebsocketProvider;

  constructor(serverUrl: string, document: string, person: { readonly name: string; readonly color: string }) {
    const url = `${serverUrl.replace('http', 'ws')}/yjs`;
    this.#provider = new WebsocketProvider(url, document, this.doc, {
      WebSocketPolyfill: WebSocket as unknown as typeof globalThis.WebSocket,
      disableBc: true,
    });
    this.#provider.awareness.setLocalStateField('user', person);
  }

  get markup(): string {
    return this.fragment.toString();
  }

  get synced(): boolean {
    return this.#provider.synced;
  }

  /** The text of the nth block. */
  text(block: number): Y.XmlText {
    return (this.fragment.get(block) as Y.XmlElement).get(0) as Y.XmlText;
  }

  /** Says where it is as y-prosemirror's cursor plugin does. */
  putCaret(block: number, from: number, to = from): void {
    const [anchor, head] = [from, to].map((index) => Y.createRelativePositionFromTypeIndex(this.text(block), index));
    this.#provider.awareness.setLocalStateField('cursor', { anchor, head });
  }

  /** Whatever a client of their own tells of somebody. */
  say(field: string, value: unknown): void {
    this.#provider.awareness.setLocalStateField(field, value);
  }

  /** Where somebody else is, as characters into the text they are in. */
  caretOf(name: string): { readonly color: string; readonly index: number; readonly text: string } | null {
    for (const { user, cursor } of this.#provider.awareness.getStates().values()) {
      if (user?.name !== name || !cursor) continue;
      const head = Y.createRelativePositionFromJSON(cursor.head);
      const place = Y.createAbsolutePositionFromRelativePosition(head, this.doc);
      if (place) return { color: user.color, index: place.index, text: place.type.toString() };
    }
    return null;
  }

  close(): void {
    this.#provider.destroy();
    this.doc.destroy();
  }
}
