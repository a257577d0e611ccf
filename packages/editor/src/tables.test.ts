// Tables that two people change at once, and spans that no table can have.

import { afterEach, expect, test } from 'vitest';
import * as Y from 'yjs';
import { HeadlessView } from '../test/headless-view.js';
import { FRAGMENT_NAME } from './binding.js';
import { placesToWrite } from './places-to-write.js';

const views: HeadlessView[] = [];
afterEach(() => {
  for (const view of views.splice(0)) view.destroy();
});

/** Two people in front of one table of two rows and columns: "a b" over "c d". */
function twoPeople() {
  const docs = [new Y.Doc(), new Y.Doc()] as const;
  docs[0].getXmlFragment(FRAGMENT_NAME).insert(0, [table(['a', 'b'], ['c', 'd'])]);
  Y.applyUpdate(docs[1], Y.encodeStateAsUpdate(docs[0]));
  const [ann, ben] = docs.map((doc) => {
    const view = new HeadlessView(doc, [placesToWrite()]);
    views.push(view);
    return view;
  }) as [HeadlessView, HeadlessView];
  const meet = (): void => {
    Y.applyUpdate(docs[0], Y.encodeStateAsUpdate(docs[1]));
    Y.applyUpdate(docs[1], Y.encodeStateAsUpdate(docs[0]));
  };
  return { docs, ann, ben, meet };
}

const element = (name: string, ...children: (Y.XmlElement | Y.XmlText)[]): Y.XmlElement => {
  const made = new Y.XmlElement(name);
  made.insert(0, children);
  return made;
};
const paragraph = (text: string) => element('paragraph', new Y.XmlText(text));
const cell = (text: string) => element('table_cell', paragraph(text));
const table = (...rows: string[][]) =>
  element('table', ...rows.map((texts) => element('table_row', ...texts.map(cell))));
const rowOf = (doc: Y.Doc, index: number) =>
  (doc.getXmlFragment(FRAGMENT_NAME).get(0) as Y.XmlElement).get(index) as Y.XmlElement;
const cellOf = (doc: Y.Doc, row: number, column: number) => rowOf(doc, row).get(column) as Y.XmlElement;

test('two people add a row and a column at once: both are there, once, and nobody repairs anything', () => {
  const { docs, ann, ben, meet } = twoPeople();
  (rowOf(docs[0], 0).parent as Y.XmlElement).insert(1, [element('table_row', cell('e'), cell('f'))]);
  for (const row of [0, 1]) rowOf(docs[1], row).insert(2, [cell(`${row}`)]);
  meet();
  const [annWrote, benWrote] = docs.map((doc) => Y.encodeStateVector(doc));
  expect(annWrote).toEqual(benWrote);
  expect(ann.state.doc.eq(ben.state.doc)).toBe(true);
  const rows = ann.state.doc.firstChild!.children.map((row) => row.children.map(({ textContent }) => textContent));
  expect(rows).toEqual([
    ['a', 'b', '0'],
    ['e', 'f'],
    ['c', 'd', '1'],
  ]);
});

test.each([0, -1, 1e9, 'x', null, [1], { a: 1 }, 2.5])(
  'a span of %j from a peer is shown and kept, and costs nothing',
  (span) => {
    const { docs, ann, ben, meet } = twoPeople();
    for (const [row, column] of [
      [0, 0],
      [1, 0],
      [1, 1],
    ] as const) {
      cellOf(docs[1], row, column).setAttribute('colspan', span as never);
      cellOf(docs[1], row, column).setAttribute('rowspan', span as never);
    }
    meet();
    const sent = Y.encodeStateVector(docs[1]);
    expect(ann.state.doc.eq(ben.state.doc)).toBe(true);
    expect(ann.state.doc.textContent).toBe('abcd');
    const inFirstCell = 4;
    ann.select(inFirstCell).type('x');
    meet();
    expect(ben.state.doc.textContent).toBe('xabcd');
    expect(cellOf(docs[1], 0, 0).getAttribute('colspan')).toEqual(span);
    // Ann wrote a letter, and nothing else was repaired by anybody.
    const after = Y.decodeStateVector(Y.encodeStateVector(docs[1]));
    const before = Y.decodeStateVector(sent);
    const written = [...after].reduce((sum, [client, clock]) => sum + clock - (before.get(client) ?? 0), 0);
    expect(written).toBe(1);
  },
);

test('a cell that is merged with the next one keeps the caret that is in it', () => {
  const { docs, ann, meet } = twoPeople();
  ann.select(5);
  expect(ann.state.selection.$head.nodeBefore?.text).toBe('a');
  docs[1].transact(() => {
    cellOf(docs[1], 0, 0).setAttribute('colspan', 2 as never);
    cellOf(docs[1], 0, 0).insert(1, [paragraph('b')]);
    rowOf(docs[1], 0).delete(1, 1);
  });
  meet();
  expect(ann.state.selection.$head.nodeBefore?.text).toBe('a');
});
