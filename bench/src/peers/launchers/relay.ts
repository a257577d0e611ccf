// What the two bare relays share: rooms by path, and the ready line.

import type { AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';

/** @param join is called once for each connection, with everybody in its room, itself too */
export function startRelay<Room extends { readonly sockets: Set<WebSocket> }>(
  create: () => Room,
  receive: (room: Room, from: WebSocket, message: Buffer) => void,
): void {
  const rooms = new Map<string, Room>();
  const server = new WebSocketServer({ host: '127.0.0.1', port: Number(process.argv[2]), perMessageDeflate: false });
  server.on('connection', (socket, { url = '/' }) => {
    const room = rooms.get(url) ?? create();
    rooms.set(url, room);
    room.sockets.add(socket);
    socket.on('message', (message: Buffer) => receive(room, socket, message));
    socket.on('error', () => {});
    socket.on('close', () => {
      room.sockets.delete(socket);
      if (room.sockets.size === 0) rooms.delete(url);
    });
  });
  server.on('listening', () => {
    process.stdout.write(`listening on http://127.0.0.1:${(server.address() as AddressInfo).port}\n`);
  });
  process.once('SIGTERM', () => process.exit(0));
}
