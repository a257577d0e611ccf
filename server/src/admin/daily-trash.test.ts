import { getEventListeners } from 'node:events';
import { expect, onTestFinished, test, vi } from 'vitest';
import { trashOf } from '../access/trash.js';
import { openMemoryLog } from '../log/memory-log.js';
import { documentName } from '../log/test/log-harness.js';
import { SyncError } from '../sync-error.js';
import { Daily } from './daily.js';
import { DailyTrash } from './daily-trash.js';

const DAY_MS = 86_400_000;
const NOW_MS = Date.UTC(2026, 10, 22);
const by = { person: 'u-ann' };

/** Documents a, b and c, none of them in the trash. */
async function stage({ days = 30 as number | null } = {}) {
  const log = await openMemoryLog();
  onTestFinished(() => log.close());
  for (const name of ['a', 'b', 'c']) await log.createDocument(documentName(name), NOW_MS);
  const clock = { nowMs: NOW_MS };
  const noted: object[] = [];
  const trash = trashOf(log, { note: () => undefined });
  const put = async (name: string): Promise<void> => {
    vi.setSystemTime(clock.nowMs);
    await trash.put(documentName(name), by);
  };
  vi.useFakeTimers({ toFake: ['Date'] });
  onTestFinished(() => void vi.useRealTimers());
  const complaints: string[] = [];
  const erase = vi.fn((name: ReturnType<typeof documentName>) => log.eraseDocument(name));
  const daily = new DailyTrash({
    log,
    trash,
    days,
    erase,
    audit: { note: (note) => void noted.push(note) },
    complain: (sentence) => void complaints.push(sentence),
    nowMs: () => clock.nowMs,
  });
  /** Looks on each of so many days. */
  const pass = async (count: number): Promise<void> => {
    for (let day = 0; day < count; day++) {
      clock.nowMs += DAY_MS;
      await daily.eraseDue();
    }
  };
  const names = async (): Promise<string[]> => (await log.documents()).map(({ name }) => name).sort();
  return { clock, complaints, daily, erase, log, names, noted, pass, put, trash };
}

test('what lay in the trash for so many days is erased, and nothing else', async () => {
  const { complaints, log, names, noted, pass, put, trash } = await stage();
  await put('a');
  await pass(10);
  await put('b');
  await pass(19);
  expect(await names()).toEqual(['a', 'b', 'c']);
  await pass(1);
  expect(await names()).toEqual(['b', 'c']);
  expect(noted).toEqual([{ action: 'document-erased', person: '', document: 'a', detail: { from: 'trash' } }]);
  expect(await log.wasErased(documentName('a'))).toBe(true);
  await trash.takeOut(documentName('b'), by);
  await pass(40);
  expect([await names(), complaints]).toEqual([['b', 'c'], []]);
});

test('what is to stay for good stays', async () => {
  const { names, pass, put } = await stage({ days: null });
  await put('a');
  await pass(400);
  expect(await names()).toEqual(['a', 'b', 'c']);
});

test('what one fails on costs the others nothing, and is tried again', async () => {
  const { complaints, erase, names, pass, put } = await stage();
  for (const name of ['a', 'b']) await put(name);
  await pass(29);
  erase.mockRejectedValueOnce(new SyncError('STORE_UNREADABLE', 'It is damaged.'));
  await pass(1);
  expect(await names()).toHaveLength(2);
  expect(complaints).toEqual([
    expect.stringMatching(/^"[ab]", which is in the trash could not be erased: It is damaged\. It is tried again/),
  ]);
  await pass(1);
  expect(await names()).toEqual(['c']);
});

test('a clock that leaps ahead erases nothing for a week', async () => {
  const { clock, complaints, daily, names, pass, put } = await stage();
  await put('a');
  await pass(1);
  clock.nowMs += 365 * DAY_MS;
  await daily.eraseDue();
  expect(await names()).toEqual(['a', 'b', 'c']);
  expect(complaints).toEqual([
    expect.stringMatching(/^Nothing in the trash is erased before 2027-11-30: .* says 2027-11-23,/),
  ]);
  await pass(7);
  expect(await names()).toEqual(['b', 'c']);
});

test('a server looks ten minutes after its start, then once a day, and begins with nothing once it stops', async () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const passes: string[] = [];
  const waiting: number[] = [];
  const daily = new Daily([
    async () => void passes.push('first'),
    async ({ signal }) => {
      passes.push(signal.aborted ? 'late' : 'second');
      waiting.push(getEventListeners(signal, 'abort').length);
    },
  ]);
  const ends = [new AbortController(), new AbortController()] as const;
  const duties = ends.map(({ signal }, token) => ({ work: 'daily', token, signal }) as const);
  daily.start(duties[0]!);
  await vi.advanceTimersByTimeAsync(9 * 60_000);
  expect(passes).toEqual([]);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(passes).toEqual(['first', 'second']);
  await vi.advanceTimersByTimeAsync(DAY_MS);
  expect(passes).toHaveLength(4);
  // As many on the second day as on the first.
  expect(waiting[1]).toBe(waiting[0]);
  // It is another's, and then its own again.
  ends[0].abort();
  await vi.advanceTimersByTimeAsync(3 * DAY_MS);
  expect(passes).toHaveLength(4);
  daily.start(duties[1]!);
  await vi.advanceTimersByTimeAsync(10 * 60_000);
  expect(passes).toHaveLength(6);
  await daily.stop();
  await vi.advanceTimersByTimeAsync(3 * DAY_MS);
  expect(passes).toHaveLength(6);
});
