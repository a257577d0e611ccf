import { expect, test } from 'vitest';
import * as Y from 'yjs';
import { all, bytes, itemIn, section, text, uint, updateOf } from '../gate/test/handmade-updates.js';
import type { Description } from '../room/room-history.js';
import { describeState } from './describe.js';

function describe(write: (doc: Y.Doc) => void): Description {
  const doc = new Y.Doc();
  write(doc);
  return describeState({ checkpointState: null, updates: [Y.encodeStateAsUpdate(doc)] });
}

/** An element with children; strings become text. */
function element(name: string, ...children: (string | Y.XmlElement)[]): Y.XmlElement {
  const made = new Y.XmlElement(name);
  made.insert(
    0,
    children.map((child) => (typeof child === 'string' ? new Y.XmlText(child) : child)),
  );
  return made;
}

const write =
  (...blocks: Y.XmlElement[]) =>
  (doc: Y.Doc): void =>
    doc.getXmlFragment('prosemirror').insert(0, blocks);

test('J4: without a title the first block that is not empty is the title, and the excerpt follows it', () => {
  const blocks = [
    element('heading'),
    element('heading', '  Weaving \n for all '),
    element('paragraph', 'One.'),
    element('paragraph', 'Two.'),
  ];
  expect(describe(write(...blocks))).toEqual({ title: 'Weaving for all', excerpt: 'One. Two.', characters: 28 });
});

test('J4: a title in the metadata comes first, trimmed, and is not repeated by the excerpt', () => {
  const titled = (title: unknown, ...blocks: Y.XmlElement[]): Description =>
    describe((doc) => {
      doc.getMap('meta').set('title', title);
      write(...blocks)(doc);
    });
  expect(titled('  Plan ', element('paragraph', 'Text.'))).toEqual({ title: 'Plan', excerpt: 'Text.', characters: 5 });
  expect(titled('Plan', element('heading', 'Plan'), element('paragraph', 'Text.')).excerpt).toBe('Text.');
  for (const none of ['', '  ', 7, { a: 1 }, new Y.Text('x')]) {
    expect(titled(none, element('paragraph', 'First'))).toMatchObject({ title: 'First', excerpt: '' });
  }
  expect(titled('x'.repeat(500)).title).toBe('x'.repeat(200));
});

test('long text is cut between words, and never inside of a character', () => {
  const words = 'twelve chars '.repeat(40);
  const { title, excerpt, characters } = describe(write(element('p', words), element('p', words)));
  expect(title).toBe('twelve chars '.repeat(6).trim());
  expect(excerpt.length).toBeLessThanOrEqual(200);
  expect(words.startsWith(excerpt)).toBe(true);
  expect(excerpt.endsWith('twelve') || excerpt.endsWith('chars')).toBe(true);
  expect(characters).toBe(2 * words.length);
  expect(describe(write(element('p', `x${'🙂'.repeat(100)}`))).title).toBe(`x${'🙂'.repeat(39)}`);
});

test('elements within text belong to it, elements around it do not', () => {
  const list = element('list', element('item', element('p', 'Milk')), element('item', element('p', 'Bread')));
  expect(describe(write(list))).toMatchObject({ title: 'Milk', excerpt: 'Bread' });
  const line = element('p', 'before', element('break'), 'after', element('mention', 'Ann'), '!');
  expect(describe(write(line))).toMatchObject({ title: 'before after Ann!', excerpt: '' });
});

test('a mention counts as the name it was written with, wherever it stands', () => {
  const mention = (attributes: Record<string, string>): Y.XmlElement => {
    const made = new Y.XmlElement('person_mention');
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    return made;
  };
  const named = element('p', mention({ id: 'u-1', label: 'Ann Ek' }), ' writes to ', mention({ id: 'u-2' }));
  const alone = element('p', mention({ label: 'Ben' }));
  expect(describe(write(named, alone))).toEqual({ title: 'Ann Ek writes to u-2', excerpt: 'Ben', characters: 23 });
});

test('text of tables, captions and sections is text', () => {
  const row = element('table_row', element('table_cell', element('p', 'a')), element('table_cell', element('p', 'b')));
  const section = element('details', element('details_summary', 'More'), element('p', 'inside'));
  expect(describe(write(element('table', row), element('figure', 'The lamp'), section))).toEqual({
    title: 'a',
    excerpt: 'b The lamp More inside',
    characters: 20,
  });
});

test('deleted text does not count', () => {
  const textOf = (doc: Y.Doc): Y.XmlText =>
    (doc.getXmlFragment('prosemirror').get(0) as Y.XmlElement).get(0) as Y.XmlText;
  const result = describe((doc) => {
    write(element('p', 'keep drop'), element('p', 'gone'))(doc);
    textOf(doc).delete(4, 5);
    textOf(doc).format(0, 2, { strong: {} });
    doc.getXmlFragment('prosemirror').delete(1);
  });
  expect(result).toEqual({ title: 'keep', excerpt: '', characters: 4 });
});

test('documents of other kinds are no surprise', () => {
  const none = { title: '', excerpt: '', characters: 0 };
  expect(describe((doc) => doc.getText('anything').insert(0, 'text'))).toEqual(none);
  expect(describe((doc) => doc.getMap('prosemirror').set('title', 'x'))).toEqual(none);
  expect(describe((doc) => doc.getArray('meta').insert(0, ['title']))).toEqual(none);
  expect(describe((doc) => doc.getText('meta').insert(0, 'title'))).toEqual(none);
  expect(describe((doc) => doc.getText('prosemirror').insert(0, 'plain'))).toEqual({
    title: 'plain',
    excerpt: '',
    characters: 5,
  });
  expect(describeState({ checkpointState: null, updates: [] })).toEqual(none);
});

test('nesting of any depth is read without recursion', () => {
  const root = all(bytes(7), uint(1), text('prosemirror'), uint(3), text('p'));
  const nested = Array.from({ length: 5_000 }, (_, clock) => itemIn([1, clock], 7, all(uint(3), text('p'))));
  const innermost = itemIn([1, nested.length], 4, text('deep'));
  const update = updateOf({ sections: [section(1, 0, root, ...nested, innermost)] });
  expect(describeState({ checkpointState: null, updates: [update] }).characters).toBe(4);
});
