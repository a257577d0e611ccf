import { schema } from '@weft/model';
import { AllSelection, TextSelection } from 'prosemirror-state';
import { afterEach, expect, test } from 'vitest';
import * as Y from 'yjs';
import { HeadlessView, p } from '../test/headless-view.js';
import { type ListName, listOf, toggleList } from './lists.js';

let view: HeadlessView;
afterEach(() => view.destroy());

const list = (name: ListName, ...items: string[]) =>
  schema.node(
    `${name}_list`,
    null,
    items.map((text) => schema.node('list_item', null, [p(text)])),
  );

/** Shows these blocks with all of them selected. */
function selectAll(...blocks: ReturnType<typeof p>[]): void {
  view = new HeadlessView(new Y.Doc());
  view.dispatch(view.state.tr.replaceWith(0, view.state.doc.content.size, blocks));
  view.dispatch(view.state.tr.setSelection(new AllSelection(view.state.doc)));
}

test('a list button makes a list, changes its kind, and takes it away', () => {
  view = new HeadlessView(new Y.Doc());
  view.type('oil');
  view.run(toggleList('bullet'));
  expect(view.text).toBe('doc(bullet_list(list_item(paragraph("oil"))))');
  view.run(toggleList('ordered'));
  expect(view.text).toBe('doc(ordered_list(list_item(paragraph("oil"))))');
  view.run(toggleList('ordered'));
  expect(view.text).toBe('doc(paragraph("oil"))');
});

test('with everything selected a list changes its kind, is taken away, and made again', () => {
  selectAll(list('bullet', 'oil', 'wick'));
  expect(listOf(view.state)).toBe('bullet');
  view.run(toggleList('ordered'));
  expect(view.text).toBe('doc(ordered_list(list_item(paragraph("oil")), list_item(paragraph("wick"))))');
  expect(listOf(view.state)).toBe('ordered');
  view.run(toggleList('ordered'));
  expect(view.text).toBe('doc(paragraph("oil"), paragraph("wick"))');
  expect(listOf(view.state)).toBeNull();
  view.run(toggleList('bullet'));
  expect(view.text).toBe('doc(bullet_list(list_item(paragraph("oil")), list_item(paragraph("wick"))))');
  expect(listOf(view.state)).toBe('bullet');
});

test('text and lists selected together become one list, which undo takes apart again', () => {
  selectAll(p('a'), list('ordered', 'b', 'c'), p('d'), list('bullet', 'e'));
  const before = view.text;
  expect(listOf(view.state)).toBeNull();
  view.undoManager.stopCapturing();
  view.run(toggleList('bullet'));
  const items = ['a', 'b', 'c', 'd', 'e'].map((text) => `list_item(paragraph("${text}"))`);
  expect(view.text).toBe(`doc(bullet_list(${items.join(', ')}))`);
  expect(listOf(view.state)).toBe('bullet');
  view.undo();
  expect(view.text).toBe(before);
});

test('two lists of a kind with everything selected are both taken away', () => {
  selectAll(list('bullet', 'a', 'b'), list('bullet', 'c'));
  expect(listOf(view.state)).toBe('bullet');
  view.run(toggleList('bullet'));
  expect(view.text).toBe('doc(paragraph("a"), paragraph("b"), paragraph("c"))');
});

test('a selection from text into a list grows the list, and stays', () => {
  selectAll(p('a'), list('bullet', 'b', 'c'));
  view.dispatch(view.state.tr.setSelection(TextSelection.create(view.state.doc, 1, 7)));
  view.run(toggleList('bullet'));
  expect(view.text).toBe(
    'doc(bullet_list(list_item(paragraph("a")), list_item(paragraph("b")), list_item(paragraph("c"))))',
  );
  expect(view.state.selection.$from.parent.textContent).toBe('a');
});

test('the title of a section stays above the list that is made of the rest', () => {
  const { details, details_summary: summary } = schema.nodes;
  selectAll(details.create(null, [summary.create(null, schema.text('Lamps')), p('oil'), list('ordered', 'gas')]));
  view.dispatch(view.state.tr.setSelection(TextSelection.create(view.state.doc, 3, 19)));
  expect(view.state.selection.$to.parent.textContent).toBe('gas');
  view.run(toggleList('bullet'));
  expect(view.text).toBe(
    'doc(details(details_summary("Lamps"), bullet_list(list_item(paragraph("oil")), list_item(paragraph("gas")))))',
  );
});
