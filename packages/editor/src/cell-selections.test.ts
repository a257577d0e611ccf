// A rectangle of cells, as prosemirror-tables selects them, while others change the table: it stays around the same cells, and
// what is done to it touches what this person saw in them.

import { TextSelection } from 'prosemirror-state';
import { CellSelection, deleteCellSelection } from 'prosemirror-tables';
import { afterEach, expect, test } from 'vitest';
import * as Y from 'yjs';
import { HeadlessView } from '../test/headless-view.js';
import { FRAGMENT_NAME } from './binding.js';
import { placesToWrite } from './places-to-write.js';
import { sameSelection } from './same-selection.js';

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

const element = (name: string, ...children: (Y.XmlElement | Y.XmlText)[]): Y.XmlElement => {
  const made = new Y.XmlElement(name);
  made.insert(0, children);
  return made;
};
const cell = (text: string) => element('table_cell', element('paragraph', new Y.XmlText(text)));
const row = (...texts: string[]) => element('table_row', ...texts.map(cell));

const show = (doc: Y.Doc): HeadlessView => {
  const view = new HeadlessView(doc, [placesToWrite()]);
  closing.push(() => view.destroy());
  return view;
};

/** Ann has selected "e f" over "h i" of nine cells from "a" to "i", between two lines; Ben is somewhere else. */
function twoPeople() {
  const docs = [new Y.Doc(), new Y.Doc()] as const;
  const table = element('table', row('a', 'b', 'c'), row('d', 'e', 'f'), row('g', 'h', 'i'));
  docs[0]
    .getXmlFragment(FRAGMENT_NAME)
    .insert(0, [element('paragraph', new Y.XmlText('above')), table, element('paragraph', new Y.XmlText('below'))]);
  Y.applyUpdate(docs[1], Y.encodeStateAsUpdate(docs[0]));
  const view = show(docs[0]);
  view.dispatch(view.state.tr.setSelection(CellSelection.create(view.state.doc, cellAt(view, 'e'), cellAt(view, 'i'))));
  expect(selected(view)).toBe('e f h i');
  const root = docs[1].getXmlFragment(FRAGMENT_NAME);
  const shared = root.get(1) as Y.XmlElement;
  return {
    docs,
    view,
    root,
    rowOf: (index: number) => shared.get(index) as Y.XmlElement,
    table: shared,
    tellAnn: () => Y.applyUpdate(docs[0], Y.encodeStateAsUpdate(docs[1])),
    tellBen: () => Y.applyUpdate(docs[1], Y.encodeStateAsUpdate(docs[0])),
  };
}

/** Before the cell with this text. */
function cellAt({ state }: HeadlessView, text: string): number {
  let found = -1;
  state.doc.descendants((node, position) => {
    if (node.type.name === 'table_cell' && node.textContent === text) found = position;
  });
  return found;
}

/** The text of the cells that are selected; null when no cells are. */
function selected({ state: { selection } }: HeadlessView): string | null {
  if (!(selection instanceof CellSelection)) return null;
  const texts: string[] = [];
  selection.forEachCell(({ textContent }) => texts.push(textContent));
  return texts.join(' ');
}

const textIn = (cellY: Y.XmlElement): Y.XmlText => (cellY.get(0) as Y.XmlElement).get(0) as Y.XmlText;

test('a row above it, a line above the table, and what is typed in other cells, move it along', () => {
  const { view, table, root, rowOf, tellAnn } = twoPeople();
  table.insert(0, [row('x', 'y', 'z')]);
  root.insert(0, [element('paragraph', new Y.XmlText('title'))]);
  textIn(rowOf(1).get(0) as Y.XmlElement).insert(0, 'long ');
  table.insert(4, [row('u', 'v', 'w')]);
  tellAnn();
  expect(selected(view)).toBe('e f h i');
});

test('a column within it belongs to it, one beside it does not', () => {
  const { view, table, rowOf, tellAnn } = twoPeople();
  for (let index = 0; index < table.length; index++) rowOf(index).insert(2, [cell(`${index}`)]);
  tellAnn();
  expect(selected(view)).toBe('e 1 f h 2 i');
  for (let index = 0; index < table.length; index++) rowOf(index).insert(1, [cell('-')]);
  tellAnn();
  expect(selected(view)).toBe('e 1 f h 2 i');
});

