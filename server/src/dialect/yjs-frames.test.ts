import { BadFrameError } from '@weft/protocol';
import fc from 'fast-check';
import * as encoding from 'lib0/encoding';
import { expect, test } from 'vitest';
import {
  awarenessFrame,
  decodeYjsFrame,
  deniedFrame,
  syncStep1Frame,
  syncStep2Frame,
  updateFrame,
} from './yjs-frames.js';

const body = Uint8Array.of(1, 2, 3);
const caret = { id: 7, json: '{"cursor":{}}' };
const other = { id: 8, json: '{}' };

function awareness(...entries: readonly { readonly id: number; readonly json: string }[]): Uint8Array {
  const update = encoding.encode((encoder) => {
    encoding.writeVarUint(encoder, entries.length);
    for (const { id, json } of entries) {
      encoding.writeVarUint(encoder, id);
      encoding.writeVarUint(encoder, 1);
      encoding.writeVarString(encoder, json);
    }
  });
  return awarenessFrame(update);
}

test.each([0, 127, 128, 16_383, 16_384, 3_000_000])('an update of %i bytes is framed as lib0 writes it', (length) => {
  const update = new Uint8Array(length).fill(7);
  const expected = encoding.encode((encoder) => {
    for (const type of [0, 2]) encoding.writeVarUint(encoder, type);
    encoding.writeVarUint8Array(encoder, update);
  });
  expect(Buffer.compare(updateFrame(update), expected)).toBe(0);
});

test.each([
  [syncStep1Frame(body), { type: 'syncStep1', stateVector: body }],
  [syncStep2Frame(body), { type: 'syncStep2', update: body }],
  [updateFrame(body), { type: 'update', update: body }],
  [awareness(caret), { type: 'awareness', own: caret }],
  [Uint8Array.of(3), { type: 'queryAwareness' }],
])('%j is read as %j, and not at all when it is cut short', (frame, message) => {
  expect(decodeYjsFrame(frame, null)).toEqual(message);
  for (let length = 0; length < frame.length; length++) {
    expect(() => decodeYjsFrame(frame.subarray(0, length), null)).toThrow(BadFrameError);
  }
});

test.each([0, 127, 128, 4095, 4096, 16_383, 16_384, 300_000])('an update of %i bytes is read as it was', (length) => {
  const update = Uint8Array.from({ length }, (_, i) => i % 251);
  expect(decodeYjsFrame(syncStep2Frame(update), null)).toEqual({ type: 'syncStep2', update });
});

test('G6: of an awareness frame the entry of the session is read, or the only one when it has none yet', () => {
  const own = (presenceId: number | null, ...entries: (typeof caret)[]) => {
    const message = decodeYjsFrame(awareness(...entries), presenceId);
    return message.type === 'awareness' ? message.own : undefined;
  };
  expect(own(7, other, caret)).toEqual(caret);
  expect(own(7, caret, { id: 7, json: '{"again":1}' })).toEqual(caret);
  expect(own(7, other)).toBeNull();
  expect(own(null, other)).toEqual(other);
  expect(own(null, other, caret)).toBeNull();
  expect(own(null)).toBeNull();
});

test('what others made of the protocol is skipped, an unknown kind of sync is not', () => {
  expect(decodeYjsFrame(Uint8Array.of(100, 1, 2), null)).toEqual({ type: 'unknown' });
  expect(decodeYjsFrame(deniedFrame('No.'), null)).toEqual({ type: 'unknown' });
  expect(() => decodeYjsFrame(Uint8Array.of(0, 3, 0), null)).toThrow('no sync message has the number 3');
});

test('garbage is a BadFrameError or a message, never anything else', () => {
  fc.assert(
    fc.property(fc.constantFrom(0, 1, 2, 3), fc.uint8Array({ maxLength: 40 }), fc.nat(9), (type, rest, presenceId) => {
      try {
        decodeYjsFrame(Uint8Array.of(type, ...rest), presenceId);
      } catch (error) {
        expect(error).toBeInstanceOf(BadFrameError);
      }
    }),
    { numRuns: 2000 },
  );
});
