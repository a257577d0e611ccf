import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ComingAndGoing } from './coming-and-going.js';

let said: string[] = [];
let isOnline = true;
const page = new EventTarget();
let news: ComingAndGoing;

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('document', page);
  [said, isOnline] = [[], true];
  news = new ComingAndGoing(
    () => isOnline,
    (sentence) => said.push(sentence),
  );
});
afterEach(() => {
  news.end();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const later = () => vi.advanceTimersByTime(1_500);

test('thirty people are one sentence', () => {
  for (let n = 0; n < 30; n++) {
    news.came(`p${n}`, `Person ${n}`);
    vi.advanceTimersByTime(40);
  }
  later();
  expect(said).toEqual(['30 people joined.']);
});

test('one or two are named, and who left is told of, too', () => {
  news.came('a', 'Ann');
  news.came('b', 'Ben');
  news.went('c', 'Cleo');
  expect(said).toEqual([]);
  later();
  expect(said).toEqual(['Ann and Ben joined.', 'Cleo left.']);
  later();
  expect(said).toHaveLength(2);
});

test('who loads the page anew was never away', () => {
  news.went('a', 'Ann');
  vi.advanceTimersByTime(700);
  news.came('a', 'Ann');
  later();
  expect(said).toEqual([]);
});

test('nothing is said while one writes', () => {
  news.came('a', 'Ann');
  for (let key = 0; key < 10; key++) {
    vi.advanceTimersByTime(500);
    page.dispatchEvent(new Event('keydown'));
  }
  expect(said).toEqual([]);
  later();
  later();
  expect(said).toEqual(['Ann joined.']);
});

test('without a connection nobody has left; who is not back with it has', () => {
  news.went('a', 'Ann');
  news.went('b', 'Ben');
  isOnline = false;
  later();
  later();
  isOnline = true;
  news.came('a', 'Ann');
  later();
  expect(said).toEqual(['Ben left.']);
});
