import { afterEach, expect, test } from 'vitest';
import * as Y from 'yjs';
import { HeadlessView } from '../test/headless-view.js';
import { FRAGMENT_NAME } from './binding.js';
import { toggleMark } from './commands.js';
import { sameSelection } from './same-selection.js';

const views: HeadlessView[] = [];
const show = (doc: Y.Doc): HeadlessView => {
  const view = new HeadlessView(doc);
  views.push(view);
  return view;
};
afterEach(() => {
  for (const view of views.splice(0)) view.destroy();
});

/** Two documents that hear of each other's changes at once. */
function twoPeers(): [Y.Doc, Y.Doc] {
  const [a, b] = [new Y.Doc(), new Y.Doc()];
  a.on('update', (update, origin) => origin !== 'peer' && Y.applyUpdate(b, update, 'peer'));
  b.on('update', (update, origin) => origin !== 'peer' && Y.applyUpdate(a, update, 'peer'));
  return [a, b];
}

const element = (name: string, ...children: (Y.XmlElement | Y.XmlText)[]): Y.XmlElement => {
  const made = new Y.XmlElement(name);
  made.insert(0, children);
  return made;
};
const root = (doc: Y.Doc) => doc.getXmlFragment(FRAGMENT_NAME);
const append = (doc: Y.Doc, ...children: Y.XmlElement[]) => root(doc).push(children);

test('looking at an empty document writes nothing into it', () => {
  const doc = new Y.Doc();
  show(doc).select(1);
  expect(Y.encodeStateVector(doc)).toEqual(Y.encodeStateVector(new Y.Doc()));
});

test('what one person types is what the other sees', () => {
  const [a, b] = twoPeers();
  const ann = show(a);
  const ben = show(b);
  ann.type('The lamp');
  ben.select(9).type(' wants trimming');
  ann.select(1, 4).run(toggleMark('strong'));
  expect(ben.text).toBe('doc(paragraph(strong("The"), " lamp wants trimming"))');
  expect(ann.state.doc.eq(ben.state.doc)).toBe(true);
});

test('a change from elsewhere is one small step, and the caret behind it keeps its place', () => {
  const [a, b] = twoPeers();
  append(a, element('paragraph', new Y.XmlText('first')), element('paragraph', new Y.XmlText('second')));
  const ann = show(a);
  const ben = show(b);
  ben.select(10);
  ben.applied.length = 0;
  ann.select(1).type('x');
  const [change] = ben.applied.filter((tr) => tr.docChanged);
  expect(change?.steps.map((step) => step.toJSON())).toEqual([
    { stepType: 'replace', from: 1, to: 1, slice: { content: [{ type: 'text', text: 'x' }] } },
  ]);
  expect(ben.state.selection.head).toBe(11);
  expect(ben.state.doc.textBetween(8, 11)).toBe('se');
});

test('two people who write in the same place write two words', () => {
  const [a, b] = twoPeers();
  append(a, element('paragraph', new Y.XmlText('Here:')));
  const ann = show(a).select(6);
  const ben = show(b).select(6);
  for (let index = 0; index < 4; index++) {
    ann.type('anna'[index]!);
    ben.type('BENN'[index]!);
  }
  expect(ann.text).toBe('doc(paragraph("Here:BENNanna"))');
  expect(ben.text).toBe(ann.text);
});

test('a selection does not grow over what somebody else writes at its end', () => {
  const [a, b] = twoPeers();
  append(a, element('paragraph', new Y.XmlText('one two')));
  const ann = show(a).select(5, 8);
  show(b).select(8).type(' three');
  ann.type('x');
  expect(ann.text).toBe('doc(paragraph("one x three"))');
});

test('splitting and joining blocks elsewhere keeps the caret in its word', () => {
  const [a, b] = twoPeers();
  append(a, element('paragraph', new Y.XmlText('one')), element('paragraph', new Y.XmlText('two')));
  const ann = show(a);
  const ben = show(b);
  ben.select(8);
  ann.dispatch(ann.state.tr.split(2));
  expect(ben.text).toBe('doc(paragraph("o"), paragraph("ne"), paragraph("two"))');
  expect(ben.state.selection.head).toBe(10);
  ann.dispatch(ann.state.tr.join(3));
  expect(ben.text).toBe('doc(paragraph("one"), paragraph("two"))');
  expect(ben.state.selection.head).toBe(8);
});

test('containers that merging has emptied are shown and kept', () => {
  const doc = new Y.Doc();
  append(doc, element('bullet_list', element('list_item')), element('blockquote'));
  expect(show(doc).text).toBe('doc(bullet_list(list_item), blockquote)');
  expect(root(doc).length).toBe(2);
});

test('who writes in a block and joins it with the next leaves a caret between its characters', () => {
  const [a, b] = twoPeers();
  const [first, second] = [new Y.XmlText('ab'), new Y.XmlText('cd')];
  append(a, element('paragraph', first), element('paragraph', second));
  const ben = show(b).select(2);
  a.transact(() => {
    first.insert(0, 'X');
    first.insert(3, 'cd');
    root(a).delete(1, 1);
  });
  expect(ben.text).toBe('doc(paragraph("Xabcd"))');
  expect(ben.state.selection.head).toBe(3);
  expect(ben.applied.at(-1)!.steps.map((step) => step.toJSON())).toEqual([
    { stepType: 'replace', from: 3, to: 5 },
    { stepType: 'replace', from: 1, to: 1, slice: { content: [{ type: 'text', text: 'X' }] } },
  ]);
});

test('what is selected stays so when the block that one end is in goes', () => {
  const doc = new Y.Doc();
  append(doc, element('paragraph', new Y.XmlText('ab')), element('paragraph', new Y.XmlText('cd')));
  const view = show(doc).select(2, 7);
  root(doc).delete(0, 1);
  expect([view.state.selection.anchor, view.state.selection.head]).toEqual([1, 3]);
});

test('the selection is at the same text in another Y.Doc', () => {
  const [a, b] = [new Y.Doc(), new Y.Doc()];
  append(a, element('paragraph', new Y.XmlText('one two')));
  Y.applyUpdate(b, Y.encodeStateAsUpdate(a));
  root(b).insert(0, [element('paragraph', new Y.XmlText('zero'))]);
  const selection = sameSelection(show(a).select(5, 8).state, show(b).state);
  expect([selection.anchor, selection.head]).toEqual([11, 14]);
});
