import { CloseCode } from '@weft/protocol';
import { expect, test, vi } from 'vitest';
import { entries, opened, saved, welcome, writer } from '../test/fake-server.js';
import { connection, document, heard, join, onStage, server, type } from '../test/stage.js';

onStage();

const stateOf = () => document.saveState;
const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

/** Somebody else goes on writing: the connection is anything but silent. */
function othersWrite(): () => void {
  const bo = writer(7);
  let seq = 0;
  return () => {
    seq += 1;
    server.say(entries(seq, bo.type('x')));
  };
}

async function welcomed(): Promise<void> {
  server.socket.open();
  server.say(welcome(), opened({ head: 0 }));
  await heard();
}

test('what is not saved for 10 s on a connection that stands is said to be stuck, and the connection is made anew', async () => {
  await join();
  type('hello');
  await heard();
  await pass(9_999);
  expect([stateOf().kind, server.sockets.length]).toEqual(['saving', 1]);
  const told: string[] = [];
  document.on('save', (state) => told.push('reason' in state ? state.reason : state.kind));
  await pass(1);
  expect(told).toEqual(['stuck', 'offline']);
  expect(server.socket.closedByClient).toBe(CloseCode.Timeout);
  await pass(500);
  await welcomed();
  expect(stateOf()).toEqual({ kind: 'busy', reason: 'stuck', changes: 1 });
  server.say(saved(1, 1));
  expect(stateOf().kind).toBe('saved');
});

test('what others write is no sign that one is saved oneself', async () => {
  await join();
  type('hello');
  await heard();
  const writes = othersWrite();
  for (let second = 0; second < 9; second++) {
    await pass(1_000);
    writes();
  }
  expect(connection.status.kind).toBe('connected');
  await pass(1_000);
  expect(connection.status.kind).toBe('waiting');
});

test('it is tried anew after pauses that double, until something comes', async () => {
  await join();
  type('hello');
  await heard();
  for (const waitMs of [10_000, 20_000, 40_000, 80_000, 160_000, 160_000]) {
    const since = server.sockets.length;
    for (let waited = 1_000; waited < waitMs; waited += 1_000) {
      await pass(1_000);
      server.say({ type: 'Pong', nonce: 0 });
    }
    expect(server.sockets.length).toBe(since);
    await pass(1_000);
    expect(connection.status.kind).toBe('waiting');
    connection.retryNow();
    await welcomed();
    expect(stateOf()).toMatchObject({ reason: 'stuck' });
  }
  server.say(saved(1, 1));
  type('!');
  await heard();
  await pass(10_000);
  expect(connection.status.kind).toBe('waiting');
});

test('a join that is not answered is stuck, too', async () => {
  await server.accept();
  await pass(10_000);
  expect(connection.status.kind).toBe('waiting');
});

test('text that is still on its way out is progress: a slow line is not a stuck one', async () => {
  await join();
  server.socket.bufferedAmount = 400_000;
  type('a lot');
  await heard();
  for (const left of [300_000, 200_000, 100_000]) {
    await pass(5_000);
    server.socket.bufferedAmount = left;
    server.say({ type: 'Pong', nonce: 0 });
    await pass(5_000);
    expect(connection.status.kind).toBe('connected');
  }
  await pass(10_000);
  expect(connection.status.kind).toBe('waiting');
});

test('who was asked to wait, or cannot be saved for want of room, is not stuck', async () => {
  await join();
  type('hello');
  await heard();
  server.say({ type: 'Storage', code: 'disk-full' });
  server.say({ type: 'Busy', channel: 1, clientSeq: 1, retryAfterMs: 60_000 });
  await pass(14_000);
  expect(stateOf()).toMatchObject({ kind: 'busy', reason: 'disk-full' });
  expect(server.sockets).toHaveLength(1);
});

test('with nothing to wait for nothing is waited for', async () => {
  await join();
  type('hello');
  await heard();
  server.say(saved(1, 1));
  await pass(100);
  // The connection itself is watched by one timer.
  expect(vi.getTimerCount()).toBe(1);
});
