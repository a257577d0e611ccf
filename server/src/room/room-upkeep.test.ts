import { afterEach, expect, test, vi } from 'vitest';
import type { DocumentLog } from '../log/document-log.js';
import { content } from '../log/test/log-harness.js';
import { RoomMetrics } from '../metrics/metrics.js';
import { SyncError } from '../sync-error.js';
import type { Room } from './room.js';
import type { BuiltCheckpoint, RoomHistory, StateJob } from './room-history.js';
import { RoomUpkeep } from './room-upkeep.js';

afterEach(() => vi.useRealTimers());

const nothing = new Uint8Array();
const built: BuiltCheckpoint = {
  stateBytes: 1,
  state: nothing,
  stateVector: nothing,
  deleteSet: nothing,
  contentHash: nothing,
  broughtBy: new Map(),
  description: { title: 't', excerpt: '', characters: 1 },
};

/** What upkeep sees of a room, and what it does to it. */
function start(history: Partial<RoomHistory>) {
  const done: string[] = [];
  const upkeep = new RoomUpkeep({
    metrics: new RoomMetrics(),
    log: { describeDocument: async () => void done.push('description') } as unknown as DocumentLog,
    history: {
      buildCheckpoint: async () => built,
      describe: () => Promise.reject(new Error('not in this test')),
      inflateState: () => Promise.reject(new Error('not in this test')),
      answerSyncStep1: () => Promise.reject(new Error('not in this test')),
      ...history,
    },
    complain: (sentence) => done.push(sentence),
  });
  const open = (head: number) =>
    ({
      number: 0,
      head,
      checkpoint: null,
      quietSinceMs: 0,
      describedSeq: 0,
      tail: { freshBytes: 1e6 },
      durableOutboxes: () => new Map(),
      durableOwners: () => new Map(),
      stateJob: () => ({ checkpointState: null, updates: [] }),
      checkpointed: () => done.push('in use'),
      channel: { id: content('d'), putCheckpoint: async () => void done.push('checkpoint') },
    }) as unknown as Room;
  return { upkeep, open, done };
}

test('J4: the description is on disk before the checkpoint that a later start takes as its sign', async () => {
  const { upkeep, open, done } = start({});
  const room = open(3);
  await upkeep.settle(room);
  expect(done).toEqual(['description', 'checkpoint', 'in use']);
  expect(room.describedSeq).toBe(3);
});

test('J4: a document is described in each pause of those who write, and now and then while nobody pauses', async () => {
  vi.useFakeTimers();
  const describedAtMs: number[] = [];
  const { upkeep, open } = start({
    describe: async () => {
      describedAtMs.push(performance.now() - startedMs);
      return built.description;
    },
  });
  const startedMs = performance.now();
  const room = Object.assign(open(0), { tail: { freshBytes: 1 } }) as unknown as {
    head: number;
    quietSinceMs: number;
  } & Room;
  const seconds = async (count: number, isWriting: boolean): Promise<void> => {
    for (let visits = 2 * count; visits > 0; visits--) {
      if (isWriting) Object.assign(room, { head: room.head + 1, quietSinceMs: performance.now() - 100 });
      upkeep.visit(room, performance.now());
      await vi.advanceTimersByTimeAsync(500);
    }
  };
  await seconds(3, true);
  expect(describedAtMs).toEqual([]);
  await seconds(3, false);
  expect(describedAtMs).toEqual([3000]);
  await seconds(21, true);
  expect(describedAtMs).toEqual([3000, 13_000, 23_000]);
});

test('documents that were opened at once, and are written in without a pause, are not described at once', async () => {
  vi.useFakeTimers();
  let described = 0;
  const { upkeep, open } = start({
    describe: async () => {
      described += 1;
      return built.description;
    },
  });
  const rooms = Array.from({ length: 200 }, (_, number) => Object.assign(open(1), { number, tail: { freshBytes: 1 } }));
  const perVisit: number[] = [];
  for (let visit = 0; visit <= 20; visit++) {
    const before = described;
    for (const room of rooms) upkeep.visit(Object.assign(room, { quietSinceMs: performance.now() }), performance.now());
    await vi.advanceTimersByTimeAsync(500);
    perVisit.push(described - before);
  }
  expect(described).toBe(200);
  expect(Math.max(...perVisit)).toBe(10);
});

test('hundreds of rooms that need something at once are worked on a few at a time, and each in its turn', async () => {
  let running = 0;
  let most = 0;
  const { upkeep, open, done } = start({
    buildCheckpoint: async () => {
      running += 1;
      most = Math.max(most, running);
      await Promise.resolve();
      running -= 1;
      return built;
    },
  });
  const rooms = Array.from({ length: 200 }, () => open(3));
  for (const room of rooms) upkeep.visit(room, performance.now());
  await vi.waitFor(() => expect(done.filter((what) => what === 'in use')).toHaveLength(200));
  expect(most).toBe(4);
});

test('I11: a document that a worker failed on is named, and left alone also when its room is opened again', async () => {
  vi.useFakeTimers();
  const jobs: StateJob[] = [];
  let fails = true;
  const { upkeep, open, done } = start({
    buildCheckpoint: async (job) => {
      jobs.push(job);
      if (fails) throw new SyncError('WORKER_FAILED', 'the job took more than 60000 ms.');
      return built;
    },
  });
  const visit = async (head: number): Promise<void> => {
    upkeep.visit(open(head), performance.now());
    await vi.advanceTimersByTimeAsync(0);
  };
  await visit(5);
  expect(jobs).toMatchObject([{ isSuspect: false }]);
  expect(done.splice(0)).toEqual([
    '"d" (content) goes on without new checkpoints: the job took more than 60000 ms. Its changes are saved and shown as ' +
      'before. It is tried again when it was edited, in 1 min at the earliest.',
  ]);

  const again = open(6);
  await visit(6);
  await upkeep.settle(again);
  expect([jobs.length, upkeep.isSettled(again)]).toEqual([1, true]);
  await vi.advanceTimersByTimeAsync(60_000);
  await visit(5);
  expect(jobs).toHaveLength(1);
  await visit(6);
  expect(jobs.slice(1)).toMatchObject([{ isSuspect: true }]);
  expect(done.splice(0)).toEqual([expect.stringContaining('in 4 min at the earliest')]);

  fails = false;
  await vi.advanceTimersByTimeAsync(4 * 60_000);
  await visit(7);
  expect(done.splice(0)).toEqual(['description', 'checkpoint', 'in use', '"d" (content) has checkpoints again.']);
  await visit(8);
  expect(jobs.slice(2)).toMatchObject([{ isSuspect: true }, { isSuspect: false }]);
});

test('what a stop cuts short is no fault of the document', async () => {
  let jobs = 0;
  const { upkeep, open, done } = start({
    buildCheckpoint: async () => {
      jobs += 1;
      throw new SyncError('LOG_CLOSED', 'The log was closed.');
    },
  });
  await upkeep.settle(open(1));
  await upkeep.settle(open(1));
  expect([jobs, done]).toEqual([2, []]);
});
