import { expect, test } from 'vitest';
import { keysInWords, pageKeyOf } from './key-names.js';

const press = { key: 'f', ctrlKey: false, metaKey: false, shiftKey: false, altKey: false };

test('keys are named as they are printed on keyboards', () => {
  expect(keysInWords('Mod-Shift-x', false)).toBe('Ctrl+Shift+X');
  expect(keysInWords('Mod-Alt-1', true)).toBe('⌘⌥1');
  expect(keysInWords('Shift-Tab', false)).toBe('Shift+Tab');
});

test('the page takes its own keys and leaves all others', () => {
  expect(pageKeyOf({ ...press, ctrlKey: true }, false)).toBe('find');
  expect(pageKeyOf({ ...press, key: 'F', ctrlKey: true }, false)).toBe('find');
  expect(pageKeyOf({ ...press, key: '/', ctrlKey: true }, false)).toBe('shortcuts');
  expect(pageKeyOf({ ...press, metaKey: true }, true)).toBe('find');
  expect(pageKeyOf({ ...press, ctrlKey: true }, true)).toBe(null);
  expect(pageKeyOf({ ...press, ctrlKey: true, shiftKey: true }, false)).toBe(null);
  expect(pageKeyOf(press, false)).toBe(null);
});
