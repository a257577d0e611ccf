import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import * as Y from 'yjs';
import { echoingDialect, NotingMember, RoomBench } from '../../test/room-bench.js';

/** A peer whose updates are handed out one by one. */
function typist(clientID: number): {
  doc: Y.Doc;
  type: (text: string) => Uint8Array;
  erase: (at: number) => Uint8Array;
} {
  const doc = new Y.Doc();
  doc.clientID = clientID;
  const text = doc.getText('t');
  let last: Uint8Array = new Uint8Array();
  doc.on('update', (update: Uint8Array) => {
    last = update;
  });
  return {
    doc,
    type: (insert) => {
      text.insert(text.length, insert);
      return last;
    },
    erase: (at) => {
      text.delete(at, 1);
      return last;
    },
  };
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test('I1, I2: nobody hears of an entry before it is on disk; then peers get it and the author its Saved', () => {
  const bench = new RoomBench();
  const ann = bench.join({ outboxId: 'ann' });
  const ben = bench.join({ outboxId: 'ben' });
  const { type } = typist(1);
  expect(ann.seat.submit(type('h'), 1)).toEqual({ kind: 'accepted' });
  expect(ann.seat.submit(type('i'), 2)).toEqual({ kind: 'accepted' });
  expect([ann.member.story, ben.member.story]).toEqual([[], []]);
  bench.write();
  expect(ann.member.story).toEqual(['saved 2@2']);
  expect(ben.member.story).toEqual(['entries 1-2']);
});

test('G3: a checkpoint at the head is told to those who compare, once they are told of everything; an older one is not', () => {
  const bench = new RoomBench();
  const ann = bench.join({ outboxId: 'ann' });
  const stock = bench.join({ member: new NotingMember(echoingDialect) });
  const { type } = typist(1);
  ann.seat.submit(type('h'), 1);
  bench.write();
  const nothing = new Uint8Array();
  const checkpoint = {
    seq: 1,
    state: nothing,
    stateVector: nothing,
    deleteSet: nothing,
    contentHash: Uint8Array.of(7),
    outboxes: new Map(),
    owners: new Map(),
  };
  expect(bench.room.startFor(0)).toEqual({ base: 0, checkpoint: null });
  bench.room.checkpointed(checkpoint, 1);
  // Who has nothing is given the checkpoint, though the tail would do.
  expect([bench.room.startFor(0), bench.room.startFor(1)]).toEqual([
    { base: 1, checkpoint },
    { base: 1, checkpoint: null },
  ]);
  ann.seat.submit(type('i'), 2);
  bench.write();
  expect(bench.room.contentHash).toBeNull();
  bench.room.checkpointed(checkpoint, 1);
  expect(ann.member.story).toEqual(['saved 1@1', 'hash 1', 'saved 2@2']);
  expect(stock.member.story).toEqual(['entries 1-1', 'entries 2-2']);
});

test('a group of several authors is one encoding for all, and Saved follows it', () => {
  const bench = new RoomBench();
  const people = [bench.join({ outboxId: 'a' }), bench.join({ outboxId: 'b' }), bench.join({ outboxId: 'c' })];
  people[0]!.seat.submit(typist(1).type('x'), 1);
  people[1]!.seat.submit(typist(2).type('y'), 1);
  bench.write();
  expect(people.map(({ member }) => member.story)).toEqual([
    ['entries 1-2', 'saved 1@2'],
    ['entries 1-2', 'saved 1@2'],
    ['entries 1-2'],
  ]);
  expect(new Set(people.map(({ member }) => member.sent[0])).size).toBe(1);
});

test('an echoing member gets its own entries back, after the write', () => {
  const bench = new RoomBench();
  const { seat, member } = bench.join({ member: new NotingMember(echoingDialect) });
  seat.submit(typist(1).type('x'), 1);
  expect(member.story).toEqual([]);
  vi.advanceTimersByTime(200);
  expect(member.story).toEqual([]);
  bench.write();
  vi.advanceTimersByTime(100);
  expect(member.story).toEqual(['saved 1@1', 'entries 1-1']);
});

test('J2: what is known is acknowledged and neither logged nor sent', () => {
  const bench = new RoomBench();
  const ann = bench.join({ outboxId: 'ann' });
  const ben = bench.join({ outboxId: 'ben' });
  const update = typist(1).type('x');
  ann.seat.submit(update, 1);
  bench.write();
  expect(ben.seat.submit(update, 1)).toEqual({ kind: 'known' });
  expect(bench.appended).toHaveLength(1);
  expect(ben.member.story).toEqual(['entries 1-1', 'saved 1@1']);
});

test('J2: an echoing member is told of what is known even before it is caught up', () => {
  const bench = new RoomBench();
  const update = typist(1).type('x');
  bench.join().seat.submit(update, 1);
  bench.write();
  const member = new NotingMember(echoingDialect);
  const seat = bench.room.join({ member, access: 'write', author: '', outboxId: '' });
  expect(seat.submit(update, 1)).toEqual({ kind: 'known' });
  expect(member.story).toEqual(['entries 1-1']);
  seat.goLive();
  expect(member.story).toEqual(['entries 1-1', 'saved 1@1']);
});

test('J3: a repetition of what is still being written is acknowledged with it, not before', () => {
  const bench = new RoomBench();
  const ann = bench.join({ outboxId: 'ann' });
  const ben = bench.join({ outboxId: 'ben' });
  const { doc, type } = typist(1);
  const update = type('x');
  ann.seat.submit(update, 1);
  expect(ben.seat.submit(update, 1)).toEqual({ kind: 'known' });
  expect(ben.member.story).toEqual([]);
  expect(Y.decodeStateVector(bench.room.durableStateVector()).size).toBe(0);
  bench.write();
  expect(ben.member.story).toEqual(['entries 1-1', 'saved 1@1']);
  expect(bench.room.durableStateVector()).toEqual(Y.encodeStateVector(doc));
});

test('I1: an outbox that repeats what another is still having written is not saved before that is', () => {
  const bench = new RoomBench();
  const update = typist(1).type('x');
  bench.join({ outboxId: 'ann' }).seat.submit(update, 1);
  bench.join({ outboxId: 'ben' }).seat.submit(update, 7);
  expect(bench.room.savedClientSeq('ben')).toBe(6);
  expect(bench.room.durableOutboxes().get('ben')).toBe(6);
  bench.write();
  expect(bench.room.savedClientSeq('ben')).toBe(7);
});

test('S1: a number sent again in the same outbox is not taken again, from any connection', () => {
  const bench = new RoomBench();
  const { type } = typist(1);
  const update = type('x');
  const before = bench.join({ outboxId: 'ann' });
  before.seat.submit(update, 5);
  const after = bench.join({ outboxId: 'ann' });
  expect(after.seat.savedClientSeq).toBe(4);
  expect(after.seat.submit(update, 5)).toEqual({ kind: 'known' });
  bench.write();
  expect(after.member.story).toEqual(['entries 1-1', 'saved 5@1']);
  expect(bench.join({ outboxId: 'ann' }).seat.savedClientSeq).toBe(5);
  expect(bench.appended).toHaveLength(1);
});

test('I7: a gap is not taken, and says what is on disk', () => {
  const bench = new RoomBench();
  const { seat, member } = bench.join({ outboxId: 'ann' });
  const { doc, type } = typist(1);
  const first = type('x');
  const second = type('y');
  const result = seat.submit(second, 1);
  expect(result.kind).toBe('gap');
  seat.submit(first, 2);
  seat.submit(second, 3);
  bench.write();
  expect(member.story).toEqual(['saved 3@2']);
  expect(bench.room.durableStateVector()).toEqual(Y.encodeStateVector(doc));
});

test('I9: a reader changes nothing', () => {
  const bench = new RoomBench();
  const { seat } = bench.join({ access: 'read' });
  expect(seat.submit(typist(1).type('x'), 1)).toEqual({ kind: 'read-only' });
  expect(seat.submit(new Uint8Array([9, 9]), 2)).toEqual({ kind: 'read-only' });
  expect(bench.appended).toEqual([]);
});

test('I6: an overloaded disk is told as busy, and nothing is taken', () => {
  const bench = new RoomBench();
  const { seat } = bench.join({ outboxId: 'ann' });
  const { type } = typist(1);
  bench.isOverloaded = true;
  const update = type('x');
  expect(seat.submit(update, 1)).toEqual({ kind: 'busy' });
  bench.isOverloaded = false;
  expect(seat.submit(update, 1)).toEqual({ kind: 'accepted' });
});

test('while nothing can be stored nothing new is taken, and what is known, missing or broken is answered as ever', () => {
  const bench = new RoomBench();
  const { seat, member } = bench.join();
  const { type } = typist(1);
  const known = type('x');
  expect(seat.submit(known, 1)).toEqual({ kind: 'accepted' });
  bench.storage.report('disk', 'full');
  const next = type('y');
  expect(seat.submit(next, 2)).toEqual({ kind: 'no-storage' });
  expect(seat.submit(known, 2).kind).toBe('known');
  expect(seat.submit(type('z'), 3).kind).toBe('gap');
  expect(seat.submit(new Uint8Array([9, 9]), 3).kind).toBe('malformed');
  bench.write();
  expect(member.story).toEqual(['saved 2@1']);
  bench.storage.report('disk', 'ok');
  expect(seat.submit(next, 3)).toEqual({ kind: 'accepted' });
});

test('I6: repetitions of what waits for the disk wait within the limit of their seat, too', () => {
  const bench = new RoomBench();
  const { seat } = bench.join({ member: new NotingMember(echoingDialect) });
  const update = typist(1).type('x'.repeat(1024 * 1024));
  expect(seat.submit(update, 1)).toEqual({ kind: 'accepted' });
  let clientSeq = 1;
  const repeat = (): string => seat.submit(update, ++clientSeq).kind;
  while (repeat() === 'known') expect(clientSeq).toBeLessThan(10);
  expect(repeat()).toBe('busy');
  bench.write();
  expect(seat.unsavedBytes).toBe(0);
  expect(repeat()).toBe('known');
});

test('I6: a flood of gaps makes the state vector once', () => {
  const bench = new RoomBench();
  const { seat } = bench.join({ outboxId: 'ann' });
  const { type } = typist(1);
  const first = type('x');
  const second = type('y');
  const asked = (clientSeq: number): unknown => seat.submit(second, clientSeq);
  const before = asked(1) as { stateVector: Uint8Array };
  seat.submit(typist(2).type('z'), 2);
  expect((asked(3) as { stateVector: Uint8Array }).stateVector).toBe(before.stateVector);
  bench.write();
  expect((asked(4) as { stateVector: Uint8Array }).stateVector).not.toEqual(before.stateVector);
  expect(seat.submit(first, 5)).toEqual({ kind: 'accepted' });
});

test('what is kept of a frame is copied out of it', () => {
  const bench = new RoomBench();
  const { seat } = bench.join();
  const frame = typist(1).type('x');
  const sent = frame.slice();
  seat.submit(frame, 1);
  frame.fill(0);
  expect(bench.appended[0]!.update).toEqual(sent);
});

test('S5: a caret leaves after the text it points to, the newest one only', () => {
  const bench = new RoomBench();
  const ann = bench.join({ outboxId: 'ann', presenceId: 7 });
  const ben = bench.join();
  ann.seat.submit(typist(1).type('x'), 1);
  ann.seat.showPresence('{"at":0}', 1);
  ann.seat.showPresence('{"at":1}', 1);
  vi.advanceTimersByTime(1000);
  expect(ben.member.story).toEqual([]);
  bench.write();
  vi.advanceTimersByTime(1000);
  expect(ben.member.story).toEqual(['entries 1-1', 'presence 7']);
});

test('carets are gathered, and whoever leaves is gone at once', () => {
  const bench = new RoomBench();
  const ann = bench.join({ presenceId: 7 });
  const ben = bench.join();
  for (let i = 0; i < 50; i++) {
    ann.seat.showPresence(`{"at":${i}}`, 0);
    vi.advanceTimersByTime(1);
  }
  vi.advanceTimersByTime(50);
  expect(ben.member.story.length).toBeLessThanOrEqual(4);
  ann.seat.leave();
  vi.advanceTimersByTime(50);
  expect(ben.member.story.at(-1)).toBe('presence -7');
  expect(bench.room.presence.states()).toBe(null);
});

test('an echoing client is never sent its own caret back', () => {
  const bench = new RoomBench();
  const ann = bench.join({ member: new NotingMember(echoingDialect), presenceId: 7 });
  const ben = bench.join({ presenceId: 8 });
  ann.seat.showPresence('{"at":0}', 0);
  ben.seat.showPresence('{"at":0}', 0);
  vi.advanceTimersByTime(50);
  expect(ann.member.story).toEqual(['presence 8']);
  expect(ben.member.story).toEqual(['presence 7,8']);
});

test('J1: a join continues where the client is, also after deletes alone', () => {
  const bench = new RoomBench();
  const { seat } = bench.join({ outboxId: 'ann' });
  const { type, erase } = typist(1);
  seat.submit(type('xyz'), 1);
  seat.submit(erase(1), 2);
  bench.write();
  expect(bench.room.startFor(1)).toEqual({ base: 1, checkpoint: null });
  expect([0, 1, 2].map((held) => bench.room.tail.after(held)!.length)).toEqual([2, 1, 0]);
});

describe('I6: a member without room', () => {
  test('is sent nothing from then on, is told once where it stands, and nobody else notices', () => {
    const bench = new RoomBench();
    const slow = bench.join({ outboxId: 'slow', presenceId: 7 });
    const ben = bench.join({ outboxId: 'ben', presenceId: 8 });
    const ann = typist(1);
    ben.seat.submit(ann.type('a'), 1);
    bench.write();
    slow.member.hasRoom = false;
    for (let clientSeq = 2; clientSeq < 5; clientSeq++) {
      ben.seat.submit(ann.type('b'), clientSeq);
      bench.write();
      ben.seat.showPresence(`{"at":${clientSeq}}`, 0);
      vi.advanceTimersByTime(50);
    }
    expect(slow.member.story).toEqual(['entries 1-1', 'behind after 1']);
    expect(ben.member.story.filter((told) => told.startsWith('saved'))).toHaveLength(4);
    expect(slow.seat.live).toBe(false);
  });

  test('is told that its own is saved once it has caught up, for that says every entry was sent', () => {
    const bench = new RoomBench();
    const slow = bench.join({ outboxId: 'slow' });
    const ben = bench.join({ outboxId: 'ben' });
    slow.member.hasRoom = false;
    slow.seat.submit(typist(1).type('mine'), 1);
    ben.seat.submit(typist(2).type('theirs'), 1);
    bench.write();
    expect(slow.member.story).toEqual(['behind after 0']);
    slow.member.hasRoom = true;
    slow.seat.goLive();
    expect(slow.member.story).toEqual(['behind after 0', 'saved 1@2']);
  });

  test('falls behind over carets, too, and hears of those who went away meanwhile', () => {
    const bench = new RoomBench();
    const slow = bench.join({ presenceId: 7 });
    const ben = bench.join({ presenceId: 8 });
    ben.seat.showPresence('{"at":0}', 0);
    vi.advanceTimersByTime(50);
    slow.member.hasRoom = false;
    ben.seat.showPresence('{"at":1}', 0);
    vi.advanceTimersByTime(50);
    expect(slow.member.story).toEqual(['presence 8', 'behind after 0']);
    let seen = bench.room.presence.shownTo(slow.seat);
    ben.seat.leave();
    vi.advanceTimersByTime(50);
    expect(bench.room.presence.states()).toBe(null);
    // Before it was told of that, it falls behind again.
    slow.seat.goLive();
    bench.room.presence.greet(slow.seat, seen);
    seen = bench.room.presence.shownTo(slow.seat);
    slow.seat.fallBehind();
    vi.advanceTimersByTime(50);
    slow.member.hasRoom = true;
    slow.seat.goLive();
    bench.room.presence.greet(slow.seat, seen);
    vi.advanceTimersByTime(50);
    expect(slow.member.story.slice(2)).toEqual(['behind after 0', 'presence -8']);
  });
});

test('a checkpoint promises of an outbox only what is on disk', () => {
  const bench = new RoomBench();
  const { seat } = bench.join({ outboxId: 'ann' });
  const { type } = typist(1);
  seat.submit(type('x'), 1);
  bench.write();
  seat.submit(type('y'), 2);
  seat.submit(type('z'), 3);
  expect(bench.room.durableOutboxes().get('ann')).toBe(1);
  bench.write();
  expect(bench.room.durableOutboxes().get('ann')).toBe(3);
});

test('the newest outboxes are remembered, and no more than a thousand', () => {
  const bench = new RoomBench();
  for (let i = 0; i <= 1000; i++) {
    const { seat } = bench.join({ outboxId: `o${i}` });
    seat.submit(typist(i + 1).type('x'), 1);
    seat.leave();
  }
  bench.write();
  const outboxes = bench.room.durableOutboxes();
  expect([outboxes.size, outboxes.has('o0'), outboxes.has('o1000')]).toEqual([1000, false, true]);
});

test('whenWritten waits for the disk', async () => {
  const bench = new RoomBench();
  const { seat } = bench.join();
  await bench.room.whenWritten();
  seat.submit(typist(1).type('x'), 1);
  let written = false;
  void bench.room.whenWritten().then(() => {
    written = true;
  });
  await Promise.resolve();
  expect(written).toBe(false);
  bench.write();
  await Promise.resolve();
  expect(written).toBe(true);
});

test('a document beyond its largest size takes deletions, and nothing else', () => {
  const bench = new RoomBench();
  const { seat } = bench.join();
  const { type, erase } = typist(1);
  seat.submit(type('x'), 1);
  bench.write();
  const contentHash = new Uint8Array(16);
  const checkpoint = { seq: 1, contentHash, outboxes: new Map(), owners: new Map(), deleteSet: Uint8Array.of(0) };
  const state = new Uint8Array(10);
  bench.room.checkpointed({ ...checkpoint, state, stateVector: Uint8Array.of(0) }, 1001);
  expect(seat.submit(type('y'), 2)).toEqual({ kind: 'document-full' });
  expect(seat.submit(erase(0), 3)).toEqual({ kind: 'accepted' });
  bench.room.checkpointed({ ...checkpoint, state, stateVector: Uint8Array.of(0) }, 1000);
  expect(bench.appended).toHaveLength(2);
});
