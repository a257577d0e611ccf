import { expect, test } from 'vitest';
import { keysInWords, pageKeyOf } from './key-names.js';

const press = { key: 'f', code: 'KeyF', ctrlKey: false, metaKey: false, shiftKey: false, altKey: false };

test('keys are named as they are printed on keyboards', () => {
  expect(keysInWords('Mod-Shift-x', false)).toBe('Ctrl+Shift+X');
  expect(keysInWords('Mod-Alt-1', true)).toBe('⌘⌥1');
  expect(keysInWords('Shift-Tab', false)).toBe('Shift+Tab');
  expect(keysInWords('Alt-Shift-ArrowUp', false)).toBe('Alt+Shift+↑');
});

test('the page takes its own keys and leaves all others', () => {
  expect(pageKeyOf({ ...press, ctrlKey: true }, false)).toBe('find');
  expect(pageKeyOf({ ...press, key: 'F', ctrlKey: true }, false)).toBe('find');
  expect(pageKeyOf({ ...press, key: '/', code: 'Slash', ctrlKey: true }, false)).toBe('shortcuts');
  expect(pageKeyOf({ ...press, metaKey: true }, true)).toBe('find');
  expect(pageKeyOf({ ...press, ctrlKey: true }, true)).toBe(null);
  expect(pageKeyOf({ ...press, ctrlKey: true, shiftKey: true }, false)).toBe('focus');
  expect(pageKeyOf({ ...press, key: 'g', ctrlKey: true, shiftKey: true }, false)).toBe(null);
  expect(pageKeyOf(press, false)).toBe(null);
});

test('the keys are where they are on other keyboards', () => {
  const withMod = { ...press, ctrlKey: true };
  // Russian, Greek: what is written there is no Latin letter.
  expect(pageKeyOf({ ...withMod, key: 'а' }, false)).toBe('find');
  expect(pageKeyOf({ ...withMod, key: 'φ' }, false)).toBe('find');
  expect(pageKeyOf({ ...withMod, key: 'А', shiftKey: true }, false)).toBe('focus');
  expect(pageKeyOf({ ...withMod, key: 'ф', code: 'KeyA' }, false)).toBe(null);
  // Dvorak: the letter decides, and not the place.
  expect(pageKeyOf({ ...withMod, code: 'KeyY' }, false)).toBe('find');
  expect(pageKeyOf({ ...withMod, key: 'u' }, false)).toBe(null);
  // German, Russian: the sign is on another key, with Shift.
  expect(pageKeyOf({ ...withMod, key: '/', code: 'Digit7', shiftKey: true }, false)).toBe('shortcuts');
  expect(pageKeyOf({ ...withMod, key: '/', code: 'Backslash', shiftKey: true }, false)).toBe('shortcuts');
  // Arabic: the place of the sign has a letter.
  expect(pageKeyOf({ ...withMod, key: 'ظ', code: 'Slash' }, false)).toBe('shortcuts');
  expect(pageKeyOf({ ...withMod, key: '?', code: 'Slash', shiftKey: true }, false)).toBe(null);
  expect(pageKeyOf({ ...withMod, key: 'é', code: 'Digit2' }, false)).toBe(null);
});
