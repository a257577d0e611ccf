import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { defaultLimits } from '../limits.js';
import { Allowance } from './allowance.js';

beforeEach(() => vi.useFakeTimers({ toFake: ['performance'] }));
afterEach(() => vi.useRealTimers());

test('a million ranges are written down at once for who asks what is held, then 100,000 a second; what is there costs nothing', () => {
  const allowance = new Allowance(defaultLimits);
  const taken = (work: number) => allowance.takeDigest(work);
  expect([taken(400_000), taken(600_000), taken(1), taken(0)]).toEqual([true, true, false, true]);
  vi.advanceTimersByTime(1_000);
  expect([taken(99_000), taken(2_000), taken(1_000)]).toEqual([true, false, true]);
  expect(new Allowance(defaultLimits).takeDigest(1_000_000)).toBe(true);
});
