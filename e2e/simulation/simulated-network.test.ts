import './date-now.js';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Connection } from '../../server/src/dialect/connection.js';
import { Chance } from './chance.js';
import type { Break } from './lane.js';
import { SimulatedNetwork } from './simulated-network.js';
import { VirtualClock } from './virtual-clock.js';

const BREAKS: readonly Break[] = [
  { kind: 'noticed', by: 'both' },
  { kind: 'noticed', by: 'client' },
  { kind: 'noticed', by: 'server' },
];

let clock: VirtualClock;

beforeEach(() => {
  clock = new VirtualClock(new Chance(1));
  clock.install();
});
afterEach(() => clock.uninstall());

/** One client and a server that notes what it gets. */
async function connect(seed = 1) {
  const noTap = { fromClient: () => {}, fromServer: () => {}, closing: () => {} };
  const network = new SimulatedNetwork(clock, new Chance(seed), () => noTap);
  const atServer: (number | string)[] = [];
  const atClient: (number | string)[] = [];
  let connection: Connection | null = null;
  await clock.as('server', () => {
    network.listen(() => (opened) => {
      connection = opened;
      return {
        receive: (frame) => atServer.push(frame[0]!),
        closed: () => atServer.push('closed'),
      };
    });
  });
  const WebSocket = network.webSocketFor('client');
  const socket = new WebSocket('ws://weft.test/weft');
  socket.onmessage = (event) => atClient.push(new Uint8Array((event as { data: ArrayBuffer }).data)[0]!);
  socket.onclose = (event) => atClient.push(`closed ${(event as { code: number }).code}`);
  await clock.advance(500);
  return { network, socket, connection: connection!, atServer, atClient };
}

test('frames arrive later, in their order, and are copies', async () => {
  const { socket, connection, atServer, atClient } = await connect();
  const frame = new Uint8Array(1);
  for (let count = 1; count <= 50; count++) {
    frame[0] = count;
    socket.send(frame);
    connection.send({ messages: [frame] });
  }
  expect(atServer).toEqual([]);
  await clock.advance(2000);
  const all = Array.from({ length: 50 }, (_, index) => index + 1);
  expect([atServer, atClient]).toEqual([all, all]);
});

test('of a connection that breaks, each side gets a beginning of what was sent, and who notices is told once', async () => {
  const arrived = new Set<number>();
  for (let seed = 1; seed <= 30; seed++) {
    const { network, socket, atServer, atClient } = await connect(seed);
    for (let count = 1; count <= 5; count++) socket.send(Uint8Array.of(count));
    const how = BREAKS[seed % BREAKS.length]!;
    network.break('client', how);
    socket.send(Uint8Array.of(6));
    await clock.advance(2000);
    const frames = atServer.filter((what) => what !== 'closed');
    expect(frames).toEqual([1, 2, 3, 4, 5].slice(0, frames.length));
    arrived.add(frames.length);
    const by = how.kind === 'noticed' ? how.by : null;
    expect(atServer.slice(frames.length)).toEqual(by === 'client' ? [] : ['closed']);
    expect(atClient).toEqual(by === 'server' ? [] : ['closed 1006']);
  }
  expect(arrived.size).toBeGreaterThan(3);
});

test('a silent break is noticed by the heartbeat of the server alone', async () => {
  const { network, atServer, atClient } = await connect();
  network.break('client', { kind: 'silent' });
  await clock.advance(120_000);
  expect([atServer, atClient]).toEqual([['closed'], []]);
});

test('a goodbye comes after everything said before it, whoever says it', async () => {
  for (const side of ['client', 'server']) {
    const { socket, connection, atServer, atClient } = await connect();
    socket.send(Uint8Array.of(1));
    connection.send({ messages: [Uint8Array.of(2)] });
    if (side === 'client') socket.close(1000);
    else connection.close(4503, 'The server is restarting.');
    await clock.advance(2000);
    expect(atServer).toEqual([1, 'closed']);
    expect(atClient).toEqual([2, side === 'client' ? 'closed 1000' : 'closed 4503']);
  }
});

test('without a server, and for a peer that is cut off, a new connection fails', async () => {
  const { network, socket } = await connect();
  socket.close();
  network.setReachable('client', false);
  const WebSocket = network.webSocketFor('client');
  const told: unknown[] = [];
  const unreachable = new WebSocket('ws://weft.test/weft');
  unreachable.onclose = (event) => told.push(event);
  await clock.advance(1000);
  network.setReachable('client', true);
  network.stopAccepting();
  const refused = new WebSocket('ws://weft.test/weft');
  refused.onclose = (event) => told.push(event);
  await clock.advance(1000);
  expect(told).toEqual([
    { code: 1006, reason: '' },
    { code: 1006, reason: '' },
  ]);
});
