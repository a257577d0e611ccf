import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { openMemoryLog } from '../memory-log.js';
import { MemoryStore } from '../memory-store.js';
import { checkpointAt, content, Ear, newEntry, turn } from '../test/log-harness.js';
import { checkpointRange, journalRange, printableKey, segmentRange } from './keys.js';
import type { LevelLogOptions } from './level-log.js';

async function keysIn(store: MemoryStore, range: { gte: Uint8Array; lt: Uint8Array }): Promise<string[]> {
  const keys: string[] = [];
  for await (const [key] of store.range(range)) keys.push(printableKey(key));
  return keys;
}

/** The times at which groups are written, by a fake clock. */
async function start(writeMs: number, options: Partial<LevelLogOptions> = {}) {
  const startedAtMs: number[] = [];
  const store = new MemoryStore({
    beforeBatch: async () => {
      startedAtMs.push(performance.now());
      if (writeMs > 0) await new Promise((resolve) => setTimeout(resolve, writeMs));
    },
  });
  const opening = openMemoryLog(store, { paceMs: 4, ...options });
  await vi.advanceTimersByTimeAsync(1000);
  const log = await opening;
  const channel = await log.open(content('notes'), new Ear());
  startedAtMs.length = 0;
  const typeFor = async (ms: number): Promise<void> => {
    for (let passed = 0; passed < ms; passed++) {
      channel.append(newEntry('x'));
      await vi.advanceTimersByTimeAsync(1);
    }
  };
  return { startedAtMs, log, channel, typeFor };
}

describe('the pace of groups', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'setImmediate', 'performance'] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  const gaps = (times: readonly number[]): number[] => times.slice(1).map((time, index) => time - times[index]!);

  test('an idle log writes at the end of the turn', async () => {
    const { startedAtMs, channel } = await start(0);
    const nowMs = performance.now();
    channel.append(newEntry('a'));
    await vi.advanceTimersByTimeAsync(0);
    expect(startedAtMs).toEqual([nowMs]);
    expect(channel.head).toBe(1);
  });

  test('a busy log starts a group every paceMs, however quick the disk', async () => {
    const { startedAtMs, typeFor } = await start(0);
    await typeFor(41);
    expect(startedAtMs).toHaveLength(11);
    expect(new Set(gaps(startedAtMs))).toEqual(new Set([4]));
  });

  test('a slow disk is never asked for a second group before the first is written', async () => {
    const { startedAtMs, typeFor, channel } = await start(10);
    await typeFor(100);
    expect(Math.min(...gaps(startedAtMs))).toBeGreaterThanOrEqual(10);
    await vi.advanceTimersByTimeAsync(50);
    expect(channel.head).toBe(100);
  });
});

describe('a group that may be put off', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setImmediate', 'performance'] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  test('begins for the entry that may wait least, and takes everything along', async () => {
    const { startedAtMs, channel, log } = await start(0);
    const nowMs = performance.now();
    channel.append(newEntry('a'), 36);
    await vi.advanceTimersByTimeAsync(10);
    channel.append(newEntry('b'), 36);
    channel.append(newEntry('c'), 20);
    await vi.advanceTimersByTimeAsync(19);
    expect(startedAtMs).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect([startedAtMs, channel.head]).toEqual([[nowMs + 30], 3]);

    const other = await log.open(content('other'), new Ear());
    channel.append(newEntry('d'), 36);
    other.append(newEntry('of another document'));
    await vi.advanceTimersByTimeAsync(4);
    expect([channel.head, other.head]).toEqual([4, 1]);
    await vi.advanceTimersByTimeAsync(100);
    expect(startedAtMs).toHaveLength(2);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('waits on, for what came while the one before was written', async () => {
    const { startedAtMs, channel } = await start(10);
    const nowMs = performance.now();
    channel.append(newEntry('a'));
    await vi.advanceTimersByTimeAsync(5);
    channel.append(newEntry('b'), 36);
    await vi.advanceTimersByTimeAsync(50);
    expect(startedAtMs).toEqual([nowMs, nowMs + 41]);
  });

  test('is put off no longer when it is full, or when somebody waits for it', async () => {
    const { startedAtMs, channel, log } = await start(0, { maxGroupBytes: 1000 });
    const nowMs = performance.now();
    for (let count = 0; count < 3; count++) channel.append(newEntry('x'.repeat(400)), 36);
    await vi.advanceTimersByTimeAsync(4);
    expect([startedAtMs, channel.head]).toEqual([[nowMs, nowMs + 4], 3]);
    channel.append(newEntry('y'), 36);
    const closed = log.close();
    await vi.advanceTimersByTimeAsync(8);
    await closed;
    expect(startedAtMs.slice(2)).toEqual([nowMs + 8]);
  });
});

describe('the size of groups', () => {
  test('a group ends before the entry that would make it too large, and the next one has it', async () => {
    const store = new MemoryStore();
    const log = await openMemoryLog(store, { maxGroupBytes: 1000 });
    const ears = [new Ear(), new Ear(), new Ear()] as const;
    const channels = await Promise.all(['a', 'b', 'c'].map((name, index) => log.open(content(name), ears[index]!)));
    for (const size of [300, 300, 300, 2500, 10]) channels[0]!.append(newEntry('x'.repeat(size)));
    for (const size of [700, 100]) channels[1]!.append(newEntry('y'.repeat(size)));
    channels[2]!.append(newEntry('z'));
    await Promise.all([ears[0].hears(5), ears[1].hears(2), ears[2].hears(1)]);
    expect(ears.map((ear) => ear.heard)).toEqual([[3, 4, 5], [2], [1]]);
    expect(log.queuedBytes).toBe(0);
    await log.close();
  });
});

