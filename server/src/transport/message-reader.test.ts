import type { Writable } from 'node:stream';
import * as prng from 'lib0/prng';
import { expect, test } from 'vitest';
import * as ws from 'ws';
import { MessageReader } from './message-reader.js';

const { Receiver } = ws as unknown as { Receiver: new (options: { isServer: boolean }) => Writable };
const { Sender } = ws as unknown as {
  Sender: { frame(data: Buffer, options: Record<string, unknown>): Buffer[] };
};

const FINAL = 0x80;
const TEXT = 0x1;
const BINARY = 0x2;
const PING = 0x9;

function frame(content: Buffer, opcode: number, fin = true): Buffer {
  const options = { opcode, fin, mask: true, rsv1: false, readOnly: true };
  return Buffer.concat(Sender.frame(content, options));
}

/** What is heard of `pieces`, which are overwritten after each reading; and how many messages were read without `ws`. */
function hear(pieces: readonly Buffer[]) {
  const heard: string[] = [];
  let readHere = 0;
  const receiver = new Receiver({ isServer: true });
  receiver.on('message', (data: Buffer, isBinary: boolean) => heard.push(`${isBinary} ${data.toString('hex')}`));
  receiver.on('ping', (data: Buffer) => heard.push(`ping ${data.toString('hex')}`));
  receiver.on('error', (error) => heard.push(error.message));
  const reader = new MessageReader({
    received: (message) => {
      readHere += 1;
      heard.push(`true ${message.toString('hex')}`);
    },
    passOn: (bytes) => receiver.write(bytes),
  });
  const shared = Buffer.alloc(200_000);
  for (const piece of pieces) {
    piece.copy(shared);
    reader.read(shared, piece.length);
    shared.fill(0xff, 0, piece.length);
  }
  return { heard, readHere };
}

test('messages in pieces of any length are what ws makes of them, among pings and fragments, in order', () => {
  for (let seed = 1; seed <= 100; seed++) {
    const random = prng.create(seed);
    const content = (longest: number): Buffer =>
      Buffer.alloc(prng.int32(random, 0, longest), prng.uint8Array(random, 7));
    const frames: Buffer[] = [];
    for (let i = 0; i < 12; i++) {
      const longest = prng.oneOf(random, seed % 4 === 0 ? [300, 70_000] : [3, 125, 300]);
      switch (prng.int32(random, 0, 3)) {
        case 0:
          frames.push(frame(content(125), PING));
          break;
        case 1:
          frames.push(frame(content(longest), BINARY, false), frame(content(20), PING));
          frames.push(frame(content(longest), 0, false), frame(content(longest), 0));
          break;
        default:
          frames.push(frame(content(longest), BINARY));
      }
    }
    const whole = Buffer.concat(frames);
    const pieces: Buffer[] = [];
    const longestPiece = prng.oneOf(random, whole.length < 10_000 ? [2, 15, 400] : [15_000, 100_000]);
    for (let at = 0; at < whole.length; ) {
      const end = Math.min(whole.length, at + prng.int32(random, 1, longestPiece));
      pieces.push(whole.subarray(at, end));
      at = end;
    }
    const expected: string[] = [];
    const receiver = new Receiver({ isServer: true });
    receiver.on('message', (data: Buffer) => expected.push(`true ${data.toString('hex')}`));
    receiver.on('ping', (data: Buffer) => expected.push(`ping ${data.toString('hex')}`));
    // It unmasks in place.
    receiver.write(Buffer.from(whole));
    expect(expected.length).toBeGreaterThan(0);
    expect(hear(pieces).heard, `seed ${seed}`).toEqual(expected);
  }
});

test('short messages that come whole are read without ws, however many come at once', () => {
  const messages = [Buffer.from('one'), Buffer.alloc(0), Buffer.alloc(60_000, 3)];
  const { heard, readHere } = hear([Buffer.concat(messages.map((message) => frame(message, BINARY)))]);
  expect(readHere).toBe(3);
  expect(heard).toEqual(messages.map((message) => `true ${message.toString('hex')}`));
});

test('what breaks the protocol is found by ws', async () => {
  const unmasked = Buffer.from([FINAL | BINARY, 1, 7]);
  const compressed = Buffer.from([FINAL | 0x40 | BINARY, 0x81, 0, 0, 0, 0, 7]);
  const amidFragments = [frame(Buffer.from('a'), BINARY, false), frame(Buffer.from('b'), BINARY)];
  const outcomes = [
    hear([unmasked]),
    hear([compressed]),
    hear(amidFragments),
    hear([frame(Buffer.from('text'), TEXT)]),
  ];
  // Streams say so a little later.
  await new Promise(setImmediate);
  expect(outcomes.map(({ readHere }) => readHere)).toEqual([0, 0, 0, 0]);
  expect(outcomes.map(({ heard }) => heard)).toEqual([
    ['Invalid WebSocket frame: MASK must be set'],
    ['Invalid WebSocket frame: RSV1 must be clear'],
    ['Invalid WebSocket frame: invalid opcode 2'],
    ['false 74657874'],
  ]);
});
