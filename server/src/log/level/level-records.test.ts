import { expect, test } from 'vitest';
import { openMemoryLog } from '../memory-log.js';
import { MemoryStore } from '../memory-store.js';
import { FaultyDisk } from '../test/faulty-disk.js';
import { content, documentName, Ear, newEntry } from '../test/log-harness.js';
import { Findings } from '../verify-report.js';
import { recordKey } from './keys.js';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** A log of three records in `access`, of which the one of `b` was changed by `damage`. */
async function damaged(damage: (value: Uint8Array) => Uint8Array) {
  const before = new MemoryStore();
  const first = await openMemoryLog(before);
  for (const key of ['a', 'b', 'c']) {
    await first.records.write([{ table: 'access', key, value: bytes(`access of ${key}`) }]);
  }
  const channel = await first.open(content('notes'), new Ear());
  channel.append(newEntry('text'));
  await channel.close();
  await first.close();
  const store = before.reopen();
  const key = recordKey('access', 'b');
  await store.batch([{ type: 'put', key, value: damage((await store.get(key))!.slice()) }], { sync: true });
  return openMemoryLog(store);
}

const flipped = (at: number) => (value: Uint8Array) => {
  value[at < 0 ? value.length + at : at]! ^= 1;
  return value;
};

test.each([
  ['changed', flipped(-1)],
  ['of another version', flipped(0)],
  ['of another kind', flipped(5)],
  ['cut short', (value: Uint8Array) => value.subarray(0, value.length - 3)],
  ['cut to nothing', () => new Uint8Array()],
])('I10: a record that is %s is named, and the others are read', async (_, damage) => {
  const log = await damaged(damage);
  const error = { code: 'STORE_UNREADABLE', message: expect.stringContaining('record/access/b') };
  await expect(log.records.get('access', 'b')).rejects.toMatchObject(error);
  await expect(log.records.list('access')).rejects.toMatchObject(error);
  expect(await log.records.get('access', 'a')).toEqual(bytes('access of a'));
  expect((await log.records.list('access', { after: 'b' })).map(({ key }) => key)).toEqual(['c']);
  const faults: Error[] = [];
  const rest = await log.records.list('access', { limit: 2, damaged: (fault) => faults.push(fault) });
  expect([rest.map(({ key }) => key), faults]).toMatchObject([['a', 'c'], [error]]);
  // What is damaged can be taken away, and written anew.
  await log.records.write([{ table: 'access', key: 'b', value: bytes('anew') }]);
  expect(await log.records.get('access', 'b')).toEqual(bytes('anew'));
  await log.close();
});

test('I10: a record under the key of another is found by its checksum', async () => {
  const store = new MemoryStore();
  const log = await openMemoryLog(store);
  await log.records.write([{ table: 'access', key: 'a', value: bytes('mine') }]);
  const stolen = (await store.get(recordKey('access', 'a')))!;
  for (const [table, key] of [
    ['access', 'b'],
    ['setting', 'a'],
  ] as const) {
    await store.batch([{ type: 'put', key: recordKey(table, key), value: stolen.slice() }], { sync: true });
    await expect(log.records.get(table, key)).rejects.toMatchObject({ code: 'STORE_UNREADABLE' });
  }
  await log.close();
});

test('I10: a check of the store tells of damaged records, and shows every one to those who understand them', async () => {
  const log = await damaged(flipped(-1));
  const findings = new Findings();
  const seen: [string, string, string | null][] = [];
  await log.verify(1000, {
    findings,
    states: {
      follow: () => ({ add: () => null }),
      followFrom: () => ({ add: () => null }),
      claimOf: () => ({ differsFrom: () => null }),
    },
    records: {
      take: (table, key, value) => {
        seen.push([table, key, value && new TextDecoder().decode(value)]);
        return key === 'c' ? 'what it says is wrong' : null;
      },
      finish: () => 'the end is wrong',
    },
    watermark: null,
    restMs: 0,
    onProgress: () => undefined,
    signal: new AbortController().signal,
  });
  expect(seen).toEqual([
    ['access', 'a', 'access of a'],
    ['access', 'b', null],
    ['access', 'c', 'access of c'],
  ]);
  expect(findings.report().isSound).toBe(false);
  const damage = findings.report().findings.filter(({ severity }) => severity === 'damage');
  expect(damage.map(({ message }) => message)).toEqual([
    'The record record/access/b is damaged: its checksum is wrong.',
    'what it says is wrong',
    'the end is wrong',
  ]);
  await log.close();
});

test('I8: records whose write failed are written again with the store opened anew', async () => {
  const disk = new FaultyDisk();
  const log = await openMemoryLog(disk.open, { giveUpAfterMs: 60_000 });
  await log.records.write([{ table: 'setting', key: 'a', value: bytes('1') }]);
  for (const fate of ['lost', 'survives'] as const) {
    disk.faults.push({ fate, message: 'the disk does not answer' });
    await log.records.write([
      { table: 'setting', key: 'a', value: bytes(fate) },
      { table: 'setting', key: 'b', value: bytes(fate) },
    ]);
    expect((await log.records.list('setting')).map(({ value }) => new TextDecoder().decode(value))).toEqual([
      fate,
      fate,
    ]);
  }
  expect(disk.writesToFailedStores).toBe(0);
  await log.close();
});

test('records and documents of one name do not touch each other', async () => {
  const log = await openMemoryLog();
  await log.records.write([{ table: 'access', key: 'notes', value: bytes('x') }]);
  expect(await log.documents()).toEqual([]);
  await log.createDocument(documentName('notes'), 1);
  expect((await log.usage()).get(documentName('notes'))).toMatchObject({ entries: 0 });
  await log.close();
});
