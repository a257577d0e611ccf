import { expect, test } from 'vitest';
import { checkpointNeed } from './checkpoint-policy.js';

const room = (entries: number, bytes: number, checkpointBytes: number | null) => ({
  head: 1000 + entries,
  checkpoint: checkpointBytes === null ? null : { seq: 1000, state: new Uint8Array(checkpointBytes) },
  tail: { freshBytes: bytes },
  quietSinceMs: 0,
});

test('L4: due beyond 256 KiB, half the checkpoint, or 20,000 entries', () => {
  expect(checkpointNeed(room(0, 0, 0), 0)).toBe('none');
  expect(checkpointNeed(room(10, 256 * 1024, null), 0)).toBe('none');
  expect(checkpointNeed(room(10, 256 * 1024 + 1, null), 0)).toBe('due');
  expect(checkpointNeed(room(10, 300 * 1024, 1024 * 1024), 0)).toBe('none');
  expect(checkpointNeed(room(10, 513 * 1024, 1024 * 1024), 0)).toBe('due');
  expect(checkpointNeed(room(20_000, 1, 1024 * 1024), 0)).toBe('due');
});

test('L4, G3: due when nobody has written for half a minute', () => {
  expect(checkpointNeed(room(1, 10, null), 29_999)).toBe('none');
  expect(checkpointNeed(room(1, 10, null), 30_000)).toBe('due');
  expect(checkpointNeed(room(0, 0, 0), 30_000)).toBe('none');
});

test('I6: sixteen megabytes of tail do not wait for the processor to rest', () => {
  expect(checkpointNeed(room(10, 16 * 1024 * 1024 + 1, null), 0)).toBe('urgent');
});
