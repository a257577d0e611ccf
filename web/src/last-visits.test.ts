import { expect, test } from 'vitest';
import { lastVisit, noteVisit } from './last-visits.js';
import { pageStorage } from './page-storage.js';

const MINUTE_MS = 60_000;
const stage = () => pageStorage(() => null);

test('who comes back after a while is told of the visit before', () => {
  const storage = stage();
  noteVisit(storage, 'plan', 1 * MINUTE_MS);
  expect(lastVisit(storage, 'plan')).toBe(null);
  noteVisit(storage, 'plan', 20 * MINUTE_MS);
  noteVisit(storage, 'plan', 40 * MINUTE_MS);
  expect(lastVisit(storage, 'plan')).toBe(null);
  noteVisit(storage, 'plan', 90 * MINUTE_MS);
  expect(lastVisit(storage, 'plan')).toBe(40 * MINUTE_MS);
  noteVisit(storage, 'plan', 95 * MINUTE_MS);
  expect(lastVisit(storage, 'plan')).toBe(40 * MINUTE_MS);
  expect(lastVisit(storage, 'other')).toBe(null);
});

test('the newest 200 documents are remembered', () => {
  const storage = stage();
  for (let at = 0; at <= 200; at++) {
    noteVisit(storage, `d${at}`, 0);
    noteVisit(storage, `d${at}`, 40 * MINUTE_MS);
    noteVisit(storage, `d${at}`, 80 * MINUTE_MS);
  }
  expect(lastVisit(storage, 'd0')).toBe(null);
  expect(lastVisit(storage, 'd1')).toBe(40 * MINUTE_MS);
  expect(lastVisit(storage, 'd200')).toBe(40 * MINUTE_MS);
});

test.each(['{', '7', '[1,["a"],["b",2,"c"]]'])('%s, which no page of ours kept, is nothing', (kept) => {
  const storage = stage();
  storage.setItem('weft.visits', kept);
  expect(lastVisit(storage, 'b')).toBe(null);
});
