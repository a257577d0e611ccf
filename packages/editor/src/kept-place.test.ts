import type { Selection } from 'prosemirror-state';
import { expect, test } from 'vitest';
import * as Y from 'yjs';
import { HeadlessView, p } from '../test/headless-view.js';
import { keepPlace } from './kept-place.js';

/** A text of paragraphs. */
function viewOf(...lines: string[]): HeadlessView {
  const view = new HeadlessView(new Y.Doc());
  view.dispatch(
    view.state.tr.replaceWith(
      0,
      view.state.doc.content.size,
      lines.map((line) => p(line)),
    ),
  );
  return view;
}

const selected = ({ state: { doc } }: HeadlessView, { from, to }: Selection): string => doc.textBetween(from, to, '|');

test('what comes late is put where the caret was, and who went on elsewhere stays there', () => {
  const view = viewOf('Lamp', 'whale oil').select(5);
  const atPlace = keepPlace(view.asView);
  view.dispatch(view.state.tr.insert(0, p('Theirs')));
  view.select(15, 20);
  expect(selected(view, view.state.selection)).toBe('whale');
  expect(atPlace(() => view.pasteText('s\nand wicks'))).toBe(true);
  expect(view.text).toBe(
    'doc(paragraph("Theirs"), paragraph("Lamps"), paragraph("and wicks"), paragraph("whale oil"))',
  );
  expect(selected(view, view.state.selection)).toBe('whale');
  view.destroy();
});

test('the caret that has not moved goes behind it', () => {
  const view = viewOf('Lamp').select(5);
  keepPlace(view.asView)(() => view.pasteText('s'));
  expect(view.type('!').text).toBe('doc(paragraph("Lamps!"))');
  view.destroy();
});

test('what was typed meanwhile stands behind it, and so does the caret', () => {
  const view = viewOf('Lamp').select(5);
  const atPlace = keepPlace(view.asView);
  view.type(' burns');
  atPlace(() => view.pasteText('s\nand wick'));
  expect(view.type('!').text).toBe('doc(paragraph("Lamps"), paragraph("and wick burns!"))');
  view.destroy();
});

test('what was selected is replaced, unless it is another by now', () => {
  const view = viewOf('whale oil').select(1, 6);
  const [first, second] = [keepPlace(view.asView), keepPlace(view.asView)];
  view.select(10);
  first(() => view.pasteText('rape'));
  expect(view.text).toBe('doc(paragraph("rape oil"))');
  second(() => view.pasteText('seed'));
  expect(view.text).toBe('doc(paragraph("rapeseed oil"))');
  expect(view.type('!').text).toBe('doc(paragraph("rapeseed oil!"))');
  view.destroy();
});

test('where the text of the place is gone, it takes the place of nothing else', () => {
  const view = viewOf('Lamp', 'whale oil').select(3);
  const atPlace = keepPlace(view.asView);
  view.dispatch(view.state.tr.delete(0, 6));
  view.select(1, 6);
  atPlace(() => view.pasteText('New '));
  expect(view.state.doc.textContent).toContain('whale oil');
  expect(view.state.doc.textContent).toContain('New ');
  view.destroy();
});

test('nothing is done where nobody can write any more', () => {
  const view = viewOf('Lamp');
  const atPlace = keepPlace(view.asView);
  view.destroy();
  expect(atPlace(() => expect.unreachable())).toBe(false);
});
