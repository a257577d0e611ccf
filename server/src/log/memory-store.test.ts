import { expect, test } from 'vitest';
import type { Operation } from './key-value-store.js';
import { MemoryStore } from './memory-store.js';

const key = (value: number): Uint8Array => Uint8Array.of(value);
const put = (value: number): Operation => ({ type: 'put', key: key(value), value: key(value) });

async function keysOf(store: MemoryStore): Promise<number[]> {
  const found: number[] = [];
  for await (const [bytes] of store.range({ gte: key(0), lt: key(255) })) found.push(bytes[0]!);
  return found;
}

test('a crash forgets what was not synced; a synced batch keeps those before it', async () => {
  const store = new MemoryStore();
  await store.batch([put(1)], { sync: false });
  await store.batch([put(2)], { sync: true });
  await store.batch([{ type: 'del', key: key(1) }, put(3)], { sync: false });
  expect(await keysOf(store)).toEqual([2, 3]);
  const after = store.crash();
  expect(await keysOf(after)).toEqual([1, 2]);
  await expect(store.get(key(1))).rejects.toThrow('crashed');
});

test('a batch under way at the crash is there whole or not at all', async () => {
  const never = new Promise<void>(() => undefined);
  const start = (): MemoryStore => {
    const store = new MemoryStore({ beforeBatch: () => never });
    void store.batch([put(1), put(2)], { sync: true });
    return store;
  };
  expect(await keysOf(start().crash())).toEqual([]);
  expect(await keysOf(start().crash({ keepInFlight: true }))).toEqual([1, 2]);
});

test('a failed batch changes nothing', async () => {
  let fails = true;
  const store = new MemoryStore({
    beforeBatch: () => {
      if (fails) throw new Error('no space');
    },
  });
  await expect(store.batch([put(1)], { sync: true })).rejects.toThrow('no space');
  fails = false;
  await store.batch([put(2)], { sync: true });
  expect(await keysOf(store)).toEqual([2]);
  expect(await keysOf(store.crash())).toEqual([2]);
});
