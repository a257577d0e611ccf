import { schema } from '@weft/model';
import { expect, test } from 'vitest';
import { prosemirrorToYDoc } from 'y-prosemirror';
import { p } from '../test/headless-view.js';
import { outlineOf } from './outline.js';
import { plainText } from './plain-text.js';
import { countWords } from './words.js';

const doc = schema.node('doc', null, [
  schema.node('heading', { level: 1 }, [schema.text('The long watch')]),
  p('Every keeper ', 'writes twice.'),
  schema.node('bullet_list', null, [
    schema.node('list_item', null, [p('Oil')]),
    schema.node('list_item', null, [p('Wicks'), p('double')]),
  ]),
  schema.node('ordered_list', null, [schema.node('list_item', null, [p('One')])]),
  schema.node('paragraph', null, [schema.text('a'), schema.node('hard_break'), schema.text('b')]),
]);

test('plain text has a blank line between blocks and marks list items', () => {
  expect(plainText(prosemirrorToYDoc(doc, 'prosemirror'))).toBe(
    'The long watch\n\nEvery keeper writes twice.\n\n- Oil\n- Wicks\n\n  double\n\n1. One\n\na\nb',
  );
});

test('the outline lists headings', () => {
  expect(outlineOf(doc)).toEqual([{ level: 1, text: 'The long watch' }]);
});

test('words are counted by what separates them, and by character where nothing does', () => {
  expect(countWords(doc)).toBe(13);
  expect(countWords(p('keeper’s well-known 3.5 — naïve'))).toBe(4);
  expect(countWords(p('灯台'))).toBe(2);
  expect(countWords(p())).toBe(0);
});

test('a mention is read as the name it was written with', () => {
  const mention = schema.node('person_mention', { id: 'u-1', label: 'Ann Ek' });
  const withNames = schema.node('doc', null, [
    schema.node('paragraph', null, [mention, schema.text(' and '), mention]),
    schema.node('task_list', null, [schema.node('task_item', { checked: true }, [p('done')])]),
  ]);
  expect(plainText(prosemirrorToYDoc(withNames, 'prosemirror'))).toBe('@Ann Ek and @Ann Ek\n\n[x] done');
  expect(countWords(withNames)).toBe(6);
});
