// I12: anything may stand anywhere in Yjs, for whoever may write can write it without an editor. Whatever it is, the document opens, what
// is written lands where it was written, and nothing of it goes.

import { expect, test } from 'vitest';
import * as Y from 'yjs';
import { element, paragraph, root, showing } from '../test/shown-documents.js';

const contents: Readonly<Record<string, () => Y.Item['content']>> = {
  values: () => new Y.ContentAny([1, 'two', { a: 1n }, null, undefined]),
  bytes: () => new Y.ContentBinary(Uint8Array.of(1, 2)),
  'old JSON': () => new Y.ContentJSON(['a', 3]),
  'a document': () => new Y.ContentDoc(new Y.Doc()),
  'an object': () => new Y.ContentEmbed({ x: 1 }),
  nothing: () => new Y.ContentEmbed(null as never),
  'an embedded string': () => new Y.ContentEmbed('abc' as never),
  letters: () => new Y.ContentString('xyz'),
  'a format that is no name': () => new Y.ContentFormat('__proto__', { a: 1 } as never),
  'a map': () => new Y.ContentType(new Y.Map() as never),
  'an array': () => new Y.ContentType(new Y.Array() as never),
  'plain text': () => new Y.ContentType(new Y.Text('t') as never),
  'a fragment': () => new Y.ContentType(new Y.XmlFragment() as never),
  'a hook': () => new Y.ContentType(new Y.XmlHook('h') as never),
  'loose text': () => new Y.ContentType(new Y.XmlText('loose') as never),
  'an element without a name': () => new Y.ContentType(new Y.XmlElement('') as never),
  'an element named as what objects have': () => new Y.ContentType(new Y.XmlElement('__proto__') as never),
};
const places = ['the document', 'a paragraph', 'text', 'a list', 'an attribute'] as const;

/** At the start of what is in the parent, or under a key. @returns its id */
function put(parent: Y.XmlFragment | Y.XmlText, content: Y.Item['content'], key: string | null): Y.ID {
  const doc = parent.doc!;
  const id = Y.createID(doc.clientID, Y.getState(doc.store, doc.clientID));
  const right = key === null ? parent._start : null;
  doc.transact((transaction) => {
    const item = new Y.Item(id, null, null, right, right?.id ?? null, parent as never, key, content);
    item.integrate(transaction, 0);
  });
  return id;
}

const show = showing();

const cases = places.flatMap((place) =>
  Object.keys(contents).flatMap((name) =>
    ['before it is opened', 'while it is open'].map((when) => [name, place, when] as const),
  ),
);

test.each(cases)('I12: %s in %s, %s', (name, place, when) => {
  const theirs = new Y.Doc();
  root(theirs).insert(0, [
    paragraph('hello'),
    element('bullet_list', element('list_item', paragraph('item'))),
    paragraph('tail'),
  ]);
  const [first, list, last] = root(theirs).toArray() as Y.XmlElement[];
  const text = first!.get(0) as Y.XmlText;
  const target = { 'the document': root(theirs), 'a paragraph': first!, text, 'a list': list!, 'an attribute': first! };
  const write = () => put(target[place], contents[name]!(), place === 'an attribute' ? 'align' : null);
  const early = when === 'before it is opened' ? write() : null;
  const ours = new Y.Doc();
  const hear = () => Y.applyUpdate(ours, Y.encodeStateAsUpdate(theirs, Y.encodeStateVector(ours)));
  hear();
  const view = show(ours);
  const id = early ?? write();
  hear();
  view.state.doc.check();

  // Behind "he", between what is there.
  let at = -1;
  view.state.doc.descendants((node, position) => {
    const within = node.isText ? node.text!.indexOf('hello') : -1;
    if (within >= 0) at = position + within + 2;
  });
  view.select(at).type('!');
  view.undo();
  view.redo();
  Y.applyUpdate(theirs, Y.encodeStateAsUpdate(ours));
  expect(text.toJSON()).toContain('he!llo');
  expect(Y.getItem(theirs.store, id)).toMatchObject({ deleted: false });
  (last!.get(0) as Y.XmlText).insert(0, 'their ');
  hear();
  expect(view.text).toContain('their tail');
  expect(show(ours).text).toBe(view.text);
});

test('I12: values that are no text are split off and deleted like characters', () => {
  const theirs = new Y.Doc();
  root(theirs).insert(0, [paragraph('ab')]);
  const text = (root(theirs).get(0) as Y.XmlElement).get(0) as Y.XmlText;
  text.insertEmbed(1, new Y.Map([['kept', 1]]));
  put(text, new Y.ContentAny([{ much: 1 }, { more: 1 }]), null);
  const doc = new Y.Doc();
  Y.applyUpdate(doc, Y.encodeStateAsUpdate(theirs));
  const view = show(doc);
  expect(view.text).toBe('doc(paragraph(unknown_inline, unknown_inline, "a", unknown_inline, "b"))');
  const { schema } = view.state;
  view.dispatch(view.state.tr.insert(2, schema.node('hard_break')));
  const split = 'doc(paragraph(unknown_inline, hard_break, unknown_inline, "a", unknown_inline, "b"))';
  expect([view.text, show(doc).text]).toEqual([split, split]);
  view.dispatch(view.state.tr.delete(1, 2));
  view.dispatch(view.state.tr.delete(2, 4));
  const left = 'doc(paragraph(hard_break, unknown_inline, "b"))';
  expect([view.text, show(doc).text]).toEqual([left, left]);
});
