import './date-now.js';
import { getUnixTime } from 'lib0/time';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Chance } from './chance.js';
import { ProcessEnded, VirtualClock } from './virtual-clock.js';

let clock: VirtualClock;

beforeEach(() => {
  clock = new VirtualClock(new Chance(1));
  clock.install();
});
afterEach(() => clock.uninstall());

test('timers run in the order of their time, and no real time passes', async () => {
  const ran: string[] = [];
  const start = Date.now();
  setTimeout(() => ran.push(`a day: ${Date.now() - start}`), 86_400_000);
  setTimeout(() => ran.push(`a second: ${Date.now() - start}`), 1000);
  const interval = setInterval(() => ran.push('tick'), 400);
  setTimeout(() => clearInterval(interval), 900);
  await clock.advance(86_400_000);
  expect(ran).toEqual(['tick', 'tick', 'a second: 1000', 'a day: 86400000']);
  expect(clock.pending()).toBe(0);
});

test('timers of one process that are due together keep their order; of several, chance decides', async () => {
  const orders = new Set<string>();
  for (let round = 0; round < 20; round++) {
    const ran: string[] = [];
    for (const owner of ['a', 'b']) {
      for (const which of [1, 2]) clock.schedule(owner, 5, () => ran.push(`${owner}${which}`));
    }
    await clock.advance(5);
    expect(ran.indexOf('a1')).toBeLessThan(ran.indexOf('a2'));
    expect(ran.indexOf('b1')).toBeLessThan(ran.indexOf('b2'));
    orders.add(ran.join());
  }
  expect(orders.size).toBeGreaterThan(2);
});

test('between two timers every promise has been continued', async () => {
  const ran: string[] = [];
  setTimeout(async () => {
    for (let step = 0; step < 50; step++) await null;
    ran.push('promises of the first');
  }, 1);
  setTimeout(() => ran.push('the second'), 2);
  await clock.advance(2);
  expect(ran).toEqual(['promises of the first', 'the second']);
});

test('every way of asking for the time gives the same, also for libraries that keep the function', async () => {
  await clock.advance(1234);
  const now = Date.now();
  expect([`${new Date().toISOString()}`, getUnixTime(), performance.now()]).toEqual([
    new Date(now).toISOString(),
    now,
    1234,
  ]);
  expect(new Date(0).getTime()).toBe(0);
});

test('what a process started ends with it', async () => {
  const ran: string[] = [];
  await clock.as('doomed', () => {
    setTimeout(() => ran.push('doomed'), 10);
  });
  await clock.as('other', () => {
    setTimeout(() => ran.push('other'), 10);
  });
  const never = clock.complete('doomed', () => new Promise(() => {}));
  clock.kill('doomed');
  await expect(never).rejects.toThrow(ProcessEnded);
  await clock.advance(10);
  expect(ran).toEqual(['other']);
});

test('a process that sleeps does late what was due, in its order', async () => {
  const ran: number[] = [];
  await clock.as('laptop', () => {
    setTimeout(() => ran.push(Date.now() - clock.nowMs + clock.elapsedMs), 10);
    setTimeout(() => ran.push(20), 20);
  });
  clock.sleep('laptop');
  await clock.advance(1000);
  expect(ran).toEqual([]);
  clock.wake('laptop');
  await clock.advance(0);
  expect(ran).toEqual([1000, 20]);
});

test('uninstalled, it leaves the real clock behind', () => {
  clock.uninstall();
  expect(Math.abs(Date.now() - performance.timeOrigin - performance.now())).toBeLessThan(60_000);
  expect(getUnixTime()).not.toBe(clock.nowMs);
});
