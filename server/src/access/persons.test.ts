import { expect, onTestFinished, test } from 'vitest';
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

test('a record is written at most once an hour, and keeps when somebody came first', async () => {
  const place = await stage();
  const { persons, clock } = place;
  const firstSeenMs = clock.nowMs;
  persons.seen(ann);
  await settled(place);
  clock.nowMs += 59 * MINUTE_MS;
  persons.seen({ ...ann, name: 'Anna' });
  await settled(place);
  expect((await persons.lookUp(['u-ann'])).get('u-ann')).toMatchObject({ name: 'Ann', lastSeenMs: firstSeenMs });
  clock.nowMs += 2 * MINUTE_MS;
  persons.seen({ ...ann, name: 'Anna' });
  await settled(place);
  expect((await persons.lookUp(['u-ann'])).get('u-ann')).toMatchObject({
    name: 'Anna',
    firstSeenMs,
    lastSeenMs: clock.nowMs,
  });
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
