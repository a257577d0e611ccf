// People who write in the document that the page has open: the provider as it is shipped, without an editor. Each types at
// the end of a paragraph of their own, begins another one now and then, and has their caret there.

import { Connection, type SharedDocument } from '@weft/provider';
import type { Node } from 'prosemirror-model';
import { WebSocket } from 'ws';
import { prosemirrorToYXmlFragment } from 'y-prosemirror';
import * as Y from 'yjs';

const FRAGMENT_NAME = 'prosemirror';
const LETTERS_PER_PARAGRAPH = 60;
/** What a server takes at once. */
const BLOCKS_PER_UPDATE = 100;
const LETTERS = 'the warp is strung first and the weft goes through it ';

export class RemoteWriter {
  readonly #connection: Connection;
  readonly #shared: SharedDocument;
  #text: Y.XmlText | null = null;
  #letters = 0;

  static async join(port: number, document: string, number: number): Promise<RemoteWriter> {
    const writer = new RemoteWriter(port, document, number);
    await writer.#shared.whenSynced();
    return writer;
  }

  private constructor(port: number, document: string, number: number) {
    this.#connection = new Connection({
      url: `ws://127.0.0.1:${port}/weft`,
      person: { name: `Writer ${number}`, color: '#0e8aa8' },
      client: 'weft-bench',
      WebSocket,
      transports: ['websocket'],
    });
    this.#shared = this.#connection.open(document);
  }

  /** Puts a whole text into the empty document. */
  async fill(text: Node): Promise<void> {
    const { doc } = this.#shared;
    const filled = new Y.Doc();
    const blocks = prosemirrorToYXmlFragment(text, filled.getXmlFragment(FRAGMENT_NAME)).toArray();
    const fragment = doc.getXmlFragment(FRAGMENT_NAME);
    for (let at = 0; at < blocks.length; at += BLOCKS_PER_UPDATE) {
      const piece = blocks.slice(at, at + BLOCKS_PER_UPDATE).map((block) => (block as Y.XmlElement).clone());
      doc.transact(() => fragment.insert(at, piece));
      await this.#shared.whenSaved();
    }
    filled.destroy();
  }

  /** @param share where in the document, from 0 to 1; the nearest paragraph at the top level after it */
  goTo(share: number): void {
    const blocks = this.#shared.doc.getXmlFragment(FRAGMENT_NAME).toArray() as Y.XmlElement[];
    const from = Math.floor(share * (blocks.length - 1));
    const isParagraph = (block: Y.XmlElement): boolean => block.nodeName === 'paragraph';
    const block = blocks.slice(from).find(isParagraph) ?? blocks.findLast(isParagraph);
    this.#text = block!.get(block!.length - 1) as Y.XmlText;
  }

  type(): void {
    const { doc } = this.#shared;
    const letter = LETTERS[this.#letters++ % LETTERS.length]!;
    doc.transact(() => {
      if (this.#letters % LETTERS_PER_PARAGRAPH === 0) this.#text = this.#beginParagraph();
      this.#text!.insert(this.#text!.length, letter);
    });
    const place = Y.createRelativePositionFromTypeIndex(this.#text!, this.#text!.length);
    const caret = Y.relativePositionToJSON(place);
    this.#shared.presence.setLocalStateField('cursor', { anchor: caret, head: caret });
  }

  #beginParagraph(): Y.XmlText {
    const before = this.#text!.parent as Y.XmlElement;
    const text = new Y.XmlText();
    const paragraph = new Y.XmlElement('paragraph');
    paragraph.insert(0, [text]);
    (before.parent as Y.XmlFragment).insertAfter(before, [paragraph]);
    return text;
  }

  /** All letters of the document: what everybody has to have in the end. */
  get text(): string {
    return lettersOf(this.#shared.doc.getXmlFragment(FRAGMENT_NAME));
  }

  close(): void {
    this.#connection.close();
  }
}

function lettersOf(node: Y.XmlFragment | Y.XmlText | Y.XmlHook): string {
  if (node instanceof Y.XmlText)
    return node
      .toDelta()
      .map(({ insert }: { insert: string }) => insert)
      .join('');
  return node instanceof Y.XmlFragment ? node.toArray().map(lettersOf).join('') : '';
}
