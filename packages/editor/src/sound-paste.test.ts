import { schema } from '@weft/model';
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
