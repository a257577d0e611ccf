import { expect, test } from 'vitest';
import { parsePerson } from './person.js';

test('a plain name and colour pass', () => {
  expect(parsePerson({ name: 'Noor', color: '#D1495B' })).toEqual({ name: 'Noor', color: '#d1495b' });
});

test('what is missing or of the wrong type is replaced', () => {
  for (const input of [null, undefined, 7, 'x', {}, { name: 3, color: [] }, { name: '  ', color: 'red' }]) {
    expect(parsePerson(input)).toEqual({ name: 'Guest', color: '#59636e' });
  }
});

test('a colour can be nothing but a colour', () => {
  for (const color of ['#fff', '#12345', 'url(x)', '#123456;background:url(x)', '#12345g']) {
    expect(parsePerson({ name: 'a', color }).color).toBe('#59636e');
  }
});

test('a name keeps its letters and loses what would break the line or turn its direction', () => {
  expect(parsePerson({ name: 'A\u0000\nB\u202eC\u2028D\u2066' }).name).toBe('ABCD');
  expect(parsePerson({ name: 'Zoë 李 محمد 👩‍🚀' }).name).toBe('Zoë 李 محمد 👩‍🚀');
});

test('a long name is cut, and never inside a character', () => {
  expect(parsePerson({ name: 'x'.repeat(500) }).name).toHaveLength(64);
  expect(parsePerson({ name: `${'x'.repeat(63)}😀` }).name).toBe('x'.repeat(63));
});
