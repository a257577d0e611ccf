import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import * as Y from 'yjs';
import { echoingDialect, NotingMember, RoomBench } from '../../test/room-bench.js';
import { flushEveryMs } from './cadence.js';

/** What one person types, a letter at a time. */
function letters(clientID: number): () => Uint8Array {
  const doc = new Y.Doc();
  doc.clientID = clientID;
  let last: Uint8Array = new Uint8Array();
  doc.on('update', (update: Uint8Array) => {
    last = update;
  });
  return () => {
    doc.getText('t').insert(0, 'x');
    return last;
  };
}

const stock = (): NotingMember => new NotingMember(echoingDialect);

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test('small rooms flush at once while the process has time, large ones and those of a busy process at most 40 ms apart', () => {
  expect([2, 8, 29, 50, 500].map((seats) => flushEveryMs(seats, 0))).toEqual([0, 0, 20, 40, 40]);
  expect([0.5, 0.75, 0.95, 1].map((utilisation) => flushEveryMs(2, utilisation))).toEqual([0, 0, 40, 40]);
});

describe('in a large room', () => {
  const crowd = (): { bench: RoomBench; ann: ReturnType<RoomBench['join']>; others: NotingMember[] } => {
    const bench = new RoomBench();
    const ann = bench.join({ outboxId: 'ann', presenceId: 1 });
    const others = Array.from({ length: 49 }, () => bench.join().member);
    return { bench, ann, others };
  };

  test('that somebody said what is known is told them at once, and makes nobody else wait or hear', () => {
    const { bench, ann, others } = crowd();
    const type = letters(1);
    const update = type();
    ann.seat.submit(update, 1);
    bench.write();
    bench.join({ presenceId: 2 }).seat.showPresence('{}', 0);
    ann.seat.submit(update, 2);
    expect(ann.member.story).toEqual(['saved 1@1', 'saved 2@1']);
    expect(others[0]!.story).toEqual(['entries 1-1']);
    ann.seat.submit(type(), 3);
    bench.write();
    vi.advanceTimersByTime(40);
    expect(others[0]!.story).toEqual(['entries 1-1', 'entries 2-2', 'presence 2']);
  });

  test('the first edit is told at once, and those of the next 40 ms together, as one message for all', () => {
    const { bench, ann, others } = crowd();
    const type = letters(1);
    ann.seat.submit(type(), 1);
    bench.write();
    expect(others[0]!.story).toEqual(['entries 1-1']);
    for (let clientSeq = 2; clientSeq <= 6; clientSeq++) {
      ann.seat.submit(type(), clientSeq);
      bench.write();
      vi.advanceTimersByTime(5);
    }
    expect(others[0]!.story).toEqual(['entries 1-1']);
    expect(ann.member.story).toEqual(['saved 1@1']);
    vi.advanceTimersByTime(17);
    expect(new Set(others.map(({ story }) => story.join()))).toEqual(new Set(['entries 1-1,entries 2-6']));
    expect(new Set(others.map(({ sent }) => sent[1])).size).toBe(1);
    expect(ann.member.story).toEqual(['saved 1@1', 'saved 6@6']);
  });

  test('S5: carets leave in the frame of the text they are in, not before', () => {
    const { bench, ann, others } = crowd();
    const type = letters(1);
    ann.seat.submit(type(), 1);
    bench.write();
    ann.seat.submit(type(), 2);
    ann.seat.showPresence('{"at":2}', 2);
    bench.write();
    vi.advanceTimersByTime(38);
    expect(others[0]!.sent).toHaveLength(1);
    vi.advanceTimersByTime(4);
    expect(others[0]!.story).toEqual(['entries 1-1', 'entries 2-2', 'presence 1']);
    expect(others[0]!.sent).toHaveLength(2);
  });

  test('whoever comes between two flushes is caught up, and then told what it lacks alone', () => {
    const { bench, ann } = crowd();
    const type = letters(1);
    for (let clientSeq = 1; clientSeq <= 2; clientSeq++) {
      ann.seat.submit(type(), clientSeq);
      bench.write();
    }
    // The second is on disk and has not been told: it is part of what a join is served.
    expect(bench.room.head).toBe(2);
    const late = bench.join().member;
    ann.seat.submit(type(), 3);
    bench.write();
    vi.advanceTimersByTime(42);
    expect(late.story).toEqual(['entries 3-3']);
  });

  test('I6: who has no room at the flush falls behind from what it has heard', () => {
    const { bench, ann, others } = crowd();
    const type = letters(1);
    for (let clientSeq = 1; clientSeq <= 3; clientSeq++) {
      ann.seat.submit(type(), clientSeq);
      bench.write();
    }
    others[0]!.hasRoom = false;
    vi.advanceTimersByTime(42);
    expect(others[0]!.story).toEqual(['entries 1-1', 'behind after 1']);
  });

  test('G7: what was on disk when its right went is acknowledged, though it had not been told', () => {
    const { bench, ann } = crowd();
    const type = letters(1);
    for (let clientSeq = 1; clientSeq <= 2; clientSeq++) {
      ann.seat.submit(type(), clientSeq);
      bench.write();
    }
    ann.seat.withdraw();
    expect(ann.seat.isWriting).toBe(true);
    vi.advanceTimersByTime(42);
    expect([ann.member.story, ann.seat.isWriting]).toEqual([['saved 1@1', 'saved 2@2'], false]);
  });

  test('before a checkpoint takes entries out of the tail, and before the room closes, everybody is told', async () => {
    const { bench, ann, others } = crowd();
    const type = letters(1);
    const write = (clientSeq: number): void => {
      ann.seat.submit(type(), clientSeq);
      bench.write();
    };
    write(1);
    write(2);
    const nothing = new Uint8Array();
    const checkpoint = { seq: 2, state: nothing, stateVector: nothing, deleteSet: nothing, contentHash: nothing };
    bench.room.checkpointed({ ...checkpoint, outboxes: new Map(), owners: new Map() }, 1);
    expect(others[0]!.story).toEqual(['entries 1-1', 'entries 2-2', 'hash 2']);
    write(3);
    await bench.room.dismissAll(4500, 'It closes.');
    expect(others[0]!.story.slice(3)).toEqual(['entries 3-3', 'dismissed 4500']);
    expect(ann.member.story).toEqual(['saved 1@1', 'saved 2@2', 'hash 2', 'saved 3@3', 'dismissed 4500']);
  });
});

