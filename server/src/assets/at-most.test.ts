import { expect, test } from 'vitest';
import { AtMost } from './at-most.js';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('so many are done at a time, the others in their order, and one that fails leaves its place', async () => {
  const atMost = new AtMost(2);
  const begun: number[] = [];
  const ends: (() => void)[] = [];
  const all = [0, 1, 2, 3, 4].map((number) =>
    atMost.run(
      () =>
        new Promise<number>((resolve, reject) => {
          begun.push(number);
          ends[number] = () => (number === 0 ? reject(new Error('It failed.')) : resolve(number));
        }),
    ),
  );
  const first = expect(all[0]).rejects.toThrow('It failed.');
  await turn();
  expect(begun).toEqual([0, 1]);
  ends[1]!();
  await turn();
  expect(begun).toEqual([0, 1, 2]);
  ends[0]!();
  await turn();
  expect(begun).toEqual([0, 1, 2, 3]);
  ends[2]!();
  ends[3]!();
  await turn();
  ends[4]!();
  await first;
  expect(await Promise.all(all.slice(1))).toEqual([1, 2, 3, 4]);
  expect(await atMost.run(async () => 5)).toBe(5);
});
