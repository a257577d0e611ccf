// Whose a client id is: over restarts, with a checkpoint or without, and who may show a caret under one (G6, G7).

import type { DocumentName } from '@weft/protocol';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import * as Y from 'yjs';
import { NotingMember, RoomBench } from '../../test/room-bench.js';
import { inlineHistory } from '../history/inline-history.js';
import type { ChannelId } from '../log/document-log.js';
import { openMemoryLog } from '../log/memory-log.js';
import type { Room } from './room.js';
import { RoomRegistry } from './room-registry.js';
import type { Seat } from './seat.js';

const id: ChannelId = { document: 'a' as DocumentName, kind: 'content' };

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** A document of one client's writing. */
function written(clientID: number, text: string): Uint8Array {
  const doc = new Y.Doc();
  doc.clientID = clientID;
  doc.getText('t').insert(0, text);
  return Y.encodeStateAsUpdate(doc);
}

const sit = (room: Room, author: string): Seat =>
  room.join({ member: new NotingMember(), access: 'write', author, outboxId: author });

const mayClaim = (room: Room, client: number): string[] =>
  ['ann', 'bob', ''].filter((author) => {
    const seat = sit(room, author);
    const may = seat.claim(client);
    seat.leave();
    return may;
  });

test.each([true, false])('whose an id is outlives a restart (with a checkpoint: %s)', async (hasCheckpoint) => {
  const log = await openMemoryLog();
  const never = { ...inlineHistory, buildCheckpoint: () => new Promise<never>(() => {}) };
  const history = hasCheckpoint ? inlineHistory : never;
  const start = () => new RoomRegistry({ log, history, complain: (sentence) => expect.unreachable(sentence) });
  const stop = async (registry: RoomRegistry): Promise<void> => {
    const closed = registry.close();
    await vi.advanceTimersByTimeAsync(7000);
    await closed;
  };
  let registry = start();
  let room = await registry.enter(id, (room) => room);
  for (const [author, client] of [['ann', 1] as const, ['bob', 2] as const, ['', 3] as const]) {
    expect(sit(room, author).submit(written(client, `by ${author}`), 1)).toEqual({ kind: 'accepted' });
  }
  await vi.advanceTimersByTimeAsync(100);
  for (let starts = 0; starts < 2; starts++) {
    expect([1, 2, 3, 4].map((client) => mayClaim(room, client))).toEqual([['ann'], ['bob'], [''], ['ann', 'bob', '']]);
    await stop(registry);
    registry = start();
    room = await registry.enter(id, (room) => room);
    expect(room.checkpoint !== null).toBe(hasCheckpoint);
  }
  if (hasCheckpoint) {
    expect(room.checkpoint!.owners).toEqual(
      new Map([
        [1, 'ann'],
        [2, 'bob'],
        [3, ''],
      ]),
    );
  }
  await stop(registry);
  await log.close();
});

test('a checkpoint does not say whose an id is before its first entry is on disk', () => {
  const bench = new RoomBench();
  const { seat } = bench.join({ author: 'ann' });
  seat.submit(written(1, 'x'), 1);
  expect(bench.room.durableOwners()).toEqual(new Map());
  bench.write();
  expect(bench.room.durableOwners()).toEqual(new Map([[1, 'ann']]));
});

test('G6: nobody can show a caret under an id that somebody else named, or wrote under and left', () => {
  const bench = new RoomBench();
  const ann = bench.join({ author: 'ann', presenceId: 7 });
  const eve = bench.join({ author: 'eve' });
  ann.seat.showPresence('{"ann":1}', 0);
  vi.advanceTimersByTime(100);
  expect(eve.seat.claim(7)).toBe(false);
  eve.seat.showPresence('{"eve":1}', 0);
  vi.advanceTimersByTime(100);
  expect([eve.seat.presenceId, eve.member.story]).toEqual([null, ['presence 7']]);
  ann.seat.submit(written(7, 'x'), 1);
  bench.write();
  ann.seat.leave();
  expect(eve.seat.claim(7)).toBe(false);
});

test('G6: a connection that died keeps its id for its person, who comes back before it is known to be gone', () => {
  const bench = new RoomBench();
  const before = bench.join({ author: 'ann', presenceId: 7 });
  before.seat.showPresence('{"tab":1}', 0);
  const after = bench.join({ author: 'ann' });
  const eve = bench.join({ author: 'eve' });
  expect(after.seat.claim(7)).toBe(true);
  before.seat.leave();
  expect(eve.seat.claim(7)).toBe(false);
  after.seat.leave();
  expect(eve.seat.claim(7)).toBe(true);
});

test('G7: whoever signs in keeps the ids of the guest', () => {
  const bench = new RoomBench({ samePerson: (a, b) => a === b || [a, b].sort().join(' ') === 'ann g-1' });
  const guest = bench.join({ author: 'g-1', presenceId: 7 });
  guest.seat.submit(written(7, 'x'), 1);
  bench.write();
  guest.seat.leave();
  expect(bench.join({ author: 'g-2' }).seat.claim(7)).toBe(false);
  expect(bench.join({ author: 'ann' }).seat.claim(7)).toBe(true);
});
