import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BadFrameError, clientCodec, serverCodec } from './codec.js';
import { MAX_FRAME_MESSAGES } from './limits.js';
import { type ClientMessage, clientSchema, type FieldType, type ServerMessage, serverSchema } from './schema.js';

interface AnyCodec {
  encode(...messages: unknown[]): Uint8Array;
  decode(frame: Uint8Array): unknown[];
}

const sides = [
  { side: 'client', codec: clientCodec as unknown as AnyCodec, schema: clientSchema },
  { side: 'server', codec: serverCodec as unknown as AnyCodec, schema: serverSchema },
] as const;

const bytes = fc.uint8Array({ maxLength: 300 });
const values: Record<FieldType, fc.Arbitrary<unknown>> = {
  uint: fc.oneof(fc.nat(300), fc.maxSafeNat(), fc.constant(Number.MAX_SAFE_INTEGER)),
  string: fc.oneof(fc.string({ unit: 'binary' }), fc.constant('\ufeffwith a mark')),
  bytes,
  'bytes[]': fc.array(bytes, { maxLength: 5 }),
};

/** Any message of one type, or of any type. */
function messageOf(type: string, fields: Readonly<Record<string, FieldType>>): fc.Arbitrary<object> {
  const arbitraries = Object.entries(fields).map(([name, field]) => [name, values[field]] as const);
  return fc.record({ type: fc.constant(type), ...Object.fromEntries(arbitraries) }, { noNullPrototype: true });
}
const anyMessage = (schema: (typeof sides)[number]['schema']) =>
  fc.oneof(...Object.entries(schema).map(([type, { fields }]) => messageOf(type, fields)));

/** What decoding throws, or null when it does not. */
function failure(codec: AnyCodec, frame: Uint8Array): unknown {
  try {
    codec.decode(frame);
    return null;
  } catch (error) {
    return error;
  }
}

for (const { side, codec, schema } of sides) {
  for (const [type, { fields }] of Object.entries(schema)) {
    test(`${type} of a ${side} comes out as it went in, and not at all when it is cut short`, () => {
      fc.assert(
        fc.property(messageOf(type, fields), (message) => {
          const frame = codec.encode(message);
          expect(codec.decode(frame)).toEqual([message]);
          for (const length of new Set([0, 1, frame.length >> 1, frame.length - 1])) {
            if (length < frame.length) expect(failure(codec, frame.subarray(0, length))).toBeInstanceOf(BadFrameError);
          }
        }),
      );
    });
  }

  test(`several messages of a ${side} share a frame in order`, () => {
    fc.assert(
      fc.property(fc.array(anyMessage(schema), { minLength: 1, maxLength: 8 }), (messages) => {
        expect(codec.decode(codec.encode(...messages))).toEqual(messages);
      }),
    );
  });

  test(`garbage to a ${side}'s reader is a BadFrameError or messages, never anything else`, () => {
    const spoiled = fc
      .tuple(anyMessage(schema), fc.array(fc.tuple(fc.nat(400), fc.nat(255)), { minLength: 1, maxLength: 4 }))
      .map(([message, changes]) => {
        const frame = codec.encode(message);
        for (const [at, value] of changes) frame[at % frame.length] = value;
        return frame;
      });
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 100 }), spoiled), (frame) => {
        const error = failure(codec, frame);
        if (error !== null) expect(error).toBeInstanceOf(BadFrameError);
        else expect(codec.decode(codec.encode(...codec.decode(frame)))).toEqual(codec.decode(frame));
      }),
      { numRuns: 2000 },
    );
  });
}

test.each([
  ['an empty frame', []],
  ['an unknown tag', [63]],
  ['the tag of the other side', [73, 1]],
  ['a second message that is cut short', [7, 1, 7]],
  ['a string that is not UTF-8', [1, 1, 1, 0xff, 0, 0]],
  ['a string that encodes a lone surrogate', [1, 1, 3, 0xed, 0xa0, 0x80, 0, 0]],
  ['a length beyond the frame', [3, 1, 1, 200, 1, 0]],
  ['a number beyond 2^53', [7, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1]],
  ['a number that its last byte takes beyond 2^53', [7, 252, 255, 255, 255, 255, 255, 143, 64]],
  ['a number that never ends', [7, ...Array.from({ length: 50 }, () => 255)]],
])('%s is a bad frame', (_, frame) => {
  expect(() => clientCodec.decode(Uint8Array.from(frame))).toThrow(BadFrameError);
});

test('a list that claims a billion elements is refused before anything is allocated for it', () => {
  const billion = [128, 148, 235, 220, 3];
  expect(() => serverCodec.decode(Uint8Array.from([66, 1, 1, ...billion, 0]))).toThrow('claims 1000000000 elements');
});

test('the bytes of a decoded message are views into the frame', () => {
  const frame = clientCodec.encode({ type: 'Update', channel: 1, clientSeq: 1, update: Uint8Array.of(1, 2, 3) });
  const [message] = clientCodec.decode(frame);
  expect(message?.type === 'Update' && message.update.buffer).toBe(frame.buffer);
});

test('long bytes come out as they went in, whatever is around them', () => {
  const lengths = [1, 4095, 4096, 0, 100_000, 5000];
  const updates = lengths.map((length) => Uint8Array.from({ length }, (_, i) => i % 251));
  const entries: ServerMessage = { type: 'Entries', channel: 1, firstSeq: 2, updates, proof: Uint8Array.of(9) };
  const pong: ServerMessage = { type: 'Pong', nonce: 3 };
  expect(serverCodec.decode(serverCodec.encode(pong, entries, entries, pong))).toEqual([pong, entries, entries, pong]);
});

test('the types of the messages are those of the table', () => {
  const renew: ClientMessage = { type: 'Renew', token: 't', guest: '' };
  const pong: ServerMessage = { type: 'Pong', nonce: 3 };
  expect([clientCodec.decode(clientCodec.encode(renew)), serverCodec.decode(serverCodec.encode(pong))]).toEqual([
    [renew],
    [pong],
  ]);
});

test('a client cannot make a frame into endless work: it holds so many messages and no more', () => {
  const pings = (count: number): Uint8Array => clientCodec.encode(...Array(count).fill({ type: 'Ping', nonce: 1 }));
  expect(clientCodec.decode(pings(MAX_FRAME_MESSAGES))).toHaveLength(MAX_FRAME_MESSAGES);
  expect(() => clientCodec.decode(pings(MAX_FRAME_MESSAGES + 1))).toThrow(BadFrameError);
});
