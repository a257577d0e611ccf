// However large entries are, a moment, a comparison and a count of changes hold no more of them in memory than their limits (I6).

import { expect, onTestFinished, test } from 'vitest';
import * as Y from 'yjs';
import { type ChannelView, type Entry, FIRST_EPOCH } from '../log/document-log.js';
import { openMemoryLog } from '../log/memory-log.js';
import { content, Ear, newEntry } from '../log/test/log-harness.js';
import { Turns } from '../turns.js';
import { defaultVersionPolicy } from '../version-settings.js';
import { inlineHistory } from './inline-history.js';
import { pastTurns } from './past.js';
import { entriesWithin, portionsOf } from './read-entries.js';
import { stateJobAt } from './rebuild.js';
import { removeVersion } from './version-record.js';
import { Versions } from './versions.js';

const KIB = 1024;
const MIB = 1024 * KIB;

/** Entries of a text, each with so many letters; the view counts how much of them it hands out at once. */
async function written(letters: readonly number[]) {
  const log = await openMemoryLog();
  onTestFinished(() => log.close());
  const ear = new Ear();
  const channel = await log.open(content('notes'), ear);
  const text = new Y.Doc().getText('text');
  text.doc!.on('update', (update: Uint8Array) => {
    channel.append(newEntry('', { update, author: `u-${channel.head % 2}`, timeMs: 1000 * (channel.head + 1) }));
  });
  for (const [index, count] of letters.entries()) {
    text.insert(0, 'x'.repeat(count));
    await ear.hears(index + 1);
  }
  const most = { bytes: 0, read: 0 };
  const counting = (view: ChannelView): ChannelView => ({
    ...view,
    id: view.id,
    epoch: view.epoch,
    head: view.head,
    link: view.link,
    checkpoint: view.checkpoint,
    linkAt: (seq) => view.linkAt(seq),
    checkpointAt: (seq) => view.checkpointAt(seq),
    base: () => view.base(),
    entriesAfter: async (...args) => {
      const entries = await view.entriesAfter(...args);
      const bytes = entries.reduce((sum, { update }) => sum + update.length, 0);
      most.bytes = Math.max(most.bytes, bytes);
      most.read += bytes;
      return entries;
    },
  });
  return { log, most, view: counting(await log.view(content('notes'))), counting };
}

test('entries come in portions, all of them once and in order', async () => {
  const { most, view } = await written(Array.from({ length: 24 }, () => MIB));
  const seqs: number[] = [];
  for await (const portion of portionsOf(view, 2, 23)) seqs.push(...portion.map(({ seq }: Entry) => seq));
  expect(seqs).toEqual(Array.from({ length: 21 }, (_, n) => n + 3));
  expect(most.bytes).toBeLessThan(10 * MIB);
});

test('reading ends soon after the limit, and what is within it is all there', async () => {
  const { most, view } = await written(Array.from({ length: 40 }, () => MIB));
  expect(await entriesWithin(view, 0, 40, { maxBytes: 2 * MIB, maxEntries: 100 })).toBe(null);
  expect(most.read).toBeLessThan(10 * MIB);
  expect(await entriesWithin(view, 0, 40, { maxBytes: 50 * MIB, maxEntries: 39 })).toBe(null);
  expect(await entriesWithin(view, 0, 40, { maxBytes: 50 * MIB, maxEntries: 40 })).toHaveLength(40);
});

test('a state beyond the limit is refused with a sentence, before all of it was read', async () => {
  const { most, view } = await written(Array.from({ length: 40 }, () => MIB));
  await expect(stateJobAt(view, 40, 2 * MIB)).rejects.toMatchObject({
    code: 'TOO_LARGE',
    message: expect.stringContaining('takes more than 2 MiB of entries to build'),
  });
  expect(most.read).toBeLessThan(10 * MIB);
  expect((await stateJobAt(view, 40)).updates).toHaveLength(40);
});

test('a version of much that was written is made without counting it, and says who wrote', async () => {
  const { counting, log, most } = await written(Array.from({ length: 34 }, () => MIB));
  const complaints: string[] = [];
  const versions = new Versions({
    log: { records: log.records, view: async (id) => counting(await log.view(id)) },
    counter: inlineHistory,
    policy: defaultVersionPolicy,
    turns: new Turns(pastTurns),
    complain: (sentence) => complaints.push(sentence),
    nowMs: () => 60_000,
  });
  const named = await versions.name(
    content('notes').document,
    { seq: 34, epoch: FIRST_EPOCH },
    { name: 'All', by: '', asker: '', mayStill: () => true },
  );
  expect(named).toMatchObject({ seq: 34, people: ['u-0', 'u-1'], changes: null, timeMs: 34_000 });
  expect(most.bytes).toBeLessThan(10 * MIB);
  await log.records.write([removeVersion(content('notes').document, named)]);
  versions.rested(content('notes').document);
  await versions.settled();
  const { versions: made } = await versions.list(content('notes').document, { before: null, limit: 9 });
  expect(made.map(({ seq }) => seq)).toEqual([34, 32]);
  expect(made[0]!.changes).toEqual({ inserted: 2 * MIB, deleted: 0 });
  expect([most.bytes < 36 * MIB, complaints]).toEqual([true, []]);
});
