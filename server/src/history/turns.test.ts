import { expect, test } from 'vitest';
import { Turns } from './turns.js';

test('I6: two at a time, thirty wait in their order, and whoever comes then is told so', async () => {
  const turns = new Turns();
  const begun: number[] = [];
  const ends: (() => void)[] = [];
  const work = (n: number) => () => {
    begun.push(n);
    return new Promise<number>((resolve, reject) => {
      // Work that fails leaves its place as well.
      ends.push(() => (n % 5 === 0 ? reject(new Error(`${n}`)) : resolve(n)));
    });
  };
  const all = Array.from({ length: 32 }, (_, n) => turns.run(work(n)).catch((error: Error) => Number(error.message)));
  await expect(turns.run(work(99))).rejects.toMatchObject({ code: 'TOO_MANY' });
  expect(begun).toEqual([0, 1]);
  for (let n = 0; n < 32; n++) {
    expect(begun.length).toBe(Math.min(n + 2, 32));
    ends[n]!();
    expect(await all[n]).toBe(n);
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(begun).toEqual(Array.from({ length: 32 }, (_, n) => n));
  const more = turns.run(work(7));
  ends.at(-1)!();
  expect(await more).toBe(7);
});
