import { expect, test } from 'vitest';
import { content, discussion } from '../log/test/log-harness.js';
import { Quarantine } from './quarantine.js';

const MINUTE_MS = 60_000;

test('what failed is left alone until it was written to and its time has come, longer each time', () => {
  const quarantine = new Quarantine();
  const id = content('poison');
  expect([quarantine.has(id), quarantine.holds(id, 9, 0)]).toEqual([false, false]);
  let nowMs = 1000;
  for (const minutes of [1, 4, 16, 64, 256, 360, 360]) {
    expect(quarantine.failed(id, 9, nowMs)).toBe(minutes * MINUTE_MS);
    expect(quarantine.has(id)).toBe(true);
    nowMs += minutes * MINUTE_MS;
    expect(quarantine.holds(id, 10, nowMs - 1)).toBe(true);
    expect(quarantine.holds(id, 9, nowMs)).toBe(true);
    expect(quarantine.holds(id, 10, nowMs)).toBe(false);
  }
  expect(quarantine.holds(discussion('poison'), 10, nowMs)).toBe(false);
  expect([quarantine.managed(id), quarantine.managed(id), quarantine.has(id)]).toEqual([true, false, false]);
  expect(quarantine.failed(id, 9, nowMs)).toBe(MINUTE_MS);
});

test('it does not grow without end', () => {
  const quarantine = new Quarantine();
  quarantine.failed(content('old'), 1, 0);
  for (let number = 0; number < 999; number++) quarantine.failed(content(`d${number}`), 1, 0);
  quarantine.failed(content('old'), 2, 0);
  quarantine.failed(content('new'), 1, 0);
  expect(['old', 'd0', 'd1', 'new'].map((name) => quarantine.has(content(name)))).toEqual([true, false, true, true]);
});
