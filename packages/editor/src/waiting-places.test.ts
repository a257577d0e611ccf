import { schema } from '@weft/model';
import type { EditorView } from 'prosemirror-view';
import { expect, test } from 'vitest';
import * as Y from 'yjs';
import type { HeadlessView } from '../test/headless-view.js';
import { p } from '../test/headless-view.js';
import { root, showing, twoDocs } from '../test/shown-documents.js';
import { LateRoom } from './late-part.js';
import { addPlaces, blockPlace, fillPlace, placesIn, removePlace, waitingPlaces } from './waiting-places.js';

const dom = {} as HTMLElement;
const room = new LateRoom(undefined);
room.add([], { ...waitingPlaces, drawPicture: () => ({ dom }) });
const show = showing(room.plugin);
const figure = (src: string, caption = '') =>
  schema.node('figure', { src }, caption === '' ? [] : [schema.text(caption)]);
const asView = (view: HeadlessView): EditorView => view.asView;
const wait = (view: HeadlessView, position: number, ...ids: string[]): void =>
  view.dispatch(
    addPlaces(
      view.state.tr,
      ids.map((id) => ({ id, position, dom })),
    ),
  );
const fill = (view: HeadlessView, id: string): boolean => fillPlace(asView(view), id, figure(id));
const write = (view: HeadlessView, ...texts: string[]): void =>
  view.dispatch(
    view.state.tr.replaceWith(
      0,
      view.state.doc.content.size,
      texts.map((text) => (text === '' ? p() : p(text))),
    ),
  );

test('a block has its place before the block that the caret is at the beginning of, and after any other', () => {
  const doc = schema.node('doc', null, [
    p('oil'),
    p(),
    figure('a', 'cap'),
    schema.node('bullet_list', null, [schema.node('list_item', null, [p('x')])]),
  ]);
  expect([1, 2, 4].map((at) => blockPlace(doc, at))).toEqual([0, 5, 5]);
  expect(blockPlace(doc, 6)).toBe(5);
  // Never within a caption; in an item, but not between two.
  expect([8, 9].map((at) => blockPlace(doc, at))).toEqual([12, 12]);
  expect(doc.resolve(blockPlace(doc, 16)).parent.type.name).toBe('list_item');
  expect(blockPlace(doc, 1e9)).toBe(doc.content.size);
});

test('a place goes with the text, whoever changes it, and nobody else sees it', () => {
  const [ann, ben] = twoDocs();
  const [mine, theirs] = [show(ann), show(ben)];
  write(mine, 'oil', 'wick');
  wait(mine, 5, 'a');
  expect(placesIn(theirs.state)).toEqual([]);
  const before = theirs.text;
  theirs.select(1).type('more ');
  theirs.dispatch(theirs.state.tr.insert(0, p('first')));
  expect(blockPlace(mine.state.doc, placesIn(mine.state)[0]!.position)).toBe(17);
  expect(theirs.text).toBe(mine.text);
  expect(before).not.toContain('figure');
  expect(fill(mine, 'a')).toBe(true);
  expect(theirs.text).toBe('doc(paragraph("first"), paragraph("more oil"), figure, paragraph("wick"))');
  expect(placesIn(mine.state)).toEqual([]);
  expect(fill(mine, 'a')).toBe(false);
});

test('what a place stood in may be deleted by others: what comes is where that was', () => {
  const [ann, ben] = twoDocs();
  const [mine, theirs] = [show(ann), show(ben)];
  write(mine, 'oil', 'wick', 'lamp');
  wait(mine, 5, 'a');
  theirs.dispatch(theirs.state.tr.delete(2, 9));
  fill(mine, 'a');
  expect(mine.text).toMatch(/^doc\(paragraph\("o.*"\), figure, paragraph\("lamp"\)\)$/);
  theirs.dispatch(theirs.state.tr.replaceWith(0, theirs.state.doc.content.size, p('new')));
  wait(mine, 3, 'b');
  theirs.dispatch(theirs.state.tr.replaceWith(0, theirs.state.doc.content.size, p()));
  expect(fill(mine, 'b')).toBe(true);
  expect(mine.text).toContain('figure');
});

test('several that were put at one place are in the order they were put, whichever comes first', () => {
  for (const order of ['abc', 'cba', 'bca']) {
    const view = show(new Y.Doc());
    write(view, 'oil', 'wick');
    wait(view, 5, 'a', 'b', 'c');
    for (const id of order) fill(view, id);
    const sources: string[] = [];
    view.state.doc.descendants(({ attrs: { src } }) => src && sources.push(src));
    expect(sources, order).toEqual(['a', 'b', 'c']);
  }
});

test('it is undone by itself, without what was typed before or after it, and comes back', () => {
  const view = show(new Y.Doc());
  view.type('oil');
  wait(view, 5, 'a');
  fill(view, 'a');
  // A line to go on in, where one was at the end.
  expect(view.text).toBe('doc(paragraph("oil"), figure, paragraph)');
  expect(view.state.selection.head).toBe(8);
  view.type(' and');
  view.undo();
  expect(view.text).toBe('doc(paragraph("oil"), figure, paragraph)');
  view.undo();
  expect(view.text).toBe('doc(paragraph("oil"))');
  view.redo();
  expect(view.text).toContain('figure');
});

test('a caret elsewhere stays where it is', () => {
  const view = show(new Y.Doc());
  write(view, 'oil', 'wick');
  view.select(2);
  wait(view, view.state.doc.content.size, 'a');
  fill(view, 'a');
  expect(view.state.selection.head).toBe(2);
});

test('one that replaces a picture leaves its words alone, and what this editor does not know of it', () => {
  const doc = new Y.Doc();
  const view = show(doc);
  view.dispatch(view.state.tr.replaceWith(0, view.state.doc.content.size, [figure('old', 'cap'), p()]));
  (root(doc).get(0) as Y.XmlElement).setAttribute('tomorrow', 'kept');
  view.dispatch(addPlaces(view.state.tr, [{ id: 'new', position: 1, dom, isReplacement: true }]));
  view.dispatch(view.state.tr.insert(0, p('above')));
  fill(view, 'new');
  const [, picture] = root(doc).toArray() as Y.XmlElement[];
  expect(picture!.getAttributes()).toMatchObject({ src: 'new', tomorrow: 'kept' });
  expect(view.text).toBe('doc(paragraph("above"), figure("cap"), paragraph)');
  // Where it is gone, the new one is put there.
  view.dispatch(addPlaces(view.state.tr, [{ id: 'late', position: 8, dom, isReplacement: true }]));
  view.dispatch(view.state.tr.delete(7, 12));
  expect(fill(view, 'late')).toBe(true);
  expect(view.text).toContain('figure');
});

test('a place that is taken away leaves nothing', () => {
  const view = show(new Y.Doc());
  view.type('oil');
  wait(view, 5, 'a', 'b');
  removePlace(asView(view), 'a');
  removePlace(asView(view), 'a');
  expect(placesIn(view.state).map(({ id }) => id)).toEqual(['b']);
  expect(view.text).toBe('doc(paragraph("oil"))');
});
