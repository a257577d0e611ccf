import { expect, test } from 'vitest';
import { Turns, type TurnsOptions } from './turns.js';

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Turns that note who begins, and pieces of work that end when they are told to. */
function stage(options: TurnsOptions) {
  const turns = new Turns(options);
  const begun: string[] = [];
  const ends: ((error?: Error) => void)[] = [];
  const ask = (whose: string, what = whose): Promise<string> =>
    turns.run(
      () =>
        new Promise<string>((resolve, reject) => {
          begun.push(what);
          ends.push((error) => (error ? reject(error) : resolve(what)));
        }),
      whose,
    );
  const end = async (error?: Error): Promise<void> => {
    ends.shift()!(error);
    await settled();
  };
  return { ask, begun, end };
}

test('so many are done at a time, the others in their order, and one that fails leaves its place', async () => {
  const { ask, begun, end } = stage({ atOnce: 2 });
  const all = Promise.allSettled(['a', 'b', 'c', 'd', 'e'].map((what) => ask('ann', what)));
  await settled();
  expect(begun).toEqual(['a', 'b']);
  await end(new Error('It failed.'));
  expect(begun).toEqual(['a', 'b', 'c']);
  for (let n = 0; n < 4; n++) await end();
  expect((await all).map(({ status }) => status)).toEqual(['rejected', ...Array(4).fill('fulfilled')]);
  const more = ask('ann', 'f');
  await end();
  expect(await more).toBe('f');
});

test('who asks for a hundred things holds up nobody who asks for one', async () => {
  const { ask, begun, end } = stage({ atOnce: 2, atOnceForOne: 1 });
  const all = [...Array.from({ length: 100 }, (_, n) => ask('ann', `ann ${n}`)), ask('ben'), ask('cleo'), ask('ben')];
  expect(begun).toEqual(['ann 0', 'ben']);
  await end();
  // A place is free, and who has waited longest of those who have none takes it.
  expect(begun.slice(2)).toEqual(['ann 1']);
  await end();
  expect(begun.slice(3)).toEqual(['cleo']);
  await end();
  await end();
  expect(begun.slice(4, 6).sort()).toEqual(['ann 2', 'ben']);
  for (let n = 0; n < 99; n++) await end();
  expect(await Promise.all(all)).toHaveLength(103);
});

test('I6: no more wait than may, of one and in all, and who comes then is told when to come again', async () => {
  const { ask, begun, end } = stage({ atOnce: 1, maxWaiting: 3, maxWaitingForOne: 2 });
  const refused = { code: 'TOO_MANY', retryAfterMs: 5000 };
  const taken = [ask('ann'), ask('ann'), ask('ann')];
  await expect(ask('ann')).rejects.toMatchObject({ ...refused, message: expect.stringContaining('You have asked') });
  taken.push(ask('ben'));
  await expect(ask('cleo')).rejects.toMatchObject({ ...refused, message: expect.stringContaining('Too much') });
  for (let n = 0; n < 4; n++) await end();
  expect([await Promise.all(taken), begun]).toEqual([
    ['ann', 'ann', 'ann', 'ben'],
    ['ann', 'ann', 'ben', 'ann'],
  ]);
  const again = ask('cleo');
  await end();
  expect(await again).toBe('cleo');
});
