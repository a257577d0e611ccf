import { fromMarkdown, schema } from '@weft/model';
import { Fragment, Slice } from 'prosemirror-model';
import type { EditorView } from 'prosemirror-view';
import { expect, test } from 'vitest';
import { soundPaste } from './sound-paste.js';

test('control characters and halves are not pasted, and what is pasted is as open as it was', () => {
  const words = schema.text('a\u0000\ud800\u001b[1m\n\t😀', [schema.mark('link', { href: 'https://x/\u0001' })]);
  const slice = new Slice(Fragment.from(schema.node('paragraph', null, [words])), 1, 0);
  const plugin = soundPaste();
  const pasted = plugin.props.transformPasted!.call(plugin, slice, {} as EditorView, true);
  expect([pasted.openStart, pasted.openEnd]).toEqual([1, 0]);
  expect(pasted.content.firstChild!.textContent).toBe('a\ufffd\ufffd\ufffd[1m\n\t😀');
  expect(pasted.content.firstChild!.firstChild!.marks[0]!.attrs.href).toBe('https://x/\ufffd');
});

test('lines end as programs end them on the clipboard', () => {
  const plugin = soundPaste();
  const pasted = plugin.props.transformPastedText!.call(plugin, 'one\vtwo\fthree\n', true, {} as EditorView);
  expect(pasted).toBe('one\ntwo\nthree\n');
});

const pasted = (slice: Slice): Slice => {
  const plugin = soundPaste();
  return plugin.props.transformPasted!.call(plugin, slice, {} as EditorView, false);
};
const { nodes } = schema;
const paragraph = (text: string) => nodes.paragraph.create(null, schema.text(text));

test('whatever is cut out of a document is pasted as it is', () => {
  const source =
    '# A\n\n- b\n  - c\n  - d\n\n> e\n\n| f | g |\n| - | - |\n| h | i |\n\n```js\nj\n```\n\n1. k **l**\n\n   m';
  const { doc } = fromMarkdown(source);
  for (let from = 0; from <= doc.content.size; from++) {
    for (let to = from; to <= doc.content.size; to++) {
      const slice = doc.slice(from, to);
      if (!pasted(slice).eq(slice)) expect.fail(`${slice}`);
    }
  }
});

test.each([
  ['a paragraph in a paragraph', nodes.paragraph.create(null, paragraph('a')), 0],
  ['a paragraph in an open paragraph', nodes.paragraph.create(null, paragraph('a')), 1],
  ['a cell without a table', nodes.bullet_list.create(null, nodes.table_cell.create(null, paragraph('a'))), 0],
  [
    'a cell without a table, cut open',
    nodes.bullet_list.create(null, nodes.table_cell.create(null, paragraph('a'))),
    1,
  ],
])('of %s the words are pasted', (_what, node, open) => {
  const slice = pasted(new Slice(Fragment.from(node), open, open));
  expect(slice.content.toString()).toMatch(/^<(paragraph, )?paragraph\("a"\)>$/);
  for (const block of slice.content.content) block.check();
});
