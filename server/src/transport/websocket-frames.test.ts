import type { Writable } from 'node:stream';
import { expect, test } from 'vitest';
import * as ws from 'ws';
import { websocketFrames } from './websocket-frames.js';

/** The reader of frames in `ws`, which its types leave out. */
const { Receiver } = ws as unknown as { Receiver: new (options: { isServer: boolean }) => Writable };

test('messages of every header length are read back by ws, in order, out of one buffer', () => {
  const lengths = [0, 1, 125, 126, 127, 65_535, 65_536, 70_000, 3];
  const messages = lengths.map((length, i) => new Uint8Array(length).fill(i + 1));
  const read: Buffer[] = [];
  const receiver = new Receiver({ isServer: false });
  receiver.on('message', (data: Buffer, isBinary: boolean) => {
    expect(isBinary).toBe(true);
    read.push(data);
  });
  receiver.write(websocketFrames(messages));
  expect(read.map((data) => Uint8Array.from(data))).toEqual(messages);
});
