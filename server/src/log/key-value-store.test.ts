import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import type { KeyValueStore, Operation, RangeOptions } from './key-value-store.js';
import { openLevelStore } from './level/level-store.js';
import { MemoryStore } from './memory-store.js';

const bytes = (...all: number[]): Uint8Array => Uint8Array.from(all);
const put = (key: Uint8Array, value: Uint8Array): Operation => ({ type: 'put', key, value });
const hex = (key: Uint8Array): string => Buffer.from(key).toString('hex');
const whole = { gte: bytes(0), lt: bytes(255, 255) };

async function pairs(store: KeyValueStore, options: RangeOptions): Promise<string[]> {
  const found: string[] = [];
  for await (const [key, value] of store.range(options)) found.push(`${hex(key)}=${hex(value)}`);
  return found;
}

const cleanups: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function newLevelStore(): Promise<KeyValueStore> {
  const folder = await mkdtemp(join(tmpdir(), 'weft-store-'));
  cleanups.push(() => rm(folder, { recursive: true }));
  const store = await openLevelStore(folder);
  cleanups.push(() => store.close());
  return store;
}

describe.each([
  ['memory', async (): Promise<KeyValueStore> => new MemoryStore()],
  ['level', newLevelStore],
])('%s: a key-value store', (_, newStore) => {
  test('keeps keys in the order of their bytes', async () => {
    const store = await newStore();
    const keys = [bytes(0x80), bytes(0x7f, 0xff), bytes(1), bytes(1, 0), bytes(0xff), bytes(0x7f)];
    await store.batch(
      keys.map((key) => put(key, bytes(key.length))),
      { sync: true },
    );
    const inOrder = ['01=01', '0100=02', '7f=01', '7fff=02', '80=01', 'ff=01'];
    expect(await pairs(store, whole)).toEqual(inOrder);
    expect(await pairs(store, { ...whole, reverse: true })).toEqual([...inOrder].reverse());
    expect(await pairs(store, { ...whole, reverse: true, limit: 2 })).toEqual(['ff=01', '80=01']);
    expect(await pairs(store, { gte: bytes(1, 0), lt: bytes(0x80), limit: 2 })).toEqual(['0100=02', '7f=01']);
    expect(await pairs(store, { gte: bytes(0x80), lt: bytes(0x80) })).toEqual([]);
  });

  test('a batch takes effect in its order, and a range does not see later ones', async () => {
    const store = await newStore();
    await store.batch([put(bytes(1), bytes(1)), put(bytes(2), bytes(1))], { sync: true });
    const range = store.range(whole)[Symbol.asyncIterator]();
    expect((await range.next()).value?.[0]).toEqual(bytes(1));
    await store.batch([{ type: 'del', key: bytes(2) }, put(bytes(3), bytes(1)), put(bytes(3), bytes(2))], {
      sync: true,
    });
    expect((await range.next()).value?.[0]).toEqual(bytes(2));
    expect((await range.next()).done).toBe(true);
    expect(await pairs(store, whole)).toEqual(['01=01', '03=02']);
    expect(await store.get(bytes(2))).toBeUndefined();
    expect(await store.get(bytes(3))).toEqual(bytes(2));
  });

  test('can be closed twice, and not used after', async () => {
    const store = await newStore();
    await store.close();
    await store.close();
    await expect(store.get(bytes(1))).rejects.toThrow();
    await expect(store.batch([put(bytes(1), bytes())], { sync: true })).rejects.toThrow();
    await expect(pairs(store, whole)).rejects.toThrow();
  });
});

test('both stores do the same with any row of batches', async () => {
  const key = fc.uint8Array({ minLength: 1, maxLength: 3, max: 3 });
  const operation = fc.oneof(
    fc.record({ type: fc.constant('put'), key, value: fc.uint8Array({ maxLength: 4 }) }),
    fc.record({ type: fc.constant('del'), key }),
  );
  const range = fc.record({ gte: key, lt: key, reverse: fc.boolean(), limit: fc.integer({ min: 1, max: 5 }) });
  await fc.assert(
    fc.asyncProperty(fc.array(fc.array(operation)), fc.array(range), async (batches, ranges) => {
      const stores = [new MemoryStore(), await newLevelStore()] as const;
      for (const batch of batches) {
        for (const store of stores) await store.batch(batch as Operation[], { sync: false });
      }
      for (const options of [whole, ...ranges]) {
        expect(await pairs(stores[0], options)).toEqual(await pairs(stores[1], options));
      }
    }),
    { numRuns: 30 },
  );
});
