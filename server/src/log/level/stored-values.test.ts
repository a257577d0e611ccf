import { expect, test } from 'vitest';
import type { Checkpoint } from '../document-log.js';
import { content } from '../test/log-harness.js';
import { RecordKind, sealed, unseal } from './record.js';
import { putCheckpoint, readCheckpoint } from './stored-values.js';

const nothing = Uint8Array.of(0);
const link = new Uint8Array(16);

const checkpointOf = (owners: ReadonlyMap<number, string>): Checkpoint => ({
  seq: 3,
  state: nothing,
  stateVector: nothing,
  deleteSet: nothing,
  contentHash: nothing,
  outboxes: new Map(),
  owners,
});

/** What is stored of owners: the bytes between the empty fields before and the update bytes after them. */
function ownersBytes(owners: ReadonlyMap<number, string>): Uint8Array {
  const { key, value } = putCheckpoint(content('a'), { checkpoint: checkpointOf(owners), updateBytes: 0 }, link);
  expect(readCheckpoint(key, value).checkpoint.owners).toEqual(new Map([...owners].sort(([a], [b]) => a - b)));
  return unseal(key, value, RecordKind.checkpoint).content.slice(9, -1);
}

test('the owners in a checkpoint: each person once, client ids as distances', () => {
  const owners = new Map([
    [300, 'ann'],
    [2, ''],
    [5, 'ann'],
  ]);
  expect(ownersBytes(owners)).toEqual(Uint8Array.of(2, 0, 3, 0x61, 0x6e, 0x6e, 3, 2, 0, 3, 1, 0xa7, 0x02, 1));
  expect(ownersBytes(new Map())).toEqual(Uint8Array.of(0, 0));
  expect(ownersBytes(new Map([[2 ** 53 - 1, 'g-1']])).length).toBe(15);
});

test('ten thousand clients of a hundred people take about four bytes each', () => {
  const owners = new Map<number, string>();
  for (let i = 0; i < 10_000; i++) owners.set((i * 2_654_435_761) % 2 ** 32, `u-${String(i % 100).padStart(22, 'x')}`);
  expect(ownersBytes(owners).length).toBeLessThan(45_000);
});

test('owners that name a person who is not there are damage', () => {
  const { key } = putCheckpoint(content('a'), { checkpoint: checkpointOf(new Map()), updateBytes: 0 }, link);
  const withOwners = (...owners: number[]): Uint8Array =>
    sealed(key, RecordKind.checkpoint, 3, link, Uint8Array.of(1, 0, 1, 0, 1, 0, 1, 0, 0, ...owners, 0));
  expect(readCheckpoint(key, withOwners(1, 0, 1, 9, 0)).checkpoint.owners).toEqual(new Map([[9, '']]));
  expect(() => readCheckpoint(key, withOwners(1, 0, 1, 9, 1))).toThrow('is damaged');
  expect(() => readCheckpoint(key, withOwners(0, 1, 9, 0))).toThrow('is damaged');
});
