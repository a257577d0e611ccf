import { expect, test } from 'vitest';
import { arrowTarget, typedTarget } from './arrow-keys.js';

test('arrows lead through a row and around its ends, as it is read', () => {
  expect([0, 1, 2].map((at) => arrowTarget('ArrowRight', at, 3, 'row'))).toEqual([1, 2, 0]);
  expect([0, 1, 2].map((at) => arrowTarget('ArrowLeft', at, 3, 'row'))).toEqual([2, 0, 1]);
  expect([0, 1, 2].map((at) => arrowTarget('ArrowLeft', at, 3, 'row', true))).toEqual([1, 2, 0]);
  expect(arrowTarget('ArrowDown', 0, 3, 'row')).toBeNull();
});

test('in a menu they lead up and down, and Home and End to its ends', () => {
  expect([-1, 0, 2].map((at) => arrowTarget('ArrowDown', at, 3, 'column'))).toEqual([0, 1, 0]);
  expect([-1, 0, 2].map((at) => arrowTarget('ArrowUp', at, 3, 'column'))).toEqual([2, 2, 1]);
  expect(['Home', 'End', 'ArrowRight', 'a'].map((key) => arrowTarget(key, 1, 3, 'column'))).toEqual([0, 2, null, null]);
  expect(arrowTarget('ArrowDown', -1, 0, 'column')).toBeNull();
});

test('letters lead to what begins with them', () => {
  const names = ['Text', 'Heading 1', 'Heading 2', 'Task list', 'Quote'];
  expect(typedTarget('h', 0, names)).toBe(1);
  expect(typedTarget('h', 1, names), 'the next').toBe(2);
  expect(typedTarget('hh', 2, names), 'around').toBe(1);
  expect(typedTarget('ta', 0, names)).toBe(3);
  expect(typedTarget('heading 2', 1, names)).toBe(2);
  expect(typedTarget('he', 2, names), 'the one it is on').toBe(2);
  expect(typedTarget('t', -1, names)).toBe(0);
  expect(typedTarget('x', 0, names)).toBeNull();
});
