// The relay that writes least: messages of one turn are framed once, joined, and written once to each client of the room, with
// their authors among them.

import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import { startRelay } from './relay.js';

interface Room {
  readonly sockets: Set<WebSocket>;
  waiting: Buffer[];
}

startRelay(
  (): Room => ({ sockets: new Set(), waiting: [] }),
  (room, _from, message) => {
    if (room.waiting.length === 0) setImmediate(() => flush(room));
    room.waiting.push(frameHeader(message.length), message);
  },
);

function flush(room: Room): void {
  const frames = Buffer.concat(room.waiting);
  room.waiting = [];
  // `ws` gives the socket it writes to to nobody; it compresses nothing here, so that whole frames may be written between its own.
  for (const socket of room.sockets) (socket as unknown as { readonly _socket: Duplex })._socket.write(frames);
}

/** RFC 6455 §5.2: a whole binary message, not masked. @param length below 65,536 bytes */
function frameHeader(length: number): Buffer {
  return Buffer.from(length < 126 ? [0x82, length] : [0x82, 126, length >> 8, length & 255]);
}