test('one channel that fills group after group does not keep the others waiting', async () => {
  const log = await openMemoryLog(new MemoryStore(), { maxGroupBytes: 1000 });
  const flooding = await log.open(content('flood'), new Ear());
  const ear = new Ear();
  const quiet = await log.open(content('quiet'), ear);
  for (let count = 0; count < 100; count++) flooding.append(newEntry('x'.repeat(500)));
  quiet.append(newEntry('y'.repeat(600)));
  await ear.hears(1);
  expect(flooding.head).toBeLessThan(5);
  await log.close();
});

test('entries that cannot be put away stay in the journal, and are put away later', async () => {
  const complaints: string[] = [];
  const failures: Error[] = [];
  let isBroken = true;
  const store = new MemoryStore();
  const log = await openMemoryLog(store, {
    journalMaxBytes: 400,
    complain: (sentence) => complaints.push(sentence),
    onFailure: (error) => failures.push(error),
    deflate: async (columns) => {
      if (isBroken) throw new Error('Out of memory.');
      return deflateRawSync(columns);
    },
  });
  const ear = new Ear();
  const channel = await log.open(content('notes'), ear);
  const write = async (): Promise<void> => {
    await ear.hears(channel.append(newEntry('x'.repeat(100))));
    await turn();
  };
  while (complaints.length === 0) await write();
  expect(complaints).toEqual([expect.stringContaining('could not be put away in segments: Out of memory.')]);
  const complainedAt = channel.head;
  await write();
  expect(complaints).toHaveLength(1);
  isBroken = false;
  while ((await keysIn(store, segmentRange(content('notes'), 0))).length === 0) await write();
  expect(channel.head).toBeGreaterThan(complainedAt + 1);
  expect(await channel.entriesAfter(0)).toHaveLength(channel.head);
  expect([complaints.length, failures]).toEqual([1, []]);
  await log.close();
});

test('a checkpoint leaves no older one behind that is of no use for history', async () => {
  const store = new MemoryStore();
  const log = await openMemoryLog(store);
  const ear = new Ear();
  const channel = await log.open(content('notes'), ear);
  for (let seq = 1; seq <= 3; seq++) {
    channel.append(newEntry('x'));
    await ear.hears(seq);
    await channel.putCheckpoint(checkpointAt(seq));
  }
  const later = ['channel/notes content/checkpoint/3'];
  expect(await keysIn(store, checkpointRange(content('notes')))).toEqual(later);
  await log.close();
});

describe('what was rolled', () => {
  /** Writes groups of one entry. */
  async function write(store: MemoryStore, journalMaxBytes: number, count: number): Promise<void> {
    const deflate = async (columns: Uint8Array): Promise<Uint8Array> => deflateRawSync(columns);
    const inflate = async (deflated: Uint8Array): Promise<Uint8Array> => inflateRawSync(deflated);
    const log = await openMemoryLog(store, { journalMaxBytes, deflate, inflate });
    const ear = new Ear();
    const channel = await log.open(content('notes'), ear);
    for (const until = channel.head + count; channel.head < until; ) {
      await ear.hears(channel.append(newEntry(`entry ${channel.head}`)));
    }
    await log.close();
  }

  test('is deleted bit by bit, and after an interruption from where it was left', async () => {
    const store = new MemoryStore();
    await write(store, 8 * 1024 * 1024, 2000);
    const whole = await keysIn(store.reopen(), journalRange(0));
    expect(whole).toHaveLength(2000);
    const reopened = store.reopen();
    // This write passes the limit, so that half of the records are rolled; the sweep begins with the one after it.
    await write(reopened, 100_000, 1);
    const rolled = reopened.reopen();
    await write(rolled, 8 * 1024 * 1024, 3);
    const left = await keysIn(rolled.reopen(), journalRange(0));
    expect(left.length).toBeLessThan(2004);
    const last = rolled.reopen();
    await write(last, 8 * 1024 * 1024, 6);
    const swept = await keysIn(last.reopen(), journalRange(0));
    const anchor = 2010 - swept.length;
    expect(swept[0]).toBe(`journal/${anchor + 1}`);
    expect(anchor).toBeGreaterThan(900);
    const segments = await keysIn(last.reopen(), segmentRange(content('notes'), 0));
    expect(segments).toEqual([`channel/notes content/segment/1-${anchor}`]);
  });

  test('L7: still bounds the time of later entries, when nothing of the channel is left in the journal', async () => {
    const store = new MemoryStore();
    const log = await openMemoryLog(store, { journalMaxBytes: 1 });
    const ear = new Ear();
    const channel = await log.open(content('notes'), ear);
    channel.append(newEntry('late', { timeMs: 7000 }));
    await ear.hears(1);
    await log.close();
    const again = await openMemoryLog(store.reopen());
    const reopened = await again.open(content('notes'), ear);
    await ear.hears(reopened.append(newEntry('early', { timeMs: 5 })));
    expect((await reopened.entriesAfter(0)).map((entry) => entry.timeMs)).toEqual([7000, 7000]);
    expect(await keysIn(store.reopen(), segmentRange(content('notes'), 0))).toHaveLength(1);
    await again.close();
  });

  test('joins the newest segment while that is small', async () => {
    const store = new MemoryStore();
    await write(store, 500, 300);
    const segments = await keysIn(store.reopen(), segmentRange(content('notes'), 0));
    expect(segments).toHaveLength(1);
    expect(Number(/segment\/1-(\d+)$/.exec(segments[0]!)?.[1])).toBeGreaterThan(200);
  });
});
