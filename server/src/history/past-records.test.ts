import { expect, test } from 'vitest';
import { documentName } from '../log/test/log-harness.js';
import { faultOfPast, isWithin } from './past-records.js';
import { putRestore } from './restore-record.js';
import { putVersion } from './version-record.js';

const NOTES = documentName('notes');

const version = putVersion(NOTES, {
  id: '12-1',
  seq: 12,
  sinceSeq: 0,
  timeMs: 1,
  link: 'link',
  reason: 'named',
  name: 'v',
  by: '',
  madeAtMs: 2,
  people: ['u-ann'],
  morePeople: 0,
  changes: null,
});
const restore = putRestore(NOTES, {
  requestId: 'request-1',
  to: 3,
  base: 12,
  seq: 14,
  before: '13-1',
  client: 7,
  origins: Uint8Array.of(0, 1, 5, 0),
  reason: '',
  by: '',
  atMs: 1,
});

test('weft verify names what cannot be read, and nothing else', () => {
  for (const { table, key, value } of [version, restore]) {
    expect(faultOfPast(table, key, value)).toBe(null);
    expect(faultOfPast(table, key, null)).toBe(null);
    expect(faultOfPast(table, key, Uint8Array.of(0x7b))).toMatch(/of "notes" .*cannot be read/);
  }
  expect(faultOfPast('version', 'notes\0v', version.value)).toMatch(/^A version of "notes" cannot be read/);
  const cut = new TextEncoder().encode(new TextDecoder().decode(restore.value!).replace('AAEFAA', '_w'));
  expect(faultOfPast('restore', restore.key, cut)).toMatch(/^Whose text a restore of "notes" brought back/);
  expect(faultOfPast('person', 'u-ann', Uint8Array.of(1))).toBe(null);
});

test('whether a record is of entries that are there', () => {
  const within = ({ table, key, value }: typeof version, head: number) => isWithin(table, { key, value: value! }, head);
  expect([within(version, 11), within(version, 12)]).toEqual([false, true]);
  expect([within(restore, 13), within(restore, 14)]).toEqual([false, true]);
  expect(within({ ...restore, value: Uint8Array.of(1) }, 0)).toBe(true);
});
