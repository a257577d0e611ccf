import { expect, test } from 'vitest';
import { SharedRead } from './shared-read.js';

/** A reading that ends when a test says so; the n-th gives n. */
function stage() {
  const ends: { resolve: () => void; reject: () => void }[] = [];
  const shared = new SharedRead(
    () =>
      new Promise<number>((resolve, reject) => {
        const n = ends.length + 1;
        ends.push({ resolve: () => resolve(n), reject: () => reject(new Error(`${n} failed`)) });
      }),
  );
  return { ends, shared };
}

test('those who ask while one is read share the one after it, which was begun after they asked', async () => {
  const { ends, shared } = stage();
  const first = shared.get();
  const later = [shared.get(), shared.get(), shared.get()];
  expect(ends).toHaveLength(1);
  ends[0]!.resolve();
  expect(await first).toBe(1);
  const last = shared.get();
  expect(ends).toHaveLength(2);
  ends[1]!.resolve();
  expect(await Promise.all(later)).toEqual([2, 2, 2]);
  await new Promise(setImmediate);
  ends[2]!.resolve();
  expect(await last).toBe(3);
});

test('one that fails fails for those who share it alone', async () => {
  const { ends, shared } = stage();
  const first = shared.get();
  const second = shared.get();
  ends[0]!.reject();
  await expect(first).rejects.toThrow('1 failed');
  ends[1]!.resolve();
  expect(await second).toBe(2);
  const third = shared.get();
  ends[2]!.resolve();
  expect(await third).toBe(3);
});
