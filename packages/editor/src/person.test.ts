import { expect, test } from 'vitest';
import { initials, labelColor, safeColor, safeName } from './person.js';

test('a name is one short line, without characters that hide or reorder others', () => {
  expect(safeName('  Noor\n Aziz ')).toBe('Noor Aziz');
  expect(safeName('No\u202Eor')).toBe('No or');
  expect([...safeName('🦉'.repeat(200))]).toHaveLength(64);
  for (const nobody of ['', ' \u200b ', null, undefined, 7, {}]) expect(safeName(nobody)).toBe('Somebody');
});

test('a colour is #rrggbb or none', () => {
  expect(safeColor('#2F6FDE')).toBe('#2f6fde');
  for (const other of ['red', '#fff', '#2f6fde70', 'url(x)', '#2f6fde;background:url(x)', null, 3]) {
    expect(safeColor(other)).toBe('#59636e');
  }
});

test('white letters can be read on any label', () => {
  const luminance = (color: string) =>
    [1, 3, 5]
      .map((at) => Number.parseInt(color.slice(at, at + 2), 16) / 255)
      .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
      .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i]!, 0);
  for (const color of ['#ffffff', '#ffff00', '#00ff00', '#2f6fde', '#b7791f', '#1a8f6d', '#000000', 'nonsense']) {
    expect(1.05 / (luminance(labelColor(color)) + 0.05), color).toBeGreaterThanOrEqual(4.4);
  }
  expect(labelColor('#2f6fde')).toBe('#2f6fde');
});

test('initials come from the first and the last word', () => {
  expect(initials('Noor Aziz')).toBe('NA');
  expect(initials('Tomás')).toBe('TO');
  expect(initials('ana maria de la cruz')).toBe('AC');
  expect(initials('🦉')).toBe('🦉');
  expect(initials('')).toBe('SO');
});
