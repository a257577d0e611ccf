import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CloseCode } from '@weft/protocol';
import { expect, test } from 'vitest';
import { WebSocket } from 'ws';
import type { OpenSession } from '../dialect/connection.js';
import { WebSocketDoor } from './websocket-door.js';

/** Sends back what it hears, and trips over an empty frame. */
const session: OpenSession = (connection) => ({
  receive: (frame) => {
    if (frame.length === 0) throw new Error('tripped');
    connection.send({ messages: [frame.slice()] });
  },
  closed: () => {},
});

test('a fault of ours ends the connection it is met on with 4500, is told, and leaves the others alone', async () => {
  const complaints: string[] = [];
  const dialects = { weft: () => session, yjs: () => session };
  const door = new WebSocketDoor(dialects, (sentence) => complaints.push(sentence));
  const server = createServer().on('upgrade', (request, socket, head) => door.upgrade(request, socket, head));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const connect = async (): Promise<WebSocket> => {
    const client = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}/weft`);
    await once(client, 'open');
    return client;
  };
  const [unlucky, other] = await Promise.all([connect(), connect()]);

  unlucky.send(new Uint8Array());
  expect(await once(unlucky, 'close')).toMatchObject([CloseCode.InternalError, expect.anything()]);
  expect(complaints).toEqual([expect.stringContaining('tripped')]);

  other.send(Uint8Array.of(1));
  const [heard] = (await once(other, 'message')) as [Buffer];
  expect([...heard]).toEqual([1]);

  door.close();
  await once(other, 'close');
  server.close();
});
