import { afterEach, expect, test } from 'vitest';
import * as Y from 'yjs';
import { block, HEARD, PeopleApart, replaceFirst } from '../test/people-apart.js';

const rooms: PeopleApart[] = [];
afterEach(() => {
  for (const room of rooms.splice(0)) room.close();
});

function twoPeople() {
  const room = new PeopleApart(2);
  rooms.push(room);
  const [ann, ben] = room.people;
  return {
    ann: ann!,
    ben: ben!,
    meet: () => room.meet(),
    tell: room.tell,
  };
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

test('letter by letter in a block that was empty, by somebody who does not know that it moved', () => {
  const { ann, ben, meet, tell } = twoPeople();
  ann.fragment.insert(1, [new Y.XmlElement('paragraph')]);
  meet();
  const empty = ben.fragment.get(1) as Y.XmlElement;
  ann.change(() => {
    ann.fragment.delete(1, 1);
    ann.fragment.insert(1, [new Y.XmlElement('heading')]);
  });
  const text = new Y.XmlText('b');
  empty.insert(0, [text]);
  for (const letter of 'urns') {
    tell(ben, ann);
    text.insert(text.length, letter);
  }
  meet();
  expect(ann.fragment.toString()).toBe(
    '<paragraph>The lamp</paragraph><heading></heading><paragraph>burns</paragraph>',
  );
});

test('in a new block within what is moved, long after that was heard of', () => {
  const { ann, ben, meet, tell } = twoPeople();
  replaceFirst(ann, block('blockquote', block('paragraph', 'The lamp')));
  meet();
  const inner = new Y.XmlElement('paragraph');
  (ben.fragment.get(0) as Y.XmlElement).insert(1, [inner]);
  replaceFirst(ann, block('paragraph', 'The lamp'));
  tell(ben, ann);
  inner.insert(0, [new Y.XmlText('of old')]);
  meet();
  expect(ann.fragment.toString()).toBe('<paragraph>The lamp</paragraph><paragraph>of old</paragraph>');
});

test('though what it was in is deleted by somebody else meanwhile, and undo has forgotten it', () => {
  const { ann, ben, meet, tell } = twoPeople();
  replaceFirst(ann, block('blockquote', block('paragraph', 'The lamp')));
  meet();
  const quote = ann.fragment.get(0) as Y.XmlElement;
  const text = ((ben.fragment.get(0) as Y.XmlElement).get(0) as Y.XmlElement).get(0) as Y.XmlText;
  ann.change(() => {
    quote.delete(0, 1);
    quote.insert(0, [block('heading', 'The lamp')]);
  });
  ann.undo.clear();
  // A third person, who has heard of Ann and not of Ben.
  const cat = new Y.Doc();
  Y.applyUpdate(cat, Y.encodeStateAsUpdate(ann.doc));
  cat.getXmlFragment('prosemirror').delete(0, 1);
  Y.applyUpdate(ann.doc, Y.encodeStateAsUpdate(cat), HEARD);
  text.insert(8, 's');
  tell(ben, ann);
  expect(ann.fragment.toString()).toBe('<paragraph>s</paragraph>');
});

test('nothing is written by who may not write any more', () => {
  const { ann, ben, tell } = twoPeople();
  ben.text().insert(4, 'old ');
  replaceFirst(ann, block('heading', 'The lamp'));
  ann.mayWrite = false;
  ann.outbox.splice(0);
  tell(ben, ann);
  expect(ann.fragment.toString()).toBe('<heading>The lamp</heading>');
  expect(ann.outbox).toEqual([]);
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
