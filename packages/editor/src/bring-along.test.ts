import { afterEach, expect, test } from 'vitest';
import * as Y from 'yjs';
import { bringAlong } from './bring-along.js';
import { createUndoManager } from './undo.js';

const HEARD = 'heard';
const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

/** Two people with "The lamp" in front of them, as the binding has them; what they write waits until they hear of each other. */
function twoPeople() {
  const [ann, ben] = [1, 2].map((clientId) => {
    const doc = new Y.Doc();
    doc.clientID = clientId;
    const fragment = doc.getXmlFragment('prosemirror');
    const undo = createUndoManager(fragment);
    const outbox: Uint8Array[] = [];
    doc.on('update', (update: Uint8Array, heard: unknown) => heard !== HEARD && outbox.push(update));
    const origin = [...undo.trackedOrigins].find((tracked) => tracked !== undo);
    closing.push(bringAlong(fragment), () => undo.destroy());
    return {
      doc,
      fragment,
      undo,
      outbox,
      change: (how: () => void) => doc.transact(how, origin),
      text: () => (fragment.get(0) as Y.XmlElement).get(0) as Y.XmlText,
    };
  }) as [Person, Person];
  ann.fragment.insert(0, [block('paragraph', 'The lamp')]);
  const tell = (from: Person, to: Person): void => {
    for (const update of from.outbox.splice(0)) Y.applyUpdate(to.doc, update, HEARD);
  };
  const meet = (): void => {
    while (ann.outbox.length + ben.outbox.length > 0) {
      tell(ann, ben);
      tell(ben, ann);
    }
    expect(ben.fragment.toString()).toBe(ann.fragment.toString());
  };
  meet();
  return { ann, ben, meet, tell };
}
interface Person {
  readonly doc: Y.Doc;
  readonly fragment: Y.XmlFragment;
  readonly undo: Y.UndoManager;
  readonly outbox: Uint8Array[];
  /** As the editor writes what this person does. */
  readonly change: (how: () => void) => void;
  /** Of the first block. */
  readonly text: () => Y.XmlText;
}

function block(name: string, ...children: (string | Y.XmlElement)[]): Y.XmlElement {
  const made = new Y.XmlElement(name);
  made.insert(
    0,
    children.map((child) => (typeof child === 'string' ? new Y.XmlText(child) : child)),
  );
  return made;
}

/** As the binding writes it: away, and in anew. */
function replaceFirst({ change, fragment }: Person, ...blocks: Y.XmlElement[]): void {
  change(() => {
    fragment.delete(0, 1);
    fragment.insert(0, blocks);
  });
}

test('what somebody writes in a block goes with it when somebody else makes a heading of it', () => {
  const { ann, ben, meet } = twoPeople();
  ben.text().insert(4, 'old ');
  replaceFirst(ann, block('heading', 'The lamp'));
  meet();
  expect(ann.fragment.toString()).toBe('<heading>The old lamp</heading>');
  meet();
  expect(ann.fragment.toString()).toBe('<heading>The old lamp</heading>');
});

test('it goes with a block that is moved twice, and what is written behind it follows', () => {
  const { ann, ben, meet, tell } = twoPeople();
  replaceFirst(ann, block('blockquote', block('paragraph', 'The lamp')));
  replaceFirst(ann, block('heading', 'The lamp'));
  ben.text().insert(8, 's');
  tell(ben, ann);
  ben.text().insert(9, ' burn');
  meet();
  expect(ann.fragment.toString()).toBe('<heading>The lamps burn</heading>');
});

test('it goes with text that is joined to the line above, in part as well', () => {
  const { ann, ben, meet } = twoPeople();
  ann.fragment.insert(1, [block('paragraph', 'wants trimming')]);
  meet();
  ((ben.fragment.get(1) as Y.XmlElement).get(0) as Y.XmlText).insert(14, ' now');
  ann.change(() => {
    ann.fragment.delete(1, 1);
    ann.text().insert(8, ' trimming');
  });
  meet();
  expect(ann.fragment.toString()).toBe('<paragraph>The lamp trimming now</paragraph>');
});

test('what is written in a block that somebody deletes stands in one of its own', () => {
  const { ann, ben, meet } = twoPeople();
  ann.fragment.insert(1, [block('paragraph', 'last')]);
  meet();
  ben.text().insert(8, ' burns');
  ann.change(() => ann.fragment.delete(0, 1));
  meet();
  expect(ann.fragment.toString()).toBe('<paragraph> burns</paragraph><paragraph>last</paragraph>');
});

test('a new block within what is moved is kept as its text', () => {
  const { ann, ben, meet } = twoPeople();
  replaceFirst(ann, block('blockquote', block('paragraph', 'The lamp')));
  meet();
  (ben.fragment.get(0) as Y.XmlElement).insert(1, [block('paragraph', 'of old')]);
  replaceFirst(ann, block('paragraph', 'The lamp'));
  meet();
  expect(ann.fragment.toString()).toBe('<paragraph>The lamp</paragraph><paragraph>of old</paragraph>');
});

test('it is nothing that undo takes back', () => {
  const { ann, ben, meet } = twoPeople();
  ben.text().insert(4, 'old ');
  replaceFirst(ann, block('heading', 'The lamp'));
  meet();
  ann.undo.undo();
  meet();
  expect(ann.fragment.toString()).toContain('old ');
});
