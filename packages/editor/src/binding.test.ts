import { readYjs, schema } from '@weft/model';
import { Plugin } from 'prosemirror-state';
import { Decoration, DecorationSet } from 'prosemirror-view';
import { expect, test } from 'vitest';
import * as Y from 'yjs';
import { element, root, showing, twoDocs } from '../test/shown-documents.js';
import { toggleMark } from './commands.js';
import { sameSelection } from './same-selection.js';

const show = showing();
const append = (doc: Y.Doc, ...children: Y.XmlElement[]) => root(doc).push(children);

test('looking at an empty document writes nothing into it', () => {
  const doc = new Y.Doc();
  show(doc).select(1);
  expect(Y.encodeStateVector(doc)).toEqual(Y.encodeStateVector(new Y.Doc()));
});

test('what one person types is what the other sees', () => {
  const [a, b] = twoDocs();
  const ann = show(a);
  const ben = show(b);
  ann.type('The lamp');
  ben.select(9).type(' wants trimming');
  ann.select(1, 4).run(toggleMark('strong'));
  expect(ben.text).toBe('doc(paragraph(strong("The"), " lamp wants trimming"))');
  expect(ann.state.doc.eq(ben.state.doc)).toBe(true);
});

test('a change from elsewhere is one small step, and the caret behind it keeps its place', () => {
  const [a, b] = twoDocs();
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
  const [a, b] = twoDocs();
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
  const [a, b] = twoDocs();
  append(a, element('paragraph', new Y.XmlText('one two')));
  const ann = show(a).select(5, 8);
  show(b).select(8).type(' three');
  ann.type('x');
  expect(ann.text).toBe('doc(paragraph("one x three"))');
});

test('splitting and joining blocks elsewhere keeps the caret in its word', () => {
  const [a, b] = twoDocs();
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
  const [a, b] = twoDocs();
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

test('two people change a picture at once: it is there once, with what both have set and what no editor knows', () => {
  const [a, b] = [new Y.Doc(), new Y.Doc()];
  append(a, element('paragraph', new Y.XmlText('x'), element('image', { src: '/a.png', glow: 1 })));
  Y.applyUpdate(b, Y.encodeStateAsUpdate(a));
  const [ann, ben] = [show(a), show(b)];
  ann.dispatch(ann.state.tr.setNodeAttribute(2, 'alt', 'A'));
  ben.dispatch(ben.state.tr.setNodeAttribute(2, 'width', 320));
  Y.applyUpdate(b, Y.encodeStateAsUpdate(a));
  Y.applyUpdate(a, Y.encodeStateAsUpdate(b));
  for (const view of [ann, ben]) {
    expect(view.text).toBe('doc(paragraph("x", image))');
    expect(view.state.doc.nodeAt(2)!.attrs).toMatchObject({ src: '/a.png', alt: 'A', width: 320 });
  }
  expect(((root(a).get(0) as Y.XmlElement).get(1) as Y.XmlElement).getAttribute('glow')).toBe(1);
  ann.undo();
  expect(ann.state.doc.nodeAt(2)!.attrs).toMatchObject({ alt: null, width: 320 });
});

test('a mention that others rename stays the node it is, with what is shown at it and what no editor knows', () => {
  const [a, b] = twoDocs();
  append(a, element('paragraph', new Y.XmlText('x'), element('person_mention', { id: 'u-1', label: 'An', glow: 1 })));
  const shownAt = new Plugin<DecorationSet>({
    state: {
      init: (_config, { doc }) => DecorationSet.create(doc, [Decoration.node(2, 3, { class: 'seen' })]),
      apply: (tr, set) => set.map(tr.mapping, tr.doc),
    },
  });
  const ann = show(a, shownAt);
  const mention = (doc: Y.Doc) => (root(doc).get(0) as Y.XmlElement).get(1) as Y.XmlElement;
  mention(b).setAttribute('label', 'Ann');
  mention(b).setAttribute('glow', 2 as never);
  expect(ann.text).toBe('doc(paragraph("x", person_mention))');
  expect(ann.state.doc.nodeAt(2)!.attrs).toEqual({ id: 'u-1', label: 'Ann' });
  expect(shownAt.getState(ann.state)!.find()).toMatchObject([{ from: 2, to: 3 }]);
  // Made anew, it still has what it had.
  ann.dispatch(ann.state.tr.setBlockType(1, 3, ann.state.schema.nodes.heading!));
  expect(mention(b).getAttributes()).toEqual({ id: 'u-1', label: 'Ann', glow: 2 });
});

test('half a character is written as everybody gets it, wherever it stands', () => {
  const [a, b] = twoDocs();
  const ann = show(a).type('ab');
  const content = JSON.stringify({
    name: 'dial\ud800',
    attrs: { 'at\udc00': ['\ud800'] },
    children: [{ delta: [{ insert: '\udfff', attributes: { glow: '\ud801' } }] }],
  });
  const { tr } = ann.state;
  tr.insertText('\ud83d', 2).setNodeAttribute(0, 'dir', '\ude00');
  tr.addMark(1, 4, schema.mark('link', { href: 'https://x/\ud800', title: '\udc00' }));
  tr.addMark(1, 2, schema.mark('unknown_mark', { key: 'glow\ud800', value: { by: '\udc00' } }));
  tr.insert(5, [schema.node('unknown_block', { name: 'dial', content })]);
  ann.dispatch(tr);
  const told = (doc: Y.Doc): string => JSON.stringify(readYjs(doc).content);
  expect(told(a)).toBe(told(b));
  // As JSON has it, halves are spelled out.
  expect(told(a)).not.toMatch(/\\ud[89a-f]/i);
  expect(told(a).split('\ufffd')).toHaveLength(14);
});

test('a character that arrives as its two halves is one', () => {
  const doc = new Y.Doc();
  const view = show(doc).type('a\ud83d');
  view.dispatch(view.state.tr.insertText('\ude00'));
  expect(view.type('b').text).toBe('doc(paragraph("a😀b"))');
  expect(root(doc).toString()).toBe('<paragraph>a😀b</paragraph>');
});

test('of two equal emoji the one that is typed is the new one, before another with the same first half (seed 528)', () => {
  const doc = new Y.Doc();
  const view = show(doc);
  for (const emoji of ['😀', '😁']) view.dispatch(view.state.tr.insertText(emoji));
  const text = (root(doc).get(0) as Y.XmlElement).get(0) as Y.XmlText;
  const places = [0, 2].map((index) => Y.createRelativePositionFromTypeIndex(text, index));
  view.select(1).dispatch(view.state.tr.insertText('😀'));
  expect(text.toString()).toBe('😀😀😁');
  expect(places.map((place) => Y.createAbsolutePositionFromRelativePosition(place, doc)?.index)).toEqual([2, 4]);
});
