import { expect, test } from 'vitest';
import * as Y from 'yjs';
import { HeadlessView } from '../test/headless-view.js';
import { RECEIVED } from './received.js';
import { type Written, watchWritten } from './written-blocks.js';

function block(name: string, ...content: (Y.XmlElement | string)[]): Y.XmlElement {
  const element = new Y.XmlElement(name);
  element.insert(
    0,
    content.map((each) => (typeof each === 'string' ? new Y.XmlText(each) : each)),
  );
  return element;
}

function begin() {
  const [own, ann, ben] = [7, 1, 2].map((clientID) => Object.assign(new Y.Doc(), { clientID })) as [
    Y.Doc,
    Y.Doc,
    Y.Doc,
  ];
  const fragment = ann.getXmlFragment('prosemirror');
  const item = block('list_item', block('paragraph', 'oil'));
  fragment.insert(0, [block('paragraph', 'The lamp'), block('bullet_list', item), block('paragraph', 'The end')]);
  for (const doc of [own, ben]) Y.applyUpdate(doc, Y.encodeStateAsUpdate(ann));
  const view = new HeadlessView(own);
  const told: (readonly [Record<string, number | null>, number[], boolean])[] = [];
  const stop = watchWritten(view.asView, ({ blocks, writers, isNews }: Written) => {
    const named = [...blocks].map(([y, client]) => [(y as Y.XmlElement).toString().replace(/<[^>]*>/g, ''), client]);
    told.push([Object.fromEntries(named), [...writers], isNews]);
  });
  /** All that they have written, in one transaction. */
  const hear = (...docs: Y.Doc[]): void => {
    const updates = docs.map((doc) => Y.encodeStateAsUpdate(doc, Y.encodeStateVector(own)));
    const apply = ({ meta }: Y.Transaction): void => {
      meta.set(RECEIVED, { updates, unsaved: [] });
      for (const update of updates) Y.applyUpdate(own, update);
    };
    Y.transact(own, apply, null, false);
  };
  const textOf = (doc: Y.Doc, at: number): Y.XmlText =>
    (doc.getXmlFragment('prosemirror').get(at) as Y.XmlElement).get(0) as Y.XmlText;
  return { own, ann, ben, fragment, view, told, stop, hear, textOf };
}

test('each block is told with who wrote in it, the innermost alone', () => {
  const { ann, ben, fragment, told, hear, textOf } = begin();
  textOf(ann, 0).insert(8, 's');
  const item = (ben.getXmlFragment('prosemirror').get(1) as Y.XmlElement).get(0) as Y.XmlElement;
  ((item.get(0) as Y.XmlElement).get(0) as Y.XmlText).insert(0, 'whale ');
  hear(ann, ben);
  expect(told.splice(0)).toEqual([[{ 'The lamps': 1, 'whale oil': 2 }, [1, 2], true]]);
  fragment.insert(3, [block('blockquote', block('paragraph', 'One'), block('paragraph', 'Two'))]);
  (fragment.get(2) as Y.XmlElement).setAttribute('align', 'center');
  hear(ann);
  expect(told.splice(0)).toEqual([[{ One: 1, Two: 1, 'The end': 1 }, [1], true]]);
});

test('who only deletes is not known, and blocks that went are none', () => {
  const { ann, fragment, told, hear, textOf } = begin();
  textOf(ann, 0).delete(0, 4);
  fragment.delete(2, 1);
  hear(ann);
  expect(told).toEqual([[{ lamp: null }, [], true]]);
});

test('of two in one block both write', () => {
  const { ann, ben, told, hear, textOf } = begin();
  textOf(ann, 0).insert(0, 'a');
  textOf(ben, 0).insert(0, 'b');
  hear(ann, ben);
  expect(told[0]?.[1]).toEqual([1, 2]);
});

test('what one writes is not told, what is no entry is told as such, and after the end nothing', () => {
  const { own, ann, view, told, stop, textOf } = begin();
  view.select(1).type('My ');
  expect(told).toEqual([]);
  textOf(ann, 2).insert(7, '.');
  Y.applyUpdate(own, Y.encodeStateAsUpdate(ann));
  expect(told.splice(0)).toEqual([[{ 'The end.': 1 }, [1], false]]);
  stop();
  textOf(ann, 2).insert(8, '.');
  Y.applyUpdate(own, Y.encodeStateAsUpdate(ann));
  expect(told).toEqual([]);
});
