import { expect, test } from 'vitest';
import { defaultVersionPolicy } from '../version-settings.js';
import { outlived, restsIn } from './version-policy.js';

const HOUR_MS = 3_600_000;
const NOW_MS = Date.UTC(2026, 10, 21, 12);
const agoMs = (hours: number): number => NOW_MS - hours * HOUR_MS;
const automatic = (timeMs: number) => ({ timeMs, reason: 'automatic' });

test('of old moments the last of each hour is kept, of very old ones the last of each day, of new ones all', () => {
  const versions = [
    automatic(agoMs(24 * 40 + 3)),
    automatic(agoMs(24 * 40 + 1)),
    automatic(agoMs(24 * 5 + 0.9)),
    automatic(agoMs(24 * 5 + 0.1)),
    automatic(agoMs(24 * 5 - 0.1)),
    automatic(agoMs(1)),
    automatic(agoMs(0.9)),
  ];
  const gone = outlived(versions, NOW_MS, defaultVersionPolicy);
  expect(versions.filter((version) => gone.has(version))).toEqual([versions[0], versions[2]]);
});

test('what was named, or came before a restore, is never outlived, and keeps nothing else', () => {
  const old = agoMs(24 * 400);
  const versions = [automatic(old), { timeMs: old + 1, reason: 'named' }, automatic(old + 2)];
  versions.push({ timeMs: old + 3, reason: 'before-restore' });
  const gone = outlived(versions, NOW_MS, defaultVersionPolicy);
  expect([...gone]).toEqual([versions[0]]);
});

test('what is kept does not change when it is looked at again', () => {
  const versions = Array.from({ length: 500 }, (_, n) => automatic(agoMs(24 * 60) + n * 3.1 * HOUR_MS));
  const gone = outlived(versions, NOW_MS, defaultVersionPolicy);
  const kept = versions.filter((version) => !gone.has(version));
  expect(kept.length).toBeLessThan(versions.length);
  expect(outlived(kept, NOW_MS, defaultVersionPolicy).size).toBe(0);
});

test('entries come to rest before each pause, and at their end', () => {
  const entries = [0, 1, 2, 12, 13, 40].map((minute, index) => ({ seq: index + 4, timeMs: minute * 60_000 }));
  expect(restsIn(entries, 10 * 60_000)).toEqual([6, 8, 9]);
  expect(restsIn(entries.slice(0, 1), 10 * 60_000)).toEqual([4]);
});
