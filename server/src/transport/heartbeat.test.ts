import { SERVER_PING_EVERY_MS } from '@weft/protocol';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type Beating, Heartbeat } from './heartbeat.js';

class Peer implements Beating {
  silentTurns = 0;
  readonly story: string[] = [];
  ping(): void {
    this.story.push('ping');
  }
  drop(): void {
    this.story.push('drop');
  }
}

let heartbeat: Heartbeat;

beforeEach(() => {
  vi.useFakeTimers();
  heartbeat = new Heartbeat();
});

afterEach(() => {
  heartbeat.close();
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

const rounds = (count: number): unknown => vi.advanceTimersByTime(count * SERVER_PING_EVERY_MS);

test('who answers neither of two pings is dropped, who answers is pinged on', () => {
  const silent = new Peer();
  const answering = new Peer();
  answering.ping = () => {
    answering.story.push('ping');
    answering.silentTurns = 0;
  };
  heartbeat.add(silent);
  heartbeat.add(answering);
  rounds(4);
  expect(silent.story).toEqual(['ping', 'ping', 'drop']);
  rounds(4);
  expect(answering.story).toEqual(['ping', 'ping', 'ping', 'ping']);
});

test('who says something by itself is not asked', () => {
  const lively = new Peer();
  heartbeat.add(lively);
  for (let round = 0; round < 5; round++) {
    rounds(1);
    lively.silentTurns = 0;
  }
  expect(lively.story).toEqual([]);
});

test('an answer to the second ping is in time, and who was removed is left alone', () => {
  const late = new Peer();
  const gone = new Peer();
  heartbeat.add(late);
  heartbeat.add(gone);
  rounds(3);
  late.silentTurns = 0;
  heartbeat.remove(gone);
  rounds(3);
  expect(late.story).toEqual(['ping', 'ping', 'ping', 'ping']);
  expect(gone.story).toEqual(['ping', 'ping']);
});

test('the turns of many are spread over the round, and nobody is left out', () => {
  const peers = Array.from({ length: 1000 }, () => new Peer());
  for (const peer of peers) heartbeat.add(peer);
  const pings = (): number => peers.reduce((sum, { story }) => sum + story.length, 0);
  rounds(1);
  let most = 0;
  for (let beat = 0; beat < 20; beat++) {
    const before = pings();
    rounds(1 / 20);
    most = Math.max(most, pings() - before);
  }
  expect(pings()).toBe(1000);
  expect(most).toBeLessThanOrEqual(51);
});
