import { expect, test } from 'vitest';
import { content, discussion } from '../log/test/log-harness.js';
import { RestWatch } from './rest-watch.js';
import type { Room } from './room.js';

const PAUSE_MS = 600_000;

/** As much of a room as is looked at. */
function watchedRoom(id = content('notes')) {
  const told: string[] = [];
  const watch = new RestWatch({ pauseMs: PAUSE_MS, rested: (document) => told.push(document) });
  const room = { head: 0, quietSinceMs: 0, seats: new Set<{ access: 'read' | 'write' }>(), channel: { id } };
  const visit = (nowMs: number): number => {
    watch.visit(room as unknown as Room, nowMs);
    return told.splice(0).length;
  };
  const close = (): number => {
    watch.closed(room as unknown as Room);
    return told.splice(0).length;
  };
  return { close, room, visit };
}

test('a pause of the writers is told once for what was written before it', () => {
  const { room, visit } = watchedRoom();
  room.seats.add({ access: 'write' });
  expect(visit(PAUSE_MS * 2)).toBe(0);
  room.head = 1;
  room.quietSinceMs = 1000;
  expect([visit(2000), visit(PAUSE_MS), visit(PAUSE_MS + 1000), visit(PAUSE_MS * 9)]).toEqual([0, 0, 1, 0]);
  room.head = 2;
  room.quietSinceMs = PAUSE_MS * 10;
  expect([visit(PAUSE_MS * 10), visit(PAUSE_MS * 11)]).toEqual([0, 1]);
});

test('that the last who may write has left is told a moment later, whoever still reads', () => {
  const { room, visit } = watchedRoom();
  const writer = { access: 'write' as const };
  room.seats.add(writer).add({ access: 'read' });
  room.head = 1;
  expect(visit(100)).toBe(0);
  room.seats.delete(writer);
  expect([visit(200), visit(5100)]).toEqual([0, 0]);
  // A reload.
  room.seats.add(writer);
  expect(visit(5150)).toBe(0);
  room.seats.delete(writer);
  expect([visit(5200), visit(10_199), visit(10_200), visit(20_000)]).toEqual([0, 0, 1, 0]);
});

test('what was written before the room was opened, or right before it closes, is told as well', () => {
  const { close, room, visit } = watchedRoom();
  room.head = 7;
  expect([visit(0), visit(5000), close()]).toEqual([0, 1, 0]);
  room.head = 8;
  expect([close(), close()]).toEqual([1, 0]);
});

test('a discussion comes to rest without a word', () => {
  const { close, room } = watchedRoom(discussion('notes'));
  room.head = 1;
  expect(close()).toBe(0);
});
