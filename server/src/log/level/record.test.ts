import fc from 'fast-check';
import { expect, test } from 'vitest';
import { journalKey } from './keys.js';
import { HEADER_BYTES, RecordKind, sealed, sealLink, unseal } from './record.js';

const hash = Uint8Array.from({ length: 16 }, (_, index) => index);
const contents = fc.uint8Array({ maxLength: 80 });

test('a record is read as it was written', () => {
  fc.assert(
    fc.property(fc.maxSafeNat(), contents, (number, content) => {
      const key = journalKey(7);
      expect(unseal(key, sealed(key, RecordKind.meta, number, hash, content), RecordKind.meta)).toEqual({
        number,
        hash,
        content,
      });
    }),
  );
});

test('I10: any changed bit, another length, key or kind is noticed', () => {
  fc.assert(
    fc.property(contents, fc.nat(), fc.nat({ max: 7 }), (content, place, bit) => {
      const key = journalKey(7);
      const record = sealed(key, RecordKind.journal, 7, hash, content);
      const damaged = record.slice();
      damaged[place % record.length]! ^= 1 << bit;
      const refusal = expect.objectContaining({
        code: 'STORE_UNREADABLE',
        message: expect.stringContaining('journal/7 is damaged'),
      });
      expect(() => unseal(key, damaged, RecordKind.journal)).toThrow(refusal);
      expect(() => unseal(key, record.subarray(0, place % record.length), RecordKind.journal)).toThrow(refusal);
      expect(() => unseal(key, Uint8Array.of(...record, 0), RecordKind.journal)).toThrow(refusal);
      expect(() => unseal(key, record, RecordKind.meta)).toThrow(refusal);
      expect(() => unseal(journalKey(8), record, RecordKind.journal)).toThrow('journal/8 is damaged');
    }),
  );
});

test('the link of a record depends on all records before it', () => {
  const record = (text: string): Uint8Array =>
    Uint8Array.of(...new Uint8Array(HEADER_BYTES), ...new TextEncoder().encode(text));
  const linkOf = (texts: readonly string[]): Uint8Array =>
    texts.reduce<Uint8Array>((link, text, index) => sealLink(record(text), journalKey(index), index, link), hash);
  const whole = linkOf(['a', 'b', 'c']);
  expect(whole).toHaveLength(16);
  expect(linkOf(['a', 'b', 'c'])).toEqual(whole);
  for (const other of [
    ['a', 'c', 'b'],
    ['a', 'b'],
    ['ab', 'c'],
    ['x', 'b', 'c'],
  ]) {
    expect(linkOf(other)).not.toEqual(whole);
  }
});
