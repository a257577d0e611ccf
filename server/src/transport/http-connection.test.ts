import { SERVER_PING_EVERY_MS } from '@weft/protocol';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { SocketMetrics } from '../metrics/metrics.js';
import type { Downstream } from './downstream.js';
import { Heartbeat } from './heartbeat.js';
import { HttpConnection } from './http-connection.js';

/** What was done with the way down. */
class Story implements Downstream {
  readonly transport = 'events';
  readonly bytes = 0;
  readonly hasRoom = true;
  readonly lines: string[] = [];
  push = (): number => 1;
  whenDrained = (callback: () => void): void => callback();
  ping(): void {
    this.lines.push('ping');
  }
  close(code: number): void {
    this.lines.push(`close ${code}`);
  }
  end(): void {
    this.lines.push('end');
  }
}

let heartbeat: Heartbeat;
let down: Story;
let connection: HttpConnection<Story>;

beforeEach(() => {
  vi.useFakeTimers();
  heartbeat = new Heartbeat();
  down = new Story();
  connection = new HttpConnection(
    {
      metrics: new SocketMetrics(),
      complain: () => {},
      closed: (closed) => {
        heartbeat.remove(closed);
        down.lines.push('gone');
      },
    },
    { id: 'secret', address: '192.0.2.1' },
    () => down,
    () => ({ receive: () => {}, closed: () => down.lines.push('session closed') }),
  );
  heartbeat.add(connection);
});

afterEach(() => {
  heartbeat.close();
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

const rounds = (count: number): unknown => vi.advanceTimersByTime(count * SERVER_PING_EVERY_MS);

test('who is silent is asked twice and then gone, after the same time as on a socket', () => {
  rounds(3);
  expect(down.lines).toEqual(['ping', 'ping']);
  rounds(1);
  expect(down.lines).toEqual(['ping', 'ping', 'end', 'session closed', 'gone']);
  connection.gone();
  expect(down.lines).toHaveLength(5);
});

test('any request of it is an answer', () => {
  for (let round = 0; round < 6; round++) {
    rounds(2);
    connection.request();
  }
  expect(down.lines).toEqual(Array(6).fill('ping'));
});

test('a session that is closed is told and left at once, and is gone when that was taken, or nobody takes it', () => {
  connection.close(4503, 'The server is restarting.');
  connection.close(4401, 'Too late.');
  expect(down.lines).toEqual(['session closed', 'close 4503']);
  rounds(4);
  expect(down.lines.slice(-2)).toEqual(['end', 'gone']);
});

test('too many requests at once are told when to come again', () => {
  let count = 0;
  while (connection.request() === 0) count += 1;
  expect(count).toBe(1000);
  expect(connection.request()).toBeGreaterThan(0);
});

test('a frame whose parts are empty has an end all the same', () => {
  const part = { bytes: Buffer.alloc(0), hasMore: true, isLast: false };
  let counter = 1;
  while (counter < 10_000 && connection.take({ ...part, counter }).status === 204) counter += 1;
  expect([counter, down.lines]).toEqual([1025, ['session closed', 'close 4413']]);
  connection.gone();
});
