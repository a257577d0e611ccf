// Somebody composes text (with an input method) in a block that somebody else moves at that moment. With each key what is
// composed is replaced as a whole; none of it is lost, and none of it stands beside what came in its place.

import { afterEach, expect, test } from 'vitest';
import * as Y from 'yjs';
import { HeadlessView } from '../test/headless-view.js';
import { FRAGMENT_NAME } from './binding.js';
import { setBlock } from './commands.js';
import { RECEIVED } from './received.js';

const open: HeadlessView[] = [];
afterEach(() => {
  for (const view of open.splice(0)) view.destroy();
});

class Writer {
  readonly doc = new Y.Doc();
  readonly outbox: Uint8Array[] = [];
  readonly view: HeadlessView;

  constructor(clientId: number, start: Uint8Array) {
    this.doc.clientID = clientId;
    Y.applyUpdate(this.doc, start);
    this.doc.on('update', (update: Uint8Array, origin: unknown) => origin !== 'heard' && this.outbox.push(update));
    this.view = new HeadlessView(this.doc);
    open.push(this.view);
  }

  tell(other: Writer): void {
    for (const update of this.outbox.splice(0)) {
      const apply = ({ meta }: Y.Transaction): void => {
        meta.set(RECEIVED, { updates: [update], unsaved: [...other.outbox] });
        Y.applyUpdate(other.doc, update, 'heard');
      };
      Y.transact(other.doc, apply, 'heard', false);
    }
  }

  /** As an input method does: in the place of what is composed so far. */
  compose(before: string, words: string): void {
    const { to } = this.view.state.selection;
    this.view.composing = true;
    this.view.dispatch(this.view.state.tr.insertText(words, to - before.length, to));
  }

  endComposition(): void {
    this.view.composing = false;
    this.view.select(this.view.state.selection.head);
  }
}

/** Two people with "one two" before them; the second one's caret is at its end. */
function twoWriters(): { ann: Writer; ben: Writer; meet: () => void } {
  const doc = new Y.Doc();
  const paragraph = new Y.XmlElement('paragraph');
  paragraph.insert(0, [new Y.XmlText('one two')]);
  doc.getXmlFragment(FRAGMENT_NAME).insert(0, [paragraph]);
  const [ann, ben] = [1, 2].map((id) => new Writer(id, Y.encodeStateAsUpdate(doc))) as [Writer, Writer];
  ben.view.select(8);
  const meet = (): void => {
    for (let round = 0; round < 10; round++) {
      ann.tell(ben);
      ben.tell(ann);
    }
    expect(ann.outbox.length + ben.outbox.length).toBe(0);
    expect(ben.view.text).toBe(ann.view.text);
  };
  return { ann, ben, meet };
}

const makeHeading = ({ view }: Writer): void => void view.run(setBlock('heading-2'));

test('syllable by syllable, before it is heard of the move', () => {
  const { ann, ben, meet } = twoWriters();
  makeHeading(ann);
  ben.compose('', 'n');
  ben.tell(ann);
  expect(ann.view.text).toBe('doc(heading("one twon"))');
  ben.compose('n', 'ni');
  ben.tell(ann);
  ben.compose('ni', '你');
  ben.endComposition();
  meet();
  expect(ann.view.text).toBe('doc(heading("one two你"))');
});

test('it is heard of the move in the midst of it', () => {
  const { ann, ben, meet } = twoWriters();
  ben.compose('', 'n');
  ben.tell(ann);
  ben.compose('n', 'ni');
  makeHeading(ann);
  ann.tell(ben);
  expect(ben.view.text).toBe('doc(heading("one twon"))');
  ben.endComposition();
  meet();
  expect(ann.view.text).toBe('doc(heading("one twoni"))');
});

test('given up', () => {
  const { ann, ben, meet } = twoWriters();
  makeHeading(ann);
  ben.compose('', 'ni');
  ben.tell(ann);
  ben.compose('ni', '');
  ben.endComposition();
  meet();
  expect(ann.view.text).toBe('doc(heading("one two"))');
});

test('who moved it composes there when the text of others is brought along', () => {
  const { ann, ben, meet } = twoWriters();
  makeHeading(ann);
  ann.view.select(4);
  ann.compose('', 'ha');
  ben.view.type('!');
  ben.tell(ann);
  expect(ann.view.text).toBe('doc(heading("oneha two"))');
  ann.compose('ha', '哈');
  ann.endComposition();
  meet();
  expect(ann.view.text).toBe('doc(heading("one哈 two!"))');
});