describe('how long the write may wait for more', () => {
  test('not at all in a small room, nor for the first edit in a large one', () => {
    const small = new RoomBench();
    const ann = small.join();
    const type = letters(1);
    for (let clientSeq = 1; clientSeq <= 2; clientSeq++) {
      ann.seat.submit(type(), clientSeq);
      small.write();
    }
    expect(small.mayWaitMs).toEqual([0, 0]);
  });

  test('until just before the flush that can tell it, and no longer', () => {
    const bench = new RoomBench();
    const { seat } = bench.join();
    for (let left = 49; left > 0; left--) bench.join();
    const type = letters(1);
    let clientSeq = 0;
    const submit = (): number => {
      clientSeq += 1;
      seat.submit(type(), clientSeq);
      return bench.mayWaitMs.at(-1)!;
    };
    expect(submit()).toBe(0);
    bench.write();
    vi.advanceTimersByTime(10);
    expect(submit()).toBe(26);
    vi.advanceTimersByTime(28);
    // On its way to the disk, and told by the flush in 2 ms; what comes now is for the next.
    expect(submit()).toBe(36);
    bench.write(1);
    expect(submit()).toBe(36);
    vi.advanceTimersByTime(4);
    // That flush has told what was on disk.
    expect(bench.room.head).toBe(2);
    expect(submit()).toBeGreaterThan(30);
    bench.write();
    vi.advanceTimersByTime(100);
    // Nothing was written for a while: this is told as soon as it is on disk.
    expect(submit()).toBe(0);
  });
});

test('a busy process flushes seldom, and soon again once it is calm', () => {
  const bench = new RoomBench();
  const ann = bench.join({ outboxId: 'ann' });
  const ben = bench.join();
  const type = letters(1);
  let clientSeq = 0;
  const write = (): void => {
    clientSeq += 1;
    ann.seat.submit(type(), clientSeq);
    bench.write();
  };
  bench.utilisation = 1;
  write();
  write();
  expect(ben.member.story).toEqual(['entries 1-1']);
  bench.utilisation = 0;
  write();
  expect(ben.member.story).toEqual(['entries 1-1', 'entries 2-3']);
  expect(ann.member.story).toEqual(['saved 1@1', 'saved 3@3']);
});

