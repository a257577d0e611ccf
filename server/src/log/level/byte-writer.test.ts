import fc from 'fast-check';
import * as encoding from 'lib0/encoding';
import { expect, test } from 'vitest';
import { ByteWriter } from './byte-writer.js';

const items = fc.array(
  fc.oneof(
    fc.record({ type: fc.constant('uint' as const), value: fc.maxSafeNat() }),
    fc.record({ type: fc.constant('string' as const), value: fc.string({ unit: 'binary', maxLength: 200 }) }),
    fc.record({ type: fc.constant('block' as const), value: fc.uint8Array({ maxLength: 500 }) }),
    fc.record({ type: fc.constant('raw' as const), value: fc.uint8Array({ maxLength: 100 }) }),
  ),
);

test('writes what lib0 writes', () => {
  const writer = new ByteWriter();
  fc.assert(
    fc.property(items, (row) => {
      writer.clear();
      const encoder = encoding.createEncoder();
      for (const item of row) {
        if (item.type === 'uint') {
          writer.uint(item.value);
          encoding.writeVarUint(encoder, item.value);
        } else if (item.type === 'string') {
          writer.string(item.value);
          encoding.writeVarString(encoder, item.value);
        } else if (item.type === 'block') {
          writer.block(item.value);
          encoding.writeVarUint8Array(encoder, item.value);
        } else {
          writer.raw(item.value);
          encoding.writeUint8Array(encoder, item.value);
        }
      }
      expect(writer.toBytes()).toEqual(encoding.toUint8Array(encoder));
    }),
    { numRuns: 500 },
  );
});

test('grows, leaves clean room, and starts again', () => {
  const writer = new ByteWriter();
  const large = new Uint8Array(3_000_000).fill(9);
  writer.raw(large);
  writer.clear();
  writer.raw(large.subarray(0, 100_000));
  writer.clear();
  writer.uint(1);
  expect(writer.skip(4)).toBe(1);
  writer.view(1, 3).set([7, 8]);
  writer.uint(2);
  const bytes = writer.toBytes();
  expect([...bytes]).toEqual([1, 7, 8, 0, 0, 2]);
  writer.clear();
  writer.uint(5);
  expect(bytes[0]).toBe(1);
});
