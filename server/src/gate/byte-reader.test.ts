// What the reader walks over without making it must be what lib0 can read, and take the same bytes.

import fc from 'fast-check';
import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';
import { expect, test } from 'vitest';
import { ByteReader, MalformedError } from './byte-reader.js';

const withLength = (bytes: Uint8Array): Uint8Array =>
  encoding.encode((encoder) => encoding.writeVarUint8Array(encoder, bytes));
const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Bytes that are nearly UTF-8: pieces of it, with lead and continuation bytes strewn in. */
const almostUtf8 = fc
  .array(
    fc.oneof(
      fc.string({ unit: 'binary' }).map((text) => [...new TextEncoder().encode(text)]),
      fc.constantFrom([0x80], [0xbf], [0xc0], [0xc2], [0xe0], [0xed], [0xef], [0xf0], [0xf4], [0xf5], [0xff]),
      fc.constantFrom([0xed, 0xa0, 0x80], [0xe0, 0x80, 0x80], [0xf4, 0x90, 0x80, 0x80], [0xf0, 0x8f, 0xbf, 0xbf]),
    ),
    { maxLength: 4 },
  )
  .map((parts) => Uint8Array.from(parts.flat()));

test('G1: a string is refused exactly when a strict decoder refuses it, and counted in UTF-16 units', () => {
  fc.assert(
    fc.property(almostUtf8, (bytes) => {
      let expected: number | null = null;
      try {
        expected = strict.decode(bytes).length;
      } catch {}
      const reader = new ByteReader(withLength(bytes));
      if (expected === null) expect(() => reader.string()).toThrow(MalformedError);
      else {
        expect(reader.string()).toBe(expected);
        expect(reader.remaining).toBe(0);
      }
    }),
    { numRuns: 5000 },
  );
});

test('every number up to 2^53 - 1 is read as lib0 wrote it', () => {
  fc.assert(
    fc.property(fc.maxSafeNat(), (value) => {
      const reader = new ByteReader(encoding.encode((encoder) => encoding.writeVarUint(encoder, value)));
      expect(reader.uint()).toBe(value);
      expect(reader.remaining).toBe(0);
    }),
  );
  const tooLarge = [[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f], Array(12).fill(0x80)];
  for (const bytes of tooLarge) expect(() => new ByteReader(Uint8Array.from(bytes)).uint()).toThrow(MalformedError);
});

test('reading past the end is refused everywhere', () => {
  const value = encoding.encode((encoder) => encoding.writeAny(encoder, { a: ['x', 1.5, 300, new Uint8Array(3)] }));
  for (let length = 0; length < value.length; length += 1) {
    expect(() => new ByteReader(value.subarray(0, length)).any()).toThrow(MalformedError);
  }
  expect(() => new ByteReader(Uint8Array.of(5, 65)).string()).toThrow(MalformedError);
});

test('every value lib0 can write is walked over to its end', () => {
  const value = fc.anything({ withBigInt: true, maxDepth: 4 }).filter((any) => {
    try {
      encoding.encode((encoder) => encoding.writeAny(encoder, any as never));
      return true;
    } catch {
      return false;
    }
  });
  fc.assert(
    fc.property(value, (any) => {
      const reader = new ByteReader(encoding.encode((encoder) => encoding.writeAny(encoder, any as never)));
      reader.any();
      expect(reader.remaining).toBe(0);
    }),
  );
});

test('whatever bytes are taken for a value, lib0 can read and takes the same number of', () => {
  const type = fc.integer({ min: 114, max: 128 });
  fc.assert(
    fc.property(fc.array(fc.oneof(type, fc.nat(3), fc.nat(255)), { minLength: 1, maxLength: 14 }), (values) => {
      const bytes = Uint8Array.from(values);
      const reader = new ByteReader(bytes);
      try {
        reader.any();
      } catch (error) {
        expect(error).toBeInstanceOf(MalformedError);
        return;
      }
      const decoder = decoding.createDecoder(bytes);
      decoding.readAny(decoder);
      expect(decoder.pos).toBe(reader.pos);
    }),
    { numRuns: 20_000 },
  );
});

test('JSON is what JSON.parse takes; the word undefined only where Yjs writes it', () => {
  const read = (text: string, mayBeUndefined = false): void =>
    new ByteReader(withLength(new TextEncoder().encode(text))).json(mayBeUndefined);
  for (const text of ['null', '{}', '{"a":[1,"]}\\""]}', '"\ud83d\ude42"', ' 1 '])
    expect(() => read(text)).not.toThrow();
  for (const text of ['', '{', 'nul', '{"a":}', '\ufeff1', 'undefined', '[]]'])
    expect(() => read(text)).toThrow(MalformedError);
  expect(() => read('undefined', true)).not.toThrow();
});