test('the text of its cells changes, lines and marks too, and it stays', () => {
  const { view, rowOf, tellAnn } = twoPeople();
  const first = rowOf(1).get(1) as Y.XmlElement;
  textIn(first).insert(1, 'vening');
  textIn(first).format(0, 3, { strong: {} });
  first.insert(0, [element('heading', new Y.XmlText('An '))]);
  (rowOf(2).get(2) as Y.XmlElement).delete(0, 1);
  first.setAttribute('colwidth', [80] as never);
  tellAnn();
  expect(selected(view)).toBe('An evening f h ');
});

test.each([
  ['the table', ({ root }: ReturnType<typeof twoPeople>) => root.delete(1, 1), 'below'],
  ['everything', ({ root }: ReturnType<typeof twoPeople>) => root.delete(0, 3), ''],
  ['its last row', ({ table }: ReturnType<typeof twoPeople>) => table.delete(2, 1), null],
  ['its first cell', ({ rowOf }: ReturnType<typeof twoPeople>) => rowOf(1).delete(1, 1), null],
])('somebody deletes %s: something is selected, and writing goes on', (_what, change, around) => {
  const people = twoPeople();
  change(people);
  people.tellAnn();
  const { view } = people;
  view.state.doc.check();
  const { selection } = view.state;
  expect(selection.$from.doc).toBe(view.state.doc);
  if (around !== null) expect(selection.$from.parent.textContent).toBe(around);
  view.dispatch(view.state.tr.setSelection(TextSelection.near(selection.$from)));
  view.type('x');
  people.tellBen();
  expect(people.root.toString()).toContain('x');
});

test('it is copied with what others wrote in it by then, as a table', () => {
  const { view, rowOf, tellAnn } = twoPeople();
  textIn(rowOf(1).get(1) as Y.XmlElement).insert(1, 'vening');
  tellAnn();
  const { content } = view.state.selection.content();
  expect(content.textBetween(0, content.size, ' ')).toBe('evening f h i');
  expect(content.firstChild!.type.name).toMatch(/^table/);
});

test('who empties its cells while somebody types in one empties what was in them, and undo brings it back, selected', () => {
  const { view, rowOf, docs, tellAnn, tellBen } = twoPeople();
  const typed = textIn(rowOf(1).get(1) as Y.XmlElement);
  typed.insert(1, 'x');
  expect(view.run(deleteCellSelection)).toBe(true);
  tellAnn();
  tellBen();
  expect(docs[1].getXmlFragment(FRAGMENT_NAME).toString()).toBe(docs[0].getXmlFragment(FRAGMENT_NAME).toString());
  const texts = view.state.doc.child(1).children.map((line) => line.children.map(({ textContent }) => textContent));
  expect(texts).toEqual([
    ['a', 'b', 'c'],
    ['d', 'x', ''],
    ['g', '', ''],
  ]);
  view.dispatch(view.state.tr.setSelection(TextSelection.create(view.state.doc, 1)));
  view.undo();
  expect(selected(view)).toMatch(/^(ex|xe) f h i$/);
});

test('with another document (S2) it is around the same cells', () => {
  const { view, docs, rowOf, root } = twoPeople();
  root.insert(0, [element('paragraph', new Y.XmlText('title'))]);
  textIn(rowOf(2).get(1) as Y.XmlElement).insert(1, '!');
  const other = show(docs[1]);
  other.dispatch(other.state.tr.setSelection(sameSelection(view.state, other.state)));
  expect(selected(other)).toBe('e f h! i');
});

test('marks that somebody sets on a whole column while another one has a part of it selected', () => {
  const { view, rowOf, tellAnn, docs } = twoPeople();
  const before = Y.encodeStateVector(docs[1]);
  for (const index of [0, 1, 2]) textIn(rowOf(index).get(1) as Y.XmlElement).format(0, 1, { em: {} });
  expect(before).not.toEqual(Y.encodeStateVector(docs[1]));
  const written = Y.decodeStateVector(Y.encodeStateVector(docs[0])).get(docs[0].clientID);
  tellAnn();
  expect(selected(view)).toBe('e f h i');
  expect(view.state.selection.content().content.toString()).toContain('em("e")');
  // Nobody answers with writing.
  expect(Y.decodeStateVector(Y.encodeStateVector(docs[0])).get(docs[0].clientID)).toBe(written);
});
