import { expect, onTestFinished, test, vi } from 'vitest';
import { openMemoryLog } from '../log/memory-log.js';
import { type Identity, NOBODY } from './identity.js';
import { Persons } from './persons.js';

const MINUTE_MS = 60_000;
const ann: Identity = { ...NOBODY, person: 'u-ann', kind: 'user', name: 'Ann', email: 'ann@example.org' };
const guest: Identity = { ...NOBODY, person: 'g-1', kind: 'guest' };

async function stage() {
  const log = await openMemoryLog();
  onTestFinished(() => log.close());
  const clock = { nowMs: 1_760_000_000_000 };
  return { log, clock, persons: new Persons(log.records, () => clock.nowMs) };
}

/** Resolves once all that was begun is on disk. */
const settled = async ({ log }: Awaited<ReturnType<typeof stage>>): Promise<void> => {
  // It reads the record first, and then writes: each of these waits for its turn.
  for (let turn = 0; turn < 3; turn++) {
    await log.records.get('person', 'u-ann');
    await log.records.write([]);
  }
};

test('somebody who was seen can be looked up by their id', async () => {
  const place = await stage();
  const { persons, clock } = place;
  persons.seen(ann);
  persons.seen(guest, 'Otter');
  await settled(place);
  const times = { firstSeenMs: clock.nowMs, lastSeenMs: clock.nowMs };
  expect([...(await persons.lookUp(['u-ann', 'g-1', 'u-ann', 'u-unknown', ''])).values()]).toEqual([
    { id: 'u-ann', name: 'Ann', email: 'ann@example.org', ...times },
    { id: 'g-1', name: 'Otter', email: null, ...times },
  ]);
});

test('a visit that changes no name is written at most once an hour, and it is kept when somebody came first', async () => {
  const place = await stage();
  const { persons, clock } = place;
  const firstSeenMs = clock.nowMs;
  persons.seen(ann);
  await settled(place);
  clock.nowMs += 59 * MINUTE_MS;
  persons.seen(ann);
  await settled(place);
  expect((await persons.lookUp(['u-ann'])).get('u-ann')).toMatchObject({ name: 'Ann', lastSeenMs: firstSeenMs });
  clock.nowMs += 2 * MINUTE_MS;
  persons.seen(ann);
  await settled(place);
  expect((await persons.lookUp(['u-ann'])).get('u-ann')).toMatchObject({ firstSeenMs, lastSeenMs: clock.nowMs });
});

test('a name that is said after a visit without one is written at once, and no visit without one takes it away', async () => {
  const place = await stage();
  const { persons, clock } = place;
  const nameOf = async () => (await persons.lookUp(['g-1'])).get('g-1')?.name;
  persons.seen(guest);
  await settled(place);
  expect(await nameOf()).toBe('Guest');
  persons.seen(guest, 'Ann Example');
  await settled(place);
  expect(await nameOf()).toBe('Ann Example');
  for (const minutes of [1, 61, 61]) {
    clock.nowMs += minutes * MINUTE_MS;
    persons.seen(guest, minutes === 1 ? 'Guest' : '');
    await settled(place);
    expect(await nameOf()).toBe('Ann Example');
  }
  // Nor one at a server that has not seen them yet.
  const other = new Persons(place.log.records, () => clock.nowMs + 61 * MINUTE_MS);
  other.seen(guest);
  await settled(place);
  expect(await nameOf()).toBe('Ann Example');
});

test('another name is written soon; of a flood of names few are, and the newest is', async () => {
  const place = await stage();
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
  const { log, persons, clock } = place;
  const writes = vi.spyOn(log.records, 'writeIf');
  const pass = async (ms: number): Promise<void> => {
    clock.nowMs += ms;
    vi.advanceTimersByTime(ms);
    await settled(place);
  };
  persons.seen(guest, 'Gentle Finch');
  await pass(100);
  for (let n = 0; n < 1000; n++) persons.seen(guest, `Bob ${n}`);
  // There and back again is no change.
  persons.seen({ ...guest, person: 'g-2' }, 'Otter');
  persons.seen({ ...guest, person: 'g-2' }, 'Heron');
  persons.seen({ ...guest, person: 'g-2' }, 'Otter');
  await pass(10_000);
  const written = writes.mock.calls.map(([, [change]]) => JSON.parse(new TextDecoder().decode(change!.value!)).name);
  expect(written).toEqual(['Gentle Finch', 'Otter', 'Bob 999']);
  expect(vi.getTimerCount()).toBe(0);
});

test('a name that another server has written since is written over by the one that is said here a minute later', async () => {
  const place = await stage();
  const { persons, clock, log } = place;
  const other = new Persons(log.records, () => clock.nowMs);
  const nameOf = async () => (await persons.lookUp(['g-1'])).get('g-1')?.name;
  persons.seen(guest, 'Otter');
  await settled(place);
  other.seen(guest, 'Heron');
  await settled(place);
  expect(await nameOf()).toBe('Heron');
  clock.nowMs += MINUTE_MS;
  persons.seen(guest, 'Otter');
  await settled(place);
  expect(await nameOf()).toBe('Otter');
});

test('who is known by name is called nothing else by a client', async () => {
  const place = await stage();
  const { persons, clock } = place;
  persons.seen(ann, 'Ben');
  clock.nowMs += 2 * MINUTE_MS;
  persons.seen(ann, 'Ben');
  await settled(place);
  expect((await persons.lookUp(['u-ann'])).get('u-ann')?.name).toBe('Ann');
});

test('nobody and admins leave no record, and a name is made safe to show', async () => {
  const place = await stage();
  const { persons, log } = place;
  persons.seen(NOBODY);
  persons.seen({ ...NOBODY, person: 'admin', kind: 'admin', name: 'Root' });
  persons.seen({ ...ann, name: 'Ann\u202e\n<b>' });
  await settled(place);
  expect((await log.records.list('person')).map(({ key }) => key)).toEqual(['u-ann']);
  expect((await persons.lookUp(['u-ann'])).get('u-ann')?.name).toBe('Ann<b>');
});

test('a damaged record costs a name, and comes back with the next visit', async () => {
  const place = await stage();
  const { persons, log } = place;
  await log.records.write([{ table: 'person', key: 'u-ann', value: Uint8Array.of(1, 2, 3) }]);
  expect(await persons.lookUp(['u-ann'])).toEqual(new Map());
  persons.seen(ann);
  await settled(place);
  expect((await persons.lookUp(['u-ann'])).get('u-ann')?.name).toBe('Ann');
});

test('L5: a name that waits to be written goes with somebody who is forgotten', async () => {
  const place = await stage();
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
  const { log, persons, clock } = place;
  persons.seen(guest, 'Otter');
  await settled(place);
  persons.seen(guest, 'Heron');
  await persons.forget('g-1', () => log.records.write([{ table: 'person', key: 'g-1', value: null }]));
  clock.nowMs += MINUTE_MS;
  vi.advanceTimersByTime(MINUTE_MS);
  await settled(place);
  expect((await persons.lookUp(['g-1'])).size).toBe(0);
});

test('L5: somebody who was forgotten is not written back by a visit under way, and is known again once they come back', async () => {
  const place = await stage();
  const { log, persons } = place;
  const remove = () => log.records.write([{ table: 'person', key: 'u-ann', value: null }]);
  persons.seen(ann);
  await persons.forget('u-ann', remove);
  await settled(place);
  expect((await persons.lookUp(['u-ann'])).size).toBe(0);
  persons.seen(ann);
  await settled(place);
  expect([...(await persons.lookUp(['u-ann'])).keys()]).toEqual(['u-ann']);
});
