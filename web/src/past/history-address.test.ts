import { describe, expect, test } from 'vitest';
import { comparedMoments, readLooking, sideOf, writeLooking } from './history-address.js';
import type { Version } from './past-api.js';

const version = (seq: number, sinceSeq: number): Version => ({
  id: `${seq}-1`,
  sinceSeq,
  timeMs: seq * 1_000,
  reason: 'automatic',
  name: '',
  people: [],
  morePeople: 0,
  inserted: null,
  deleted: null,
});
const versions = [version(120, 71), version(71, 0)];

describe('the address of a moment', () => {
  test.each([
    ['', ''],
    ['?with=before', ''],
    ['?with=beginning', '?with=beginning'],
    ['?with=visit', '?with=visit'],
    ['?with=now', ''],
    ['?at=120-1', '?at=120-1'],
    ['?at=120-1&with=now', '?at=120-1&with=now'],
    ['?at=120-1&with=visit', '?at=120-1'],
    ['?at=2026-11-21T14:05:30Z', '?at=2026-11-21T14%3A05%3A30.000Z'],
    ['?at=2026-11-21T14:05:30Z&with=before', '?at=2026-11-21T14%3A05%3A30.000Z'],
    ['?at=nonsense&with=nonsense', ''],
    ['?at=%2B275760-09-13T00:00:00Z', ''],
  ])('%s is read, and written as %s', (search, written) => {
    expect(writeLooking(readLooking(search, true))).toBe(written);
    expect(readLooking(written, true)).toEqual(readLooking(search, true));
  });
});

test('a visit that this browser knows nothing of is the version before', () => {
  expect(readLooking('?with=visit', false)).toEqual(readLooking('', false));
});

describe('what is compared', () => {
  test.each([
    ['', { from: { version: '120-1' }, to: null }, 'after'],
    ['?with=beginning', { from: 'beginning', to: null }, 'after'],
    ['?with=visit', { from: { time: '1970-01-01T00:00:05.000Z' }, to: null }, 'after'],
    ['?at=120-1', { from: { seq: 71 }, to: { version: '120-1' } }, 'after'],
    ['?at=71-1', { from: { seq: 0 }, to: { version: '71-1' } }, 'after'],
    ['?at=120-1&with=now', { from: { version: '120-1' }, to: null }, 'before'],
    ['?at=1970-01-01T00:00:09Z', { from: { time: '1970-01-01T00:00:09.000Z' }, to: null }, 'before'],
    ['?at=9-1', null, 'after'],
  ])('%s', (search, expected, side) => {
    const looking = readLooking(search, true);
    expect(comparedMoments(looking, versions, 5_000)).toEqual(expected);
    expect(sideOf(looking)).toBe(side);
  });

  test('of a document without versions it is all that was written', () => {
    expect(comparedMoments(readLooking('', true), [], null)).toEqual({ from: 'beginning', to: null });
  });

  test('nobody is told what happened since a visit that is not known', () => {
    expect(comparedMoments(readLooking('?with=visit', true), versions, null)).toBe(null);
  });
});
