import { expect, test } from 'vitest';
import { CodePoints } from './code-points.js';

const units = (text: string, position: number): number => [...text].slice(0, position).join('').length;

test('positions agree with counting, through inserts and deletes before, in and after wide characters', () => {
  let text = 'a😀b𝄞';
  const positions = new CodePoints(text);
  const splice = (at: number, count: number, inserted: string): void => {
    const characters = [...text];
    characters.splice(at, count, ...inserted);
    text = characters.join('');
    positions.delete(at, count);
    positions.insert(at, inserted);
    for (let i = 0; i <= [...text].length; i++) expect(positions.units(i)).toBe(units(text, i));
  };
  splice(0, 0, 'ä😀');
  splice(2, 0, '😀😀x');
  splice(1, 3, '');
  splice(3, 1, '…');
  splice(0, [...text].length, '');
  splice(0, 0, 'plain');
  splice(5, 0, '🧵');
  expect(text).toBe('plain🧵');
});

test('a text of the basic plane is its own map', () => {
  const positions = new CodePoints('naïve');
  positions.insert(2, '…');
  positions.delete(0, 1);
  expect(positions.units(4)).toBe(4);
});
