// What a copy of the whole volume would hold, for tests that set the disk back.

import { MemoryStore } from '../memory-store.js';

const everything = { gte: Uint8Array.of(0), lt: Uint8Array.of(0xff) };

/** A store with everything that is in `store` now. */
export async function copyOfStore(store: MemoryStore): Promise<MemoryStore> {
  const copy = new MemoryStore();
  for await (const [key, value] of store.range(everything)) {
    await copy.batch([{ type: 'put', key, value: value.slice() }], { sync: true });
  }
  return copy;
}
