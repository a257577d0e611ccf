import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CloseCode } from '@weft/protocol';
import { expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import { Doorkeeper } from '../access/doorkeeper.js';
import type { Connection, OpenSession } from '../dialect/connection.js';
import { defaultDoor } from '../door-settings.js';
import { defaultLimits, type Limits } from '../limits.js';
import { SocketMetrics } from '../metrics/metrics.js';
import { giveBackSent, type Outgoing } from '../room/member.js';
import { Lines } from './lines.js';
import { WebSocketDoor } from './websocket-door.js';

/** Sends back what it hears, and trips over an empty frame. */
const echo: OpenSession = (connection) => ({
  receive: (frame) => {
    if (frame.length === 0) throw new Error('tripped');
    connection.send({ messages: [frame.slice()] });
  },
  closed: () => {},
});

async function openDoor(session: OpenSession, limits: Partial<Limits> = {}) {
  const complaints: string[] = [];
  const all = { ...defaultLimits, ...limits };
  const door = new WebSocketDoor({
    dialects: { weft: () => session, yjs: () => session },
    doorkeeper: new Doorkeeper(defaultDoor, { isOpen: true }),
    limits: all,
    lines: new Lines(all),
    metrics: new SocketMetrics(),
    complain: (sentence) => complaints.push(sentence),
  });
  const server = createServer().on('upgrade', (request, socket, head) => door.upgrade(request, socket, head));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(() => {
    door.close();
    server.close();
  });
  const connect = async (): Promise<WebSocket> => {
    const client = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}/weft`);
    onTestFinished(() => client.terminate());
    await once(client, 'open');
    return client;
  };
  return { connect, complaints };
}

test('a fault of ours ends the connection it is met on with 4500, is told, and leaves the others alone', async () => {
  const { connect, complaints } = await openDoor(echo);
  const [unlucky, other] = await Promise.all([connect(), connect()]);

  unlucky.send(new Uint8Array());
  expect(await once(unlucky, 'close')).toMatchObject([CloseCode.InternalError, expect.anything()]);
  expect(complaints).toEqual([expect.stringContaining('tripped')]);

  other.send(Uint8Array.of(1));
  const [heard] = (await once(other, 'message')) as [Buffer];
  expect([...heard]).toEqual([1]);
});

test('a fault in what waited for a reader is told in the same way', async () => {
  const { connect, complaints } = await openDoor((connection) => ({
    receive: () => {
      connection.send({ messages: [new Uint8Array(100_000)] });
      connection.whenDrained(() => {
        throw new Error('tripped later');
      });
    },
    closed: () => {},
  }));
  const client = await connect();
  client.send(Uint8Array.of(1));
  expect(await once(client, 'close')).toMatchObject([CloseCode.InternalError, expect.anything()]);
  expect(complaints).toEqual([expect.stringContaining('tripped later')]);
});

test('I6: who reads nothing of what waits is closed with 4508 in the end, whole messages long and short before that', async () => {
  let server: Connection | null = null;
  const { connect } = await openDoor(
    (connection) => {
      server = connection;
      return { receive: () => {}, closed: () => {} };
    },
    { waitingBytes: 64 * 1024, slowReaderSeconds: 1 },
  );
  const client = await connect();
  const heard: Buffer[] = [];
  client.on('message', (data: Buffer) => heard.push(data));
  client.pause();
  const sent = Array.from({ length: 400 }, (_, i) => new Uint8Array(i % 2 === 0 ? 100_000 : 10).fill(i));
  for (const message of sent) server!.send({ messages: [message] });
  expect(server!.hasRoom).toBe(false);
  server!.whenDrained(() => {
    throw new Error('it was never drained');
  });
  // The server's own timer is what is waited for; it closes a socket that nobody reads.
  await expect.poll(() => server!.hasRoom, { timeout: 5000 }).toBe(true);
  client.resume();
  expect(await once(client, 'close')).toMatchObject([CloseCode.SlowReader, expect.anything()]);
  expect(heard.length).toBeLessThan(sent.length);
  for (const [i, data] of heard.entries()) expect(data.equals(sent[i]!)).toBe(true);
});

test('I6: who asks on and on without reading is not heard until it reads, and then has every answer', async () => {
  let asked = 0;
  const answer = new Uint8Array(20_000);
  const { connect } = await openDoor(
    (connection) => ({
      receive: () => {
        asked += 1;
        connection.send({ messages: [answer] });
      },
      closed: () => {},
    }),
    { waitingBytes: 64 * 1024 },
  );
  const client = await connect();
  let heard = 0;
  client.on('message', () => {
    heard += 1;
  });
  client.pause();
  const questions = 4000;
  for (let i = 0; i < questions; i++) client.send(new Uint8Array(10_000));
  // Both ends wait for the other now; what the kernels hold is all that was asked.
  let before = -1;
  const standsStill = (): boolean => {
    const isSame = asked === before;
    before = asked;
    return isSame;
  };
  await expect.poll(standsStill, { timeout: 5000, interval: 300 }).toBe(true);
  expect(asked).toBeLessThan(questions);
  client.resume();
  await expect.poll(() => heard, { timeout: 10_000 }).toBe(questions);
});

test('memory that is given back when nothing waits any more was read by then, however slow the reader is', async () => {
  let server: Connection | null = null;
  const { connect } = await openDoor((connection) => {
    server = connection;
    return { receive: () => {}, closed: () => {} };
  });
  const client = await connect();
  const heard: Buffer[] = [];
  client.on('message', (data: Buffer) => heard.push(data));
  client.pause();
  const rounds = 20;
  const sendNext = (round: number): void => {
    if (round === rounds) return;
    // Where the one before lay, if that was given back.
    const out: Outgoing = { messages: [new Uint8Array(1_000_000).fill(round)] };
    server!.send(out);
    server!.whenDrained(() => {
      giveBackSent(out);
      expect([out.messages[0]!.length, out.wire!.length]).toEqual([0, 0]);
      sendNext(round + 1);
    });
  };
  sendNext(0);
  client.resume();
  await expect.poll(() => heard.length, { timeout: 5000 }).toBe(rounds);
  for (const [round, data] of heard.entries()) expect(data.equals(Buffer.alloc(1_000_000, round))).toBe(true);
});