describe("K2: a stock client's echo", () => {
  test('goes with what others write, in one frame', () => {
    const bench = new RoomBench();
    const [ann, ben] = [bench.join({ member: stock() }), bench.join({ member: stock() })];
    ann.seat.submit(letters(1)(), 1);
    bench.write();
    expect([ann.member.sent, ben.member.story]).toEqual([[], ['entries 1-1']]);
    ben.seat.submit(letters(2)(), 1);
    bench.write();
    expect(ann.member.story).toEqual(['saved 1@1', 'entries 1-2']);
    expect(ann.member.sent).toHaveLength(1);
  });

  test('goes alone after 100 ms, also while its author writes on', () => {
    const bench = new RoomBench();
    const { seat, member } = bench.join({ member: stock() });
    const type = letters(1);
    for (let clientSeq = 1; clientSeq <= 11; clientSeq++) {
      seat.submit(type(), clientSeq);
      bench.write();
      vi.advanceTimersByTime(10);
    }
    expect(member.story.filter((told) => told.startsWith('entries'))).toEqual(['entries 1-10']);
    vi.advanceTimersByTime(100);
    expect(member.story.at(-1)).toBe('entries 11-11');
  });
});

describe('of those who come', () => {
  test('all who come at once are told who is here by one message, but those of stock clients who are shown already', () => {
    const bench = new RoomBench();
    const ann = bench.join({ presenceId: 1 });
    ann.seat.showPresence('{}', 0);
    vi.advanceTimersByTime(100);
    const comers = Array.from({ length: 9 }, () => bench.join({ member: stock() }));
    const shown = bench.join({ member: stock(), presenceId: 2 });
    shown.seat.showPresence('{}', 0);
    vi.advanceTimersByTime(100);
    expect(new Set(comers.map(({ member }) => member.story.join()))).toEqual(new Set(['presence 1,2']));
    expect(new Set(comers.map(({ member }) => member.sent[0])).size).toBe(1);
    expect(shown.member.story).toEqual(['presence 1']);
    expect(ann.member.story).toEqual(['presence 1', 'presence 2']);
  });

  test('no more are told in one turn than it has time for, and all in the end', () => {
    const bench = new RoomBench();
    const longState = JSON.stringify('x'.repeat(4000));
    for (let id = 1; id <= 200; id++) bench.join({ presenceId: id }).seat.showPresence(longState, 0);
    vi.advanceTimersByTime(100);
    const comers = Array.from({ length: 9 }, () => bench.join().member);
    const told = (): number => comers.filter(({ story }) => story.length > 0).length;
    vi.advanceTimersToNextTimer();
    expect(told()).toBe(3);
    vi.advanceTimersToNextTimer();
    expect(told()).toBe(6);
    vi.advanceTimersToNextTimer();
    expect(told()).toBe(9);
    vi.advanceTimersByTime(1000);
    expect(comers.every(({ story }) => story.length === 1)).toBe(true);
  });

  test('who leaves before it was told is told nothing, and who has no room for it has to catch up first', () => {
    const bench = new RoomBench();
    bench.join({ presenceId: 1 }).seat.showPresence('{}', 0);
    vi.advanceTimersByTime(100);
    const [gone, slow] = [bench.join(), bench.join()];
    gone.seat.leave();
    slow.member.hasRoom = false;
    vi.advanceTimersByTime(100);
    expect([gone.member.story, slow.member.story]).toEqual([[], ['behind after 0']]);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('who was told by itself as it caught up hears of who goes, though it was to be greeted', () => {
    const bench = new RoomBench();
    const ann = bench.join({ presenceId: 1 });
    ann.seat.showPresence('{}', 0);
    vi.advanceTimersByTime(100);
    const { seat, member } = bench.join();
    bench.room.presence.shownTo(seat);
    seat.fallBehind();
    seat.goLive();
    ann.seat.leave();
    vi.advanceTimersByTime(100);
    expect(member.story).toEqual(['behind after 0', 'presence -1']);
  });
});

test('nothing is told when nothing is new, and no timer is left', () => {
  const bench = new RoomBench();
  const { seat, member } = bench.join({ member: stock(), presenceId: 1 });
  bench.join({ member: stock() });
  seat.submit(letters(1)(), 1);
  seat.showPresence('{}', 1);
  bench.write();
  vi.advanceTimersByTime(1000);
  expect(member.story).toEqual(['saved 1@1', 'entries 1-1']);
  expect(vi.getTimerCount()).toBe(0);
});

test('a room that was released sets no timer, though it hears of a last write and people leave it', () => {
  const bench = new RoomBench();
  const ann = bench.join({ member: stock(), presenceId: 1 });
  const ben = bench.join({ member: stock(), presenceId: 2 });
  const type = letters(1);
  ann.seat.submit(type(), 1);
  bench.write();
  ann.seat.submit(type(), 2);
  ben.seat.showPresence('{}', 0);
  expect(vi.getTimerCount()).toBe(1);
  bench.room.release();
  expect(vi.getTimerCount()).toBe(0);
  bench.write();
  expect(vi.getTimerCount()).toBe(0);
  ben.seat.leave();
  expect(vi.getTimerCount()).toBe(0);
});
