import { expect, test } from 'vitest';
import { pageStorage } from '../shell/page-storage.js';
import { forgetVisits, lastVisit, noteArrival, noteStay } from './last-visits.js';

const MINUTE_MS = 60_000;
const stage = () => pageStorage(() => null);

test('who comes back after a while is told of the visit before', () => {
  const storage = stage();
  noteArrival(storage, 'plan', 1 * MINUTE_MS);
  expect(lastVisit(storage, 'plan')).toBe(null);
  noteArrival(storage, 'plan', 20 * MINUTE_MS);
  noteArrival(storage, 'plan', 40 * MINUTE_MS);
  expect(lastVisit(storage, 'plan')).toBe(null);
  noteArrival(storage, 'plan', 90 * MINUTE_MS);
  expect(lastVisit(storage, 'plan')).toBe(40 * MINUTE_MS);
  noteArrival(storage, 'plan', 95 * MINUTE_MS);
  expect(lastVisit(storage, 'plan')).toBe(40 * MINUTE_MS);
  expect(lastVisit(storage, 'other')).toBe(null);
});

test('a long visit does not become the one before', () => {
  const storage = stage();
  noteArrival(storage, 'plan', 1 * MINUTE_MS);
  noteStay(storage, 'plan', 10 * MINUTE_MS);
  noteArrival(storage, 'plan', 100 * MINUTE_MS);
  noteStay(storage, 'plan', 300 * MINUTE_MS);
  expect(lastVisit(storage, 'plan')).toBe(10 * MINUTE_MS);
  forgetVisits(storage);
  expect(lastVisit(storage, 'plan')).toBe(null);
});

test('the newest 200 documents are remembered', () => {
  const storage = stage();
  for (let at = 0; at <= 200; at++) {
    noteArrival(storage, `d${at}`, 0);
    noteArrival(storage, `d${at}`, 40 * MINUTE_MS);
    noteArrival(storage, `d${at}`, 80 * MINUTE_MS);
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
