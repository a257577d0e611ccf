// Tables that two people change at once, and spans that no table can have.

import { expect, test } from 'vitest';
import * as Y from 'yjs';
import { Chance } from '../../../e2e/simulation/chance.js';
import { changeTable } from '../test/fuzz/random-edits.js';
import { UniqueText } from '../test/fuzz/unique-text.js';
import type { HeadlessView } from '../test/headless-view.js';
import { element, paragraph, root, showing } from '../test/shown-documents.js';
import { LOCAL } from './origin.js';
import { placesToWrite } from './places-to-write.js';

const show = showing(placesToWrite());

/** Two people in front of one table of two rows and columns: "a b" over "c d". */
function twoPeople() {
  const docs = [new Y.Doc(), new Y.Doc()] as const;
  root(docs[0]).insert(0, [table(['a', 'b'], ['c', 'd'])]);
  Y.applyUpdate(docs[1], Y.encodeStateAsUpdate(docs[0]));
  const [ann, ben] = [show(docs[0]), show(docs[1])];
  const meet = (): void => {
    Y.applyUpdate(docs[0], Y.encodeStateAsUpdate(docs[1], Y.encodeStateVector(docs[0])));
    Y.applyUpdate(docs[1], Y.encodeStateAsUpdate(docs[0], Y.encodeStateVector(docs[1])));
  };
  return { docs, ann, ben, meet };
}

const cell = (text: string) => element('table_cell', paragraph(text));
const table = (...rows: string[][]) =>
  element('table', ...rows.map((texts) => element('table_row', ...texts.map(cell))));
const rowOf = (doc: Y.Doc, index: number) => (root(doc).get(0) as Y.XmlElement).get(index) as Y.XmlElement;
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

const cellsIn = ({ state }: HeadlessView): number => {
  let count = 0;
  state.doc.descendants(({ type }) => {
    if (type.name === 'table_cell' || type.name === 'table_header') count++;
  });
  return count;
};

test('rows and columns that both add, take away and merge, again and again: no cell is there that nobody made', () => {
  for (let seed = 1; seed <= 10; seed++) {
    const { docs, ann, ben, meet } = twoPeople();
    const chance = new Chance(seed);
    const text = new UniqueText();
    let made = cellsIn(ann);
    let answers = 0;
    let isMeeting = false;
    for (const [index, doc] of docs.entries()) {
      doc.clientID = seed * 2 + index;
      doc.on('afterTransaction', ({ origin }: Y.Transaction) => {
        if (isMeeting && origin === LOCAL) answers++;
      });
    }
    for (let round = 0; round < 6; round++) {
      for (const view of [ann, ben]) {
        for (let edits = chance.int(1, 3); edits > 0; edits--) {
          const before = cellsIn(view);
          changeTable(view, chance, text);
          made += Math.max(0, cellsIn(view) - before);
        }
      }
      isMeeting = true;
      for (let hops = 0; hops < 2; hops++) meet();
      isMeeting = false;
      ann.state.doc.check();
      expect(ann.text, `seed ${seed}`).toBe(ben.text);
    }
    expect(answers, `seed ${seed}: they answered each other`).toBe(0);
    expect(cellsIn(ann), `seed ${seed}`).toBeLessThanOrEqual(made);
  }
});

test('two people merge cells that overlap, while a third one types in one of them: no text is gone', () => {
  const { docs, ann, ben, meet } = twoPeople();
  const third = new Y.Doc();
  Y.applyUpdate(third, Y.encodeStateAsUpdate(docs[0]));
  ((cellOf(third, 0, 1).get(0) as Y.XmlElement).get(0) as Y.XmlText).insert(1, '!');
  const merge = ({ state, dispatch }: HeadlessView, isAcross: boolean): void => {
    const [top, bottom] = state.doc.firstChild!.children as [typeof state.doc, typeof state.doc];
    const [a, b] = [top.child(0), top.child(1)];
    const { tr } = state;
    if (isAcross) {
      const whole = a.type.create({ ...a.attrs, colspan: 2 }, a.content.append(b.content));
      dispatch(tr.replaceWith(2, 2 + a.nodeSize + b.nodeSize, whole));
    } else {
      const below = bottom.child(1);
      const [from, at] = [1 + top.nodeSize + 1 + bottom.child(0).nodeSize, 2 + a.nodeSize];
      tr.delete(from, from + below.nodeSize);
      dispatch(tr.replaceWith(at, at + b.nodeSize, b.type.create({ rowspan: 2 }, b.content.append(below.content))));
    }
  };
  merge(ann, true);
  merge(ben, false);
  meet();
  for (const doc of docs) Y.applyUpdate(doc, Y.encodeStateAsUpdate(third));
  for (let hops = 0; hops < 3; hops++) meet();
  ann.state.doc.check();
  expect(ann.text).toBe(ben.text);
  for (const letter of ['a', 'b', 'c', 'd', '!']) expect(ann.state.doc.textContent).toContain(letter);
});

test('spans from a peer that overlap, and reach over rows that are not there, are kept while both go on', () => {
  const { docs, ann, ben, meet } = twoPeople();
  cellOf(docs[1], 0, 0).setAttribute('rowspan', 2 as never);
  cellOf(docs[1], 1, 0).setAttribute('colspan', 2 as never);
  cellOf(docs[1], 0, 1).setAttribute('rowspan', 65_000 as never);
  cellOf(docs[1], 1, 1).setAttribute('colwidth', [1e9, -1, 3] as never);
  meet();
  expect(ann.text).toBe(ben.text);
  expect(cellsIn(ann)).toBe(4);
  ben.dispatch(ben.state.tr.delete(1, 1 + ben.state.doc.firstChild!.firstChild!.nodeSize));
  (rowOf(docs[0], 0).parent as Y.XmlElement).insert(1, [element('table_row', cell('e'))]);
  meet();
  expect(ann.text).toBe(ben.text);
  expect(ann.state.doc.textContent).toBe('ecd');
  expect(cellOf(docs[0], 1, 0).getAttribute('colspan')).toBe(2);
  expect(cellOf(docs[0], 1, 1).getAttribute('colwidth')).toEqual([1e9, -1, 3]);
});

test('with spans that no table can have a cell is drawn as one', () => {
  const { docs, ann, meet } = twoPeople();
  for (const [column, span] of [0, -1, 1e9, 'x'].entries()) {
    if (column > 1) rowOf(docs[1], 0).insert(column, [cell('')]);
    for (const name of ['colspan', 'rowspan']) cellOf(docs[1], 0, column).setAttribute(name, span as never);
  }
  meet();
  const row = ann.state.doc.firstChild!.firstChild!;
  expect(row.childCount).toBe(4);
  for (const child of row.children) {
    const [, attributes] = child.type.spec.toDOM!(child) as unknown as [string, Record<string, unknown>];
    expect(attributes).toMatchObject({ colspan: null, rowspan: null });
  }
});
