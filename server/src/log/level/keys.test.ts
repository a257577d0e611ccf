import { type DocumentName, parseDocumentName } from '@weft/protocol';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ChannelId, ChannelKind } from '../document-log.js';
import type { KeyRange } from '../key-value-store.js';
import {
  anchorKey,
  channelRange,
  channelsRange,
  checkpointKey,
  checkpointRange,
  documentKey,
  documentRange,
  documentRangeOf,
  formatKey,
  journalKey,
  journalRange,
  metaKey,
  nameInDocumentKey,
  numberInJournalKey,
  printableKey,
  segmentKey,
  segmentRange,
} from './keys.js';

const isName = (text: string): text is DocumentName => parseDocumentName(text).ok;
/** Names that are close to each other and to the words of the grammar, and any others. */
const names: fc.Arbitrary<DocumentName> = fc
  .oneof(
    fc.string({
      unit: fc.constantFrom('a', 'b', '/', '.', ' ', 'ä', '😀', 'content', 'meta', 'segment', '!'),
      maxLength: 6,
    }),
    fc.string({ unit: 'grapheme', maxLength: 30 }),
  )
  .filter(isName);
const kinds = fc.constantFrom<ChannelKind>('content', 'discussion');
const numbers = fc.maxSafeNat().filter((value) => value < Number.MAX_SAFE_INTEGER - 1);

const isIn = (key: Uint8Array, { gte, lt }: KeyRange): boolean =>
  Buffer.compare(gte, key) <= 0 && Buffer.compare(key, lt) < 0;

function keysOf(id: ChannelId, first: number, second: number): Uint8Array[] {
  return [metaKey(id), checkpointKey(id, first), segmentKey(id, first, second)];
}

test('no key of a document lies in a range of another', () => {
  fc.assert(
    fc.property(names, names, kinds, kinds, numbers, numbers, (one, other, kind, otherKind, first, second) => {
      fc.pre(one !== other);
      const theirs: ChannelId = { document: other, kind: otherKind };
      for (const key of [...keysOf({ document: one, kind }, first, second), documentKey(one)]) {
        expect(isIn(key, checkpointRange(theirs)) || isIn(key, segmentRange(theirs, 0))).toBe(false);
        expect(isIn(key, channelsRange(other)) || isIn(key, documentRangeOf(other))).toBe(false);
      }
      for (const key of keysOf({ document: one, kind }, first, second)) {
        expect([isIn(key, channelsRange(one)), isIn(key, channelRange({ document: one, kind }))]).toEqual([true, true]);
        expect(isIn(key, channelRange({ document: one, kind: kind === 'content' ? 'discussion' : 'content' }))).toBe(
          false,
        );
      }
      expect(isIn(documentKey(one), documentRangeOf(one))).toBe(true);
    }),
    { numRuns: 2000 },
  );
});

test('no key of a channel lies in a range of another kind or channel', () => {
  fc.assert(
    fc.property(names, numbers, numbers, (document, first, second) => {
      const content: ChannelId = { document, kind: 'content' };
      const discussion: ChannelId = { document, kind: 'discussion' };
      const [meta, checkpoint, segment] = keysOf(content, first, second) as [Uint8Array, Uint8Array, Uint8Array];
      const places: [Uint8Array, boolean, boolean, boolean, boolean][] = [
        [meta, false, false, false, false],
        [checkpoint, true, false, false, false],
        [segment, false, true, false, false],
        [journalKey(first), false, false, true, false],
        [documentKey(document), false, false, false, true],
        [formatKey, false, false, false, false],
        [anchorKey, false, false, false, false],
      ];
      for (const [key, ...expected] of places) {
        const ranges = [checkpointRange(content), segmentRange(content, 0), journalRange(0), documentRange];
        expect(ranges.map((range) => isIn(key, range))).toEqual(expected);
        expect(isIn(key, checkpointRange(discussion)) || isIn(key, segmentRange(discussion, 0))).toBe(false);
      }
    }),
  );
});

test('the order of numbered keys is the order of their numbers', () => {
  fc.assert(
    fc.property(numbers, numbers, numbers, (one, other, last) => {
      const order = Math.sign(one - other);
      const id: ChannelId = { document: 'notes' as DocumentName, kind: 'content' };
      expect(Buffer.compare(journalKey(one), journalKey(other))).toBe(order);
      expect(Buffer.compare(checkpointKey(id, one), checkpointKey(id, other))).toBe(order);
      if (order !== 0) expect(Buffer.compare(segmentKey(id, one, last), segmentKey(id, other, 1))).toBe(order);
      expect(isIn(journalKey(one), journalRange(other))).toBe(order >= 0);
      expect(isIn(journalKey(one), journalRange(0, other))).toBe(order <= 0);
      expect(isIn(segmentKey(id, one, last), segmentRange(id, 0, other))).toBe(order < 0);
      expect(numberInJournalKey(journalKey(one))).toBe(one);
    }),
  );
});

test('a name is read back from its key in the index', () => {
  fc.assert(
    fc.property(names, (name) => {
      expect(nameInDocumentKey(documentKey(name))).toBe(name);
    }),
  );
});

test('a key is printed as a sentence can hold it', () => {
  const id: ChannelId = { document: 'a/ä' as DocumentName, kind: 'discussion' };
  expect(printableKey(journalKey(57))).toBe('journal/57');
  expect(printableKey(anchorKey)).toBe('anchor');
  expect(printableKey(documentKey(id.document))).toBe('document/a/ä');
  expect(printableKey(metaKey(id))).toBe('channel/a/ä discussion/meta');
  expect(printableKey(checkpointKey(id, 2 ** 50))).toBe('channel/a/ä discussion/checkpoint/1125899906842624');
  expect(printableKey(segmentKey(id, 1, 255))).toBe('channel/a/ä discussion/segment/1-255');
});
