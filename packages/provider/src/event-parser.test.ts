import { expect, test } from 'vitest';
import { EventParser, type StreamEvent } from './event-parser.js';

function parse(...pieces: Uint8Array[]): StreamEvent[] {
  const events: StreamEvent[] = [];
  const parser = new EventParser((event) => events.push(event));
  for (const piece of pieces) parser.push(piece);
  return events;
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

const TEXT =
  'event: session\ndata: abc\n\n: a comment\r\n\r\ndata: aä€\ndata: b\nid: 7\n\nevent: ping\ndata:\r\rdata:x\n\n';
const EVENTS = [
  { name: 'session', data: 'abc' },
  { name: 'message', data: 'aä€\nb' },
  { name: 'ping', data: '' },
  { name: 'message', data: 'x' },
];

test('names, data in several lines, comments, every kind of line end, and unknown fields', () => {
  expect(parse(bytes(TEXT))).toEqual(EVENTS);
});

test('a stream means the same however it is cut', () => {
  const whole = bytes(TEXT);
  for (let cut = 0; cut <= whole.length; cut++) {
    expect(parse(whole.subarray(0, cut), whole.subarray(cut))).toEqual(EVENTS);
  }
  expect(parse(...Array.from(whole, (byte) => Uint8Array.of(byte)))).toEqual(EVENTS);
});

test('an event that has not ended is none, and neither is one without data', () => {
  expect(parse(bytes('data: a\n'))).toEqual([]);
  expect(parse(bytes('event: ping\n\n'))).toEqual([]);
});
