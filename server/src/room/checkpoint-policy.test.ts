import { expect, test } from 'vitest';
import { checkpointNeed } from './checkpoint-policy.js';

const room = (entries: number, bytes: number, checkpointBytes: number | null) => ({
  head: 1000 + entries,
  checkpoint: checkpointBytes === null ? null : { seq: 1000, state: new Uint8Array(checkpointBytes) },
  tail: { bytesAfter: () => bytes },
});

test('L4: due beyond 256 KiB, half the checkpoint, or 20,000 entries', () => {
  expect(checkpointNeed(room(0, 0, 0))).toBe('none');
  expect(checkpointNeed(room(10, 256 * 1024, null))).toBe('none');
  expect(checkpointNeed(room(10, 256 * 1024 + 1, null))).toBe('due');
  expect(checkpointNeed(room(10, 300 * 1024, 1024 * 1024))).toBe('none');
  expect(checkpointNeed(room(10, 513 * 1024, 1024 * 1024))).toBe('due');
  expect(checkpointNeed(room(20_000, 1, 1024 * 1024))).toBe('due');
});

test('I6: sixteen megabytes of tail do not wait for the processor to rest', () => {
  expect(checkpointNeed(room(10, 16 * 1024 * 1024 + 1, null))).toBe('urgent');
});
