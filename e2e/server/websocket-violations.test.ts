// Every way to break RFC 6455 that a raw socket can try, on both dialects: the connection is closed with the code the standard
// names, or ours, and nobody else notices. What the standard allows is answered as it says.

import { CloseCode, MAX_FRAME_BYTES } from '@weft/protocol';
import { afterAll, describe, expect, test } from 'vitest';
import { connect, newName, sharedServer } from './harness.js';
import { frame, OPCODE, RawSocket, upgradeHead } from './raw-socket.js';

const server = sharedServer();
const PROTOCOL_ERROR = 1002;
const INVALID_TEXT = 1007;

afterAll(() => expect(server.current.stderr).toBe(''));

async function open(path = '/weft'): Promise<RawSocket> {
  const socket = new RawSocket(server.current);
  await socket.upgrade(path);
  return socket;
}

const closeWith = (code: number, reason = ''): Buffer => {
  const payload = Buffer.alloc(2 + Buffer.byteLength(reason));
  payload.writeUInt16BE(code);
  payload.write(reason, 2);
  return frame({ opcode: OPCODE.close, payload });
};
const badText = Buffer.from([0xce, 0xba, 0xed, 0xa0, 0x80]);
const long = 'x'.repeat(126);

const violations: [string, Uint8Array[], number][] = [
  ...[4, 2, 1, 7].map((reserved): [string, Uint8Array[], number] => [
    `reserved bits ${reserved} on a binary frame`,
    [frame({ opcode: OPCODE.binary, reserved })],
    PROTOCOL_ERROR,
  ]),
  ...[4, 2, 1].map((reserved): [string, Uint8Array[], number] => [
    `reserved bits ${reserved} on a ping`,
    [frame({ opcode: OPCODE.ping, reserved })],
    PROTOCOL_ERROR,
  ]),
  ...[3, 4, 5, 6, 7, 11, 12, 13, 14, 15].map((opcode): [string, Uint8Array[], number] => [
    `opcode ${opcode}, which nobody has`,
    [frame({ opcode })],
    PROTOCOL_ERROR,
  ]),
  ...[OPCODE.close, OPCODE.ping, OPCODE.pong].map((opcode): [string, Uint8Array[], number] => [
    `opcode ${opcode} in fragments`,
    [frame({ opcode, fin: false }), frame({ opcode: OPCODE.continuation })],
    PROTOCOL_ERROR,
  ]),
  ...[OPCODE.close, OPCODE.ping, OPCODE.pong].map((opcode): [string, Uint8Array[], number] => [
    `opcode ${opcode} with more than 125 bytes`,
    [frame({ opcode, payload: long })],
    PROTOCOL_ERROR,
  ]),
  ['a close of one byte', [frame({ opcode: OPCODE.close, payload: 'x' })], PROTOCOL_ERROR],
  ...[0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535].map(
    (code): [string, Uint8Array[], number] => [`a close with the code ${code}`, [closeWith(code)], PROTOCOL_ERROR],
  ),
  [
    'a close whose reason is no UTF-8',
    [frame({ opcode: OPCODE.close, payload: Buffer.concat([Buffer.from([3, 0xe8]), badText]) })],
    INVALID_TEXT,
  ],
  ['a text that is no UTF-8', [frame({ opcode: OPCODE.text, payload: badText })], INVALID_TEXT],
  [
    'a text that is no UTF-8, in fragments',
    [...badText].map((byte, i) =>
      frame({ opcode: i === 0 ? OPCODE.text : OPCODE.continuation, payload: Buffer.from([byte]), fin: i === 4 }),
    ),
    INVALID_TEXT,
  ],
  ['a continuation of nothing', [frame({ opcode: OPCODE.continuation, payload: 'x' })], PROTOCOL_ERROR],
  [
    'a message within a message',
    [frame({ opcode: OPCODE.binary, fin: false }), frame({ opcode: OPCODE.binary })],
    PROTOCOL_ERROR,
  ],
  ['a frame without a mask', [frame({ opcode: OPCODE.binary, payload: 'x', masked: false })], PROTOCOL_ERROR],
  ['a ping without a mask', [frame({ opcode: OPCODE.ping, masked: false })], PROTOCOL_ERROR],
  ['a length of 2^63', [frame({ opcode: OPCODE.binary, length: 1n << 63n })], CloseCode.TooMuch],
  ['a length of 2^64 - 1', [frame({ opcode: OPCODE.binary, length: (1n << 64n) - 1n })], CloseCode.TooMuch],
  ['a length of 100 MB', [frame({ opcode: OPCODE.binary, length: 100_000_000n })], CloseCode.TooMuch],
  [
    'fragments that are too long together',
    [
      frame({ opcode: OPCODE.binary, fin: false, payload: new Uint8Array(MAX_FRAME_BYTES) }),
      frame({ opcode: OPCODE.continuation, payload: 'xx' }),
    ],
    CloseCode.TooMuch,
  ],
  ['a text, which neither dialect has', [frame({ opcode: OPCODE.text, payload: 'hello' })], CloseCode.BadFrame],
];

