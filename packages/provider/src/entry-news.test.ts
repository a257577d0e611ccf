import { expect, test } from 'vitest';
import { EntryNews } from './entry-news.js';
import type { OutboxEntry } from './outbox.js';

const entry = (clientSeq: number, byte = clientSeq): OutboxEntry => ({
  clientSeq,
  update: Uint8Array.of(byte),
  changes: 1,
  sinceMs: 0,
});

/** News of the outbox `now`, in which is what was put there. */
function newsOf(...entries: OutboxEntry[]) {
  const unsaved = { outboxId: 'now', epoch: 3, entries };
  const news = new EntryNews(() => unsaved);
  return { unsaved, news };
}

test('what is unsaved is told, under its outbox and epoch, until the store has it', () => {
  const [one, two] = [entry(1), entry(2)];
  const { unsaved, news } = newsOf(one);
  expect([news.isAllKept, news.isAllBegun]).toEqual([false, false]);
  const first = news.begin();
  expect(first.putEntries).toEqual([{ ...one, outboxId: 'now', epoch: 3 }]);
  expect([news.isAllKept, news.isAllBegun]).toEqual([false, true]);
  unsaved.entries.push(two);
  expect(news.isAllBegun).toBe(false);
  // What it builds on may fail: it goes along.
  expect(news.begin().putEntries.map(({ clientSeq }) => clientSeq)).toEqual([1, 2]);
  news.written({ putEntries: first.putEntries, removeEntries: [] });
  expect([news.isAllKept, news.begin().putEntries.map(({ clientSeq }) => clientSeq)]).toEqual([false, [2]]);
});

test('of two writes the newer one counts: it is begun until that fails', () => {
  const { unsaved, news } = newsOf(entry(1));
  const first = news.begin();
  unsaved.entries.push(entry(2));
  const second = news.begin();
  first.failed();
  expect(news.isAllBegun).toBe(true);
  second.failed();
  expect(news.isAllBegun).toBe(false);
});

test('an entry that others have become part of is told once more', () => {
  const { unsaved, news } = newsOf(entry(1));
  news.written({ putEntries: news.begin().putEntries, removeEntries: [] });
  expect(news.isAllKept).toBe(true);
  unsaved.entries[0] = entry(1, 9);
  expect([news.isAllKept, news.isAllBegun]).toEqual([false, false]);
});

test('what is saved goes, also if it is only on its way, and what an earlier page left; what is unsaved goes to the store with that', () => {
  const { unsaved, news } = newsOf(entry(1));
  expect([news.hasSaved, news.change]).toEqual([false, { putEntries: [], removeEntries: [] }]);
  news.begin();
  news.adopt([{ outboxId: 'before', clientSeq: 7 }]);
  unsaved.entries.splice(0, 1, entry(2));
  expect(news.hasSaved).toBe(true);
  const { putEntries, removeEntries } = news.change;
  expect(putEntries.map(({ clientSeq }) => clientSeq)).toEqual([2]);
  expect(removeEntries).toEqual([
    { outboxId: 'now', clientSeq: 1 },
    { outboxId: 'before', clientSeq: 7 },
  ]);
  news.written({ putEntries, removeEntries });
  expect([news.hasSaved, news.isAllKept, news.change]).toEqual([false, true, { putEntries: [], removeEntries: [] }]);
});
