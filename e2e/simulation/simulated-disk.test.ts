import './date-now.js';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { KeyValueStore } from '../../server/src/log/key-value-store.js';
import { Chance } from './chance.js';
import { SimulatedDisk } from './simulated-disk.js';
import { VirtualClock } from './virtual-clock.js';

const SYNC_MS = 10;
const key = (name: string): Uint8Array => Buffer.from(name);
const put = (name: string) => [{ type: 'put', key: key(name), value: key(`value of ${name}`) }] as const;

let clock: VirtualClock;

beforeEach(() => {
  clock = new VirtualClock(new Chance(1));
  clock.install();
});
afterEach(() => clock.uninstall());

/** @param seed for the fate of what a crash finds unfinished */
function newDisk(seed = 1) {
  const witnessed: string[] = [];
  const disk = new SimulatedDisk(clock, new Chance(seed), { syncMs: [SYNC_MS, SYNC_MS], slowReads: 0 }, (operations) =>
    witnessed.push(...operations.map((operation) => Buffer.from(operation.key).toString())),
  );
  return { disk, witnessed };
}

async function keysIn(store: KeyValueStore): Promise<string[]> {
  const found: string[] = [];
  for await (const [found1] of store.range({ gte: key('a'), lt: key('z') })) found.push(Buffer.from(found1).toString());
  return found;
}

test('a synced batch is witnessed when its sync is done, and is there after a crash', async () => {
  const { disk, witnessed } = newDisk();
  const store = disk.open();
  const written = store.batch(put('k'), { sync: true });
  await clock.advance(SYNC_MS - 1);
  expect(witnessed).toEqual([]);
  await clock.advance(1);
  await written;
  expect(witnessed).toEqual(['k']);
  disk.crash();
  expect(await keysIn(disk.open())).toEqual(['k']);
});

test('a crash forgets what was not synced but for a beginning of it, as chance will have it', async () => {
  const outcomes = new Set<string>();
  for (let seed = 1; seed <= 30; seed++) {
    const { disk, witnessed } = newDisk(seed);
    const store = disk.open();
    for (const name of ['b', 'c']) {
      void store.batch(put(name), { sync: false });
      await clock.advance(1);
    }
    void store.batch(put('d'), { sync: true });
    expect(await keysIn(store)).toEqual(['b', 'c']);
    disk.crash();
    const left = await keysIn(disk.open());
    expect(left).toEqual(witnessed);
    outcomes.add(left.join());
  }
  expect([...outcomes].sort()).toEqual(['', 'b', 'b,c', 'b,c,d']);
});

test('I8: a write that fails may survive; what its handle is given later is taken, and lost', async () => {
  const outcomes = new Set<string>();
  for (let seed = 1; seed <= 20; seed++) {
    const { disk, witnessed } = newDisk(seed);
    const store = disk.open();
    disk.failWrites('no space left on device', SYNC_MS + 1);
    const failed = expect(store.batch(put('k'), { sync: true })).rejects.toThrow('no space left on device');
    await clock.advance(SYNC_MS - 1);
    const forgotten = store.batch(put('l'), { sync: true });
    await clock.advance(SYNC_MS);
    await Promise.all([failed, forgotten]);
    expect(await keysIn(store)).toEqual(['l']);
    await store.close();
    const again = disk.open();
    const written = again.batch(put('m'), { sync: true });
    await clock.advance(SYNC_MS);
    await written;
    expect(await keysIn(again)).toEqual(witnessed);
    outcomes.add(witnessed.join());
  }
  expect([...outcomes].sort()).toEqual(['k,m', 'm']);
});

test('a store cannot be opened while writes fail', () => {
  const { disk } = newDisk();
  disk.failWrites('input/output error', 1000);
  expect(() => disk.open()).toThrow('input/output error');
  disk.mend();
  disk.open();
});

test('a store is held by one process at a time, and what was closed in order is all there', async () => {
  const { disk } = newDisk();
  const store = disk.open();
  expect(() => disk.open()).toThrow('held by another process');
  const written = store.batch(put('k'), { sync: false });
  await clock.advance(1);
  await written;
  await store.close();
  expect(await keysIn(disk.open())).toEqual(['k']);
});
