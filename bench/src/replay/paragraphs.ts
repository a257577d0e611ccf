// A recording of a plain text as somebody writes it in the editor: each line is a paragraph, and what a line break does to the
// text around it is done as an editor does it, by deleting it and writing it anew.

import { Doc, XmlElement, XmlText } from 'yjs';
import { CodePoints } from '../code-points.js';
import type { Patch, Trace } from '../trace.js';

/** The root that the editor's text stands in. */
const TEXT_ROOT = 'prosemirror';

/** The updates of a trace of one author, one for each transaction that changes something. */
export function* updatesInParagraphs({ startContent, transactions }: Trace): Generator<Uint8Array> {
  const doc = new Doc();
  const made: Uint8Array[] = [];
  doc.on('update', (update: Uint8Array) => made.push(update));
  const paper = new Paragraphs(doc);
  const positions = new CodePoints();
  const begin: Patch = [0, 0, startContent];
  for (const patches of [[begin], ...transactions.map((transaction) => transaction.patches)]) {
    doc.transact(() => {
      for (const [position, deleted, inserted] of patches) {
        const start = positions.units(position);
        paper.delete(start, positions.units(position + deleted) - start);
        positions.delete(position, deleted);
        paper.insert(start, inserted);
        positions.insert(position, inserted);
      }
    });
    yield* made.splice(0);
  }
}

interface Paragraph {
  readonly text: XmlText;
  length: number;
}

/** Paragraphs with a line break between each and the next. Positions are UTF-16 units. */
class Paragraphs {
  readonly #root;
  readonly #paragraphs: Paragraph[] = [];

  constructor(doc: Doc) {
    this.#root = doc.getXmlFragment(TEXT_ROOT);
    doc.transact(() => this.#add(0, ''));
  }

  insert(position: number, inserted: string): void {
    let at = position;
    for (const [index, line] of inserted.split('\n').entries()) {
      if (index > 0) this.#split(at++);
      if (line === '') continue;
      const [paragraph, offset] = this.#find(at);
      const { text } = this.#paragraphs[paragraph]!;
      text.insert(offset, line);
      this.#paragraphs[paragraph]!.length += line.length;
      at += line.length;
    }
  }

  delete(position: number, count: number): void {
    const [index, offset] = this.#find(position);
    for (let left = count; left > 0; ) {
      const paragraph = this.#paragraphs[index]!;
      const here = Math.min(left, paragraph.length - offset);
      if (here > 0) paragraph.text.delete(offset, here);
      paragraph.length -= here;
      left -= here;
      if (left === 0) return;
      this.#join(index);
      left -= 1;
    }
  }

  #split(position: number): void {
    const [index, offset] = this.#find(position);
    const paragraph = this.#paragraphs[index]!;
    const tail = paragraph.text.toString().slice(offset);
    if (tail !== '') paragraph.text.delete(offset, tail.length);
    paragraph.length = offset;
    this.#add(index + 1, tail);
  }

  #join(index: number): void {
    const [paragraph, next] = [this.#paragraphs[index]!, this.#paragraphs[index + 1]!];
    const moved = next.text.toString();
    this.#root.delete(index + 1);
    this.#paragraphs.splice(index + 1, 1);
    if (moved !== '') paragraph.text.insert(paragraph.length, moved);
    paragraph.length += moved.length;
  }

  #add(index: number, content: string): void {
    const text = new XmlText(content);
    const element = new XmlElement('paragraph');
    element.insert(0, [text]);
    this.#root.insert(index, [element]);
    this.#paragraphs.splice(index, 0, { text, length: content.length });
  }

  #find(position: number): [index: number, offset: number] {
    let offset = position;
    let index = 0;
    while (offset > this.#paragraphs[index]!.length) {
      offset -= this.#paragraphs[index]!.length + 1;
      index += 1;
    }
    return [index, offset];
  }
}
