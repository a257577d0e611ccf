import { expect, test } from 'vitest';
import { checkpointIsDue } from './checkpoint-policy.js';

const room = (entries: number, bytes: number, checkpointBytes: number | null) => ({
  head: 1000 + entries,
  checkpoint: checkpointBytes === null ? null : { seq: 1000, state: new Uint8Array(checkpointBytes) },
  tail: { bytesAfter: () => bytes },
});

test('L4: due beyond 256 KiB, half the checkpoint, or 20,000 entries', () => {
  expect(checkpointIsDue(room(0, 0, 0))).toBe(false);
  expect(checkpointIsDue(room(10, 256 * 1024, null))).toBe(false);
  expect(checkpointIsDue(room(10, 256 * 1024 + 1, null))).toBe(true);
  expect(checkpointIsDue(room(10, 300 * 1024, 1024 * 1024))).toBe(false);
  expect(checkpointIsDue(room(10, 513 * 1024, 1024 * 1024))).toBe(true);
  expect(checkpointIsDue(room(20_000, 1, 1024 * 1024))).toBe(true);
});
