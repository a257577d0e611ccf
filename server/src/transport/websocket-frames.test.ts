import type { Writable } from 'node:stream';
import { expect, test } from 'vitest';
import * as ws from 'ws';
import { frameEnd, websocketFrames } from './websocket-frames.js';

/** The reader of frames in `ws`, which its types leave out. */
const { Receiver } = ws as unknown as { Receiver: new (options: { isServer: boolean }) => Writable };

const lengths = [0, 1, 125, 126, 127, 32_767, 32_768, 32_769, 65_535, 65_536, 98_304, 200_000, 3];
const messages = lengths.map((length, i) => new Uint8Array(length).fill(i + 1));

test('messages of every length are read back by ws, in order, out of one buffer', () => {
  const read: Buffer[] = [];
  const receiver = new Receiver({ isServer: false });
  receiver.on('message', (data: Buffer, isBinary: boolean) => {
    expect(isBinary).toBe(true);
    read.push(data);
  });
  receiver.write(websocketFrames(messages));
  expect(read.map((data) => Uint8Array.from(data))).toEqual(messages);
});

test('the end of each frame is found from its beginning, and no frame is long', () => {
  const frames = websocketFrames(messages);
  let at = 0;
  while (at < frames.length) {
    const end = frameEnd(frames, at);
    expect(end - at).toBeLessThanOrEqual(32 * 1024 + 4);
    expect(end).toBeGreaterThan(at);
    at = end;
  }
  expect(at).toBe(frames.length);
});