describe.each(['weft', 'yjs'])('a connection of the %s dialect is closed on', (dialect) => {
  test.each(violations)('%s', async (_, frames, code) => {
    const socket = await open(dialect === 'weft' ? '/weft' : `/yjs/${newName()}`);
    for (const bytes of frames) socket.send(bytes);
    expect(await socket.closeCode()).toBe(code);
  });
});

describe('what the standard allows', () => {
  test('a ping is answered with its own bytes, also one between the fragments of a message', async () => {
    const socket = await open(`/yjs/${newName()}`);
    socket.send(frame({ opcode: OPCODE.binary, fin: false, payload: Buffer.from([0]) }));
    for (const payload of ['', 'x', 'x'.repeat(125)]) {
      socket.send(frame({ opcode: OPCODE.ping, payload }));
      for (let got = await socket.frame(); ; got = await socket.frame()) {
        if (got?.opcode !== OPCODE.pong) continue;
        expect(got.payload.toString()).toBe(payload);
        break;
      }
    }
    socket.send(frame({ opcode: OPCODE.close }));
    expect(await socket.closeCode()).toBe(1005);
  });

  test.each([1000, 1001, 1003, 1007, 1014, 3000, 4999])('a close with %i is answered with the same', async (code) => {
    const socket = await open();
    socket.send(closeWith(code, 'goodbye'));
    expect(await socket.closeCode()).toBe(code);
  });

  test('a pong that nobody asked for is ignored', async () => {
    const socket = await open();
    socket.send(frame({ opcode: OPCODE.pong, payload: 'x' }));
    socket.send(frame({ opcode: OPCODE.ping, payload: 'y' }));
    expect(await socket.frame()).toMatchObject({ opcode: OPCODE.pong, payload: Buffer.from('y') });
  });
});

describe('an upgrade is refused', () => {
  const replaced = (line: RegExp, by: string): string => `${upgradeHead('/weft').replace(line, by)}\r\n`;
  test.each([
    ['of another version', replaced(/Version: 13/, 'Version: 12'), 400],
    ['without a version', replaced(/Sec-WebSocket-Version: 13\r\n/, ''), 400],
    ['without a key', replaced(/Sec-WebSocket-Key: .*\r\n/, ''), 400],
    ['with a key of the wrong length', replaced(/Key: .*==/, 'Key: AAAA'), 400],
    ['by POST', replaced(/^GET/, 'POST'), 405],
    ['to another protocol', replaced(/Upgrade: websocket/, 'Upgrade: h2c'), 400],
    ['without a host', replaced(/Host: .*\r\n/, ''), 400],
    ['with two hosts', replaced(/Host: .*\r\n/, 'Host: 127.0.0.1\r\nHost: localhost\r\n'), 400],
    ['under a name nobody has named', replaced(/Host: .*\r\n/, 'Host: evil.example\r\n'), 421],
    ['by a page of another site', replaced(/Host:/, 'Origin: https://evil.example\r\nHost:'), 403],
    ['by a page without an origin', replaced(/Host:/, 'Origin: null\r\nHost:'), 403],
    ['by a browser that hides the page', replaced(/Host:/, 'Cookie: weft=x\r\nHost:'), 403],
  ])('%s', async (_, head, status) => {
    const socket = new RawSocket(server.current);
    socket.send(head);
    expect((await socket.answer()).status).toBe(status);
  });
});

test('after all this others write on', async () => {
  const ann = connect(server.current, 'Ann').open(newName());
  ann.doc.getText('text').insert(0, 'as if nothing had happened');
  await ann.whenSaved();
  expect(ann.saveState.kind).toBe('saved');
});
