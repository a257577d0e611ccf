import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type Beating, Heartbeat } from './heartbeat.js';

class Peer implements Beating {
  unansweredPings = 0;
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

test('who answers neither of two pings is dropped, who answers is pinged on', () => {
  const silent = new Peer();
  const lively = new Peer();
  heartbeat.add(silent);
  heartbeat.add(lively);
  for (let beat = 0; beat < 3; beat++) {
    vi.advanceTimersByTime(30_000);
    lively.unansweredPings = 0;
  }
  expect(silent.story).toEqual(['ping', 'ping', 'drop']);
  expect(lively.story).toEqual(['ping', 'ping', 'ping']);
});

test('an answer to the second ping is in time, and who was removed is left alone', () => {
  const late = new Peer();
  const gone = new Peer();
  heartbeat.add(late);
  heartbeat.add(gone);
  vi.advanceTimersByTime(60_000);
  late.unansweredPings = 0;
  heartbeat.remove(gone);
  vi.advanceTimersByTime(60_000);
  expect(late.story).toEqual(['ping', 'ping', 'ping', 'ping']);
  expect(gone.story).toEqual(['ping', 'ping']);
});
