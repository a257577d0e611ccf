// What every DocumentLog must do, whatever it stands on. Each test also closes the log, opens it again on what it left,
// and looks whether the same is there.

import { MAX_UPDATE_BYTES } from '@weft/protocol';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SyncError } from '../sync-error.js';
import { testChannelViews } from './channel-view.contract.js';
import type { DocumentLog, OpenChannel, Seq } from './document-log.js';
import { testEpochs } from './epoch.contract.js';
import { testMaintenance } from './maintenance.contract.js';
import { testRecords } from './records.contract.js';
import {
  checkpointAt,
  content,
  discussion,
  documentName,
  Ear,
  type LogPlace,
  newEntry,
  type PlaceOptions,
  SlowDisk,
  startLog,
  textOf,
  turn,
} from './test/log-harness.js';
import { runPlan, steps } from './test/random-plan.js';
import { testTrimming } from './trim.contract.js';

/** What came of a promise that a test does not wait for. */
function watch(promise: Promise<unknown>): { readonly state: () => string } {
  let state = 'pending';
  promise.then(
    () => {
      state = 'resolved';
    },
    (error: unknown) => {
      state = error instanceof SyncError ? error.code : String(error);
    },
  );
  return { state: () => state };
}

/** Several minutes for a thousand, where the log is slow. */
const MS_A_PLAN = 1500;

/** @param plans how many random ones are run; WEFT_SEEDS says otherwise */
export function testDocumentLog(name: string, newPlace: () => Promise<LogPlace>, plans = 40): void {
  testChannelViews(name, newPlace);
  testEpochs(name, newPlace);
  testMaintenance(name, newPlace);
  testTrimming(name, newPlace);
  testRecords(name, newPlace);

  describe(`${name}: a document log`, () => {
    const start = (options?: PlaceOptions) => startLog(newPlace, options);

    /** A log on a slow disk, marked as ours already. */
    async function startSlowly(onFailure?: (error: SyncError) => void) {
      const disk = new SlowDisk();
      const { reopen } = await start();
      const log = await reopen({ beforeWrite: disk.beforeWrite, ...(onFailure ? { onFailure } : {}) });
      return { disk, log, reopen };
    }

    async function textsOf(channel: OpenChannel, after: Seq = 0): Promise<string[]> {
      const entries = await channel.entriesAfter(after);
      entries.forEach((entry, index) => {
        expect(entry.seq).toBe(after + index + 1);
      });
      return entries.map(textOf);
    }

    test('numbers entries 1, 2, 3 and gives them back after it was opened again', async () => {
      const { log, reopen } = await start();
      const ear = new Ear();
      const channel = await log.open(content('notes'), ear);
      expect(channel).toMatchObject({ id: content('notes'), epoch: 1, head: 0, checkpoint: null });
      const seqs = ['a', 'b', 'c'].map((text, index) => channel.append(newEntry(text, { clientSeq: index + 1 })));
      expect(seqs).toEqual([1, 2, 3]);
      await ear.hears(3);
      expect(channel.head).toBe(3);
      const written = await channel.entriesAfter(0);
      expect(written.map((entry) => [entry.seq, entry.clientSeq, textOf(entry)])).toEqual([
        [1, 1, 'a'],
        [2, 2, 'b'],
        [3, 3, 'c'],
      ]);
      const again = await (await reopen()).open(content('notes'), new Ear());
      expect(again.head).toBe(3);
      expect(await again.entriesAfter(0)).toEqual(written);
      expect(await textsOf(again, 2)).toEqual(['c']);
      expect(await textsOf(again, 3)).toEqual([]);
      expect(again.append(newEntry('d'))).toBe(4);
    });

    test('keeps every field of an entry as it was', async () => {
      const { log, reopen } = await start();
      const entries = fc.record({
        timeMs: fc.nat({ max: 2 ** 45 }),
        author: fc.string({ unit: 'grapheme', maxLength: 200 }),
        outboxId: fc.string({ unit: 'grapheme', maxLength: 200 }),
        clientSeq: fc.maxSafeNat(),
        update: fc.uint8Array({ maxLength: 300 }),
      });
      const kept = fc.sample(fc.array(entries, { minLength: 50, maxLength: 80 }), { numRuns: 1, seed: 11 })[0]!;
      kept.sort((a, b) => a.timeMs - b.timeMs);
      const channel = await log.open(content('notes'), new Ear());
      for (const entry of kept) channel.append(entry);
      await channel.close();
      const expected = kept.map((entry, index) => ({ ...entry, seq: index + 1 }));
      for (const place of [() => log, reopen]) {
        const again = await (await place()).open(content('notes'), new Ear());
        expect(await again.entriesAfter(0)).toEqual(expected);
      }
    });

    test('L7: the time of an entry is never before the one ahead of it', async () => {
      const { log, reopen } = await start();
      const ear = new Ear();
      const channel = await log.open(content('notes'), ear);
      for (const timeMs of [5000, 3000, 6000]) channel.append(newEntry('x', { timeMs }));
      await ear.hears(3);
      const again = await (await reopen()).open(content('notes'), ear);
      again.append(newEntry('y', { timeMs: 10 }));
      await ear.hears(4);
      expect((await again.entriesAfter(0)).map((entry) => entry.timeMs)).toEqual([5000, 5000, 6000, 6000]);
    });

    test('refuses an entry with a number that cannot be', async () => {
      const { log } = await start();
      const channel = await log.open(content('notes'), new Ear());
      expect(() => channel.append(newEntry('x', { timeMs: Number.NaN }))).toThrow('invariant');
      expect(() => channel.append(newEntry('x', { clientSeq: -1 }))).toThrow('invariant');
      expect(channel.append(newEntry('x'))).toBe(1);
    });

    test('I1: nothing is durable before it is on disk', async () => {
      const { log, disk } = await startSlowly();
      const ear = new Ear();
      const channel = await log.open(content('notes'), ear);
      channel.append(newEntry('a'));
      expect(ear.heard).toEqual([]);
      await disk.writeWaits();
      await turn();
      expect(ear.heard).toEqual([]);
      expect(channel.head).toBe(0);
      expect(await textsOf(channel)).toEqual([]);
      expect(log.queuedBytes).toBeGreaterThan(0);
      await disk.writeOne();
      await ear.hears(1);
      expect(channel.head).toBe(1);
      expect(log.queuedBytes).toBe(0);
      expect(await textsOf(channel)).toEqual(['a']);
    });

    test('entries of one turn share a group, and those that come while it is written share the next', async () => {
      const { log, disk } = await startSlowly();
      const ears = [new Ear(), new Ear(), new Ear()] as const;
      const ids = [content('notes'), discussion('notes'), content('minutes')];
      const channels = await Promise.all(ids.map((id, index) => log.open(id, ears[index]!)));
      for (const channel of channels) channel.append(newEntry('a'));
      channels[0]!.append(newEntry('b'));
      await disk.writeWaits();
      for (let count = 0; count < 5; count++) channels[1]!.append(newEntry('c'));
      channels[0]!.append(newEntry('d'));
      expect(disk.waiting).toBe(1);
      await disk.writeOne();
      await Promise.all([ears[0].hears(2), ears[1].hears(1), ears[2].hears(1)]);
      await disk.writeOne();
      await Promise.all([ears[0].hears(3), ears[1].hears(6)]);
      expect(ears.map((ear) => ear.heard)).toEqual([[2, 3], [1, 6], [1]]);
      expect(disk.waiting).toBe(0);
    });

    test('L1: the listener is told the link, which says of all entries up to there what they are', async () => {
      const { log } = await start();
      const links = async (document: string, texts: readonly string[], seqs: readonly Seq[]): Promise<string[]> => {
        const told: string[] = [];
        const ear = new Ear();
        const channel = await log.open(content(document), {
          durable(lastSeq, link) {
            told[lastSeq] = Buffer.from(link).toString('hex');
            ear.durable(lastSeq);
          },
        });
        for (const [index, text] of texts.entries()) {
          channel.append(newEntry(text));
          if (seqs.includes(index + 1)) await ear.hears(index + 1);
        }
        await ear.hears(texts.length);
        return seqs.map((seq) => told[seq]!);
      };
      const [two, three] = await links('a', ['x', 'y', 'z'], [2, 3]);
      expect(two).toMatch(/^[0-9a-f]{32}$/);
      // Grouped otherwise, in another document: the same.
      expect(await links('b', ['x', 'y', 'z'], [1, 2, 3])).toEqual([expect.anything(), two, three]);
      const [otherTwo, otherThree] = await links('c', ['X', 'y', 'z'], [2, 3]);
      expect(new Set([two, three, otherTwo, otherThree]).size).toBe(4);
    });

    test('an entry appended while a listener is told joins the next group', async () => {
      const { log } = await start();
      const heard: Seq[] = [];
      const done = new Ear();
      const channel = await log.open(content('notes'), {
        durable(lastSeq) {
          heard.push(lastSeq);
          if (lastSeq < 5) channel.append(newEntry(`after ${lastSeq}`));
          done.durable(lastSeq);
        },
      });
      channel.append(newEntry('first'));
      await done.hears(5);
      expect(heard).toEqual([1, 2, 3, 4, 5]);
      expect((await textsOf(channel)).at(-1)).toBe('after 4');
    });

    test('keeps channels apart: kinds, documents, and names that begin alike', async () => {
      const { log, reopen } = await start();
      const ids = [content('a'), discussion('a'), content('a/b'), content('a b'), content('ä'), content('a/content')];
      const open = (from: DocumentLog) => Promise.all(ids.map((id) => from.open(id, new Ear())));
      const channels = await open(log);
      for (let round = 0; round < 4; round++) {
        channels.forEach((channel, index) => {
          for (let count = 0; count <= index; count++) channel.append(newEntry(`${index}.${round}.${count}`));
        });
        await turn();
      }
      await Promise.all(channels.map((channel) => channel.close()));
      const again = await open(await reopen());
      for (const [index, channel] of again.entries()) {
        const texts = await textsOf(channel);
        expect(texts).toHaveLength(4 * (index + 1));
        expect(texts.every((text) => text.startsWith(`${index}.`))).toBe(true);
      }
    });

    test('a channel is open once at a time', async () => {
      const { log } = await start();
      const opening = log.open(content('notes'), new Ear());
      await expect(log.open(content('notes'), new Ear())).rejects.toThrow('open already');
      const channel = await opening;
      await expect(log.open(content('notes'), new Ear())).rejects.toThrow('open already');
      await log.open(discussion('notes'), new Ear());
      await channel.close();
      await log.open(content('notes'), new Ear());
    });

    test('closing a channel waits until what it took is on disk and its listener was told', async () => {
      const { log, disk } = await startSlowly();
      const ear = new Ear();
      const channel = await log.open(content('notes'), ear);
      channel.append(newEntry('a'));
      await disk.writeWaits();
      channel.append(newEntry('b'));
      const closing = channel.close();
      const closed = watch(closing);
      expect(channel.close()).toBe(closing);
      expect(() => channel.append(newEntry('c'))).toThrow(expect.objectContaining({ code: 'LOG_CLOSED' }));
      await expect(log.open(content('notes'), new Ear())).rejects.toThrow('open already');
      await disk.writeOne();
      await ear.hears(1);
      expect(closed.state()).toBe('pending');
      await disk.writeOne();
      await closing;
      expect(ear.heard).toEqual([1, 2]);
      const again = await log.open(content('notes'), new Ear());
      expect(again.head).toBe(2);
      await expect(channel.entriesAfter(0)).rejects.toMatchObject({ code: 'LOG_CLOSED' });
      await expect(channel.putCheckpoint(checkpointAt(1))).rejects.toMatchObject({ code: 'LOG_CLOSED' });
      expect(await textsOf(again)).toEqual(['a', 'b']);
    });

    test('closing the log writes what was taken, and takes nothing more', async () => {
      const { log, disk, reopen } = await startSlowly();
      const ear = new Ear();
      const channel = await log.open(content('notes'), ear);
      channel.append(newEntry('a'));
      const created = log.createDocument(documentName('minutes'), 7);
      // The document is looked up first, so its write may come with the entry or after it.
      await disk.writeWaits();
      channel.append(newEntry('b'));
      const closing = log.close();
      expect(log.close()).toBe(closing);
      const refusal = { code: 'LOG_CLOSED' };
      expect(() => channel.append(newEntry('c'))).toThrow(expect.objectContaining(refusal));
      await expect(channel.entriesAfter(0)).rejects.toMatchObject(refusal);
      await expect(channel.putCheckpoint(checkpointAt(0))).rejects.toMatchObject(refusal);
      await expect(log.open(content('x'), ear)).rejects.toMatchObject(refusal);
      await expect(log.documents()).rejects.toMatchObject(refusal);
      await expect(log.document(documentName('notes'))).rejects.toMatchObject(refusal);
      await expect(log.createDocument(documentName('x'), 1)).rejects.toMatchObject(refusal);
      const closed = watch(closing);
      while (closed.state() === 'pending') {
        if (disk.waiting > 0) await disk.writeOne();
        await turn();
      }
      expect(closed.state()).toBe('resolved');
      expect(ear.heard.at(-1)).toBe(2);
      expect(await created).toBe(true);
      await channel.close();
      const again = await reopen();
      expect(await textsOf(await again.open(content('notes'), new Ear()))).toEqual(['a', 'b']);
      expect((await again.documents()).map((document) => document.name)).toEqual(['minutes', 'notes']);
    });

    test('I8: after a failed write that is given up nothing is told, taken or written', async () => {
      const failures: SyncError[] = [];
      const { log, disk, reopen } = await startSlowly((error) => failures.push(error));
      const ear = new Ear();
      const quiet = await log.open(content('quiet'), new Ear());
      const channel = await log.open(content('notes'), ear);
      channel.append(newEntry('a'));
      await disk.writeOne();
      await ear.hears(1);
      channel.append(newEntry('b'));
      await disk.writeWaits();
      const created = watch(log.createDocument(documentName('minutes'), 7));
      channel.append(newEntry('c'));
      await turn();
      await disk.failOne();
      while (created.state() === 'pending') await turn();
      expect(created.state()).toBe('LOG_FAILED');
      expect(failures).toHaveLength(1);
      expect(failures[0]).toMatchObject({ code: 'LOG_FAILED', message: expect.stringContaining('no space left') });
      expect(() => channel.append(newEntry('d'))).toThrow(expect.objectContaining({ code: 'LOG_FAILED' }));
      await expect(log.createDocument(documentName('x'), 1)).rejects.toMatchObject({ code: 'LOG_FAILED' });
      await expect(channel.putCheckpoint(checkpointAt(1))).rejects.toMatchObject({ code: 'LOG_FAILED' });
      await expect(channel.close()).rejects.toMatchObject({ code: 'LOG_FAILED' });
      await quiet.close();
      await log.close();
      expect(ear.heard).toEqual([1]);
      expect(disk.waiting).toBe(0);
      expect(failures).toHaveLength(1);
      expect(await textsOf(await (await reopen()).open(content('notes'), new Ear()))).toEqual(['a']);
    });

    test('keeps the newest checkpoint', async () => {
      const { log, reopen } = await start();
      const ear = new Ear();
      const channel = await log.open(content('notes'), ear);
      await channel.putCheckpoint(checkpointAt(0));
      expect(channel.checkpoint).toBeNull();
      await expect(channel.putCheckpoint(checkpointAt(1))).rejects.toThrow('invariant');
      for (const text of ['a', 'b', 'c', 'd']) channel.append(newEntry(text));
      await ear.hears(4);
      await channel.putCheckpoint(checkpointAt(2, 'first'));
      await channel.putCheckpoint(checkpointAt(2, 'again'));
      await channel.putCheckpoint(checkpointAt(1, 'older'));
      expect(channel.checkpoint).toEqual(checkpointAt(2, 'first'));
      const later = [checkpointAt(3, 'third'), checkpointAt(4, 'fourth'), checkpointAt(3, 'late')];
      await Promise.all(later.map((checkpoint) => channel.putCheckpoint(checkpoint)));
      expect(channel.checkpoint).toEqual(checkpointAt(4, 'fourth'));
      const other = await log.open(discussion('notes'), new Ear());
      expect(other.checkpoint).toBeNull();
      const again = await (await reopen()).open(content('notes'), new Ear());
      expect(again.checkpoint).toEqual(checkpointAt(4, 'fourth'));
      expect(await textsOf(again)).toEqual(['a', 'b', 'c', 'd']);
    });

    test('a checkpoint is shown once it is on disk, and closing waits for it', async () => {
      const { log, disk } = await startSlowly();
      const ear = new Ear();
      const channel = await log.open(content('notes'), ear);
      channel.append(newEntry('a'));
      await disk.writeOne();
      await ear.hears(1);
      const put = watch(channel.putCheckpoint(checkpointAt(1)));
      await disk.writeWaits();
      const closed = watch(channel.close());
      await turn();
      expect([put.state(), closed.state(), channel.checkpoint]).toEqual(['pending', 'pending', null]);
      await disk.writeOne();
      while (closed.state() === 'pending') await turn();
      expect([put.state(), closed.state()]).toEqual(['resolved', 'resolved']);
      expect((await log.open(content('notes'), new Ear())).checkpoint).toEqual(checkpointAt(1));
    });

    test('J4: a document exists from its first entry or an explicit create, not from being opened', async () => {
      const { log, reopen } = await start();
      const ear = new Ear();
      const channel = await log.open(discussion('from entry'), ear);
      await (await log.open(content('only opened'), new Ear())).close();
      expect(await log.documents()).toEqual([]);
      channel.append(newEntry('a', { timeMs: 1000 }));
      channel.append(newEntry('b', { timeMs: 2000 }));
      await ear.hears(2);
      const fromEntry = { ...emptyDocument('from entry'), createdAtMs: 1000, updatedAtMs: 1000 };
      expect(await log.document(documentName('from entry'))).toEqual(fromEntry);
      expect(await log.createDocument(documentName('created'), 3000)).toBe(true);
      const created = { ...emptyDocument('created'), createdAtMs: 3000, updatedAtMs: 3000 };
      expect(await log.document(documentName('created'))).toEqual(created);
      expect(await log.document(documentName('only opened'))).toBeNull();
      expect(await (await reopen()).documents()).toEqual([created, fromEntry]);
    });

    test('creates a document once, however many ask at the same time', async () => {
      const { log, reopen } = await start();
      const answers = await Promise.all([1, 2, 3, 4].map((nowMs) => log.createDocument(documentName('notes'), nowMs)));
      expect(answers).toEqual([true, false, false, false]);
      const ear = new Ear();
      const channel = await log.open(content('notes'), ear);
      channel.append(newEntry('a', { timeMs: 9000 }));
      await ear.hears(1);
      expect(await log.createDocument(documentName('notes'), 5)).toBe(false);
      expect((await (await reopen()).documents()).map((document) => document.createdAtMs)).toEqual([1]);
    });

    test('says that a document existed already once it is on disk, and not before', async () => {
      const { log, disk } = await startSlowly();
      const first = watch(log.createDocument(documentName('notes'), 1));
      await disk.writeWaits();
      const second = watch(log.createDocument(documentName('notes'), 2));
      await turn();
      expect([first.state(), second.state()]).toEqual(['pending', 'pending']);
      await disk.writeOne();
      while (second.state() === 'pending') await turn();
      expect([first.state(), second.state()]).toEqual(['resolved', 'resolved']);
    });

    test('describes documents that exist, and creates none by it', async () => {
      const { log, reopen } = await start();
      const description = { title: 'Títle', excerpt: 'Once upon a time', characters: 16, updatedAtMs: 900 };
      await log.describeDocument({ name: documentName('ghost'), ...description }, 1);
      await log.createDocument(documentName('notes'), 100);
      await log.describeDocument({ name: documentName('notes'), ...description }, 1);
      const expected = [{ name: 'notes', createdAtMs: 100, ...description }];
      expect(await log.documents()).toEqual(expected);
      const ear = new Ear();
      const again = await reopen();
      const channel = await again.open(content('notes'), ear);
      channel.append(newEntry('a', { timeMs: 5000 }));
      await ear.hears(1);
      expect(await again.documents()).toEqual(expected);
    });

    test('lists documents in the order of their names', async () => {
      const { log } = await start();
      const names = ['b', 'a/c', 'a', 'Z', 'ä', 'a b', '😀', '\uffee'];
      for (const name of names) await log.createDocument(documentName(name), 1);
      expect((await log.documents()).map((document) => document.name)).toEqual([
        'Z',
        'a',
        'a b',
        'a/c',
        'b',
        'ä',
        '\uffee',
        '😀',
      ]);
    });

    test('takes entries of the largest size, several at a time', async () => {
      const { log, reopen } = await start();
      const ear = new Ear();
      const channel = await log.open(content('notes'), ear);
      const update = new Uint8Array(MAX_UPDATE_BYTES).fill(3);
      for (let count = 0; count < 3; count++) channel.append(newEntry('', { update }));
      channel.append(newEntry('small'));
      expect(log.queuedBytes).toBeGreaterThan(3 * MAX_UPDATE_BYTES);
      await ear.hears(4);
      expect(log.queuedBytes).toBe(0);
      const again = await (await reopen()).open(content('notes'), new Ear());
      expect((await again.entriesAfter(0)).map((entry) => entry.update.length)).toEqual([
        MAX_UPDATE_BYTES,
        MAX_UPDATE_BYTES,
        MAX_UPDATE_BYTES,
        5,
      ]);
    });

    test('L1: the older half is put away while entries come in, and nothing is lost or moved', async () => {
      const options = { journalMaxBytes: 4096 };
      const { log, reopen } = await start(options);
      const ids = [content('a'), discussion('a'), content('b')];
      const ears = ids.map(() => new Ear());
      const channels = await Promise.all(ids.map((id, index) => log.open(id, ears[index]!)));
      const expected: string[][] = ids.map(() => []);
      for (let round = 0; round < 300; round++) {
        const index = round % 7 === 0 ? 1 : round % 2 ? 0 : 2;
        const text = `entry ${round} ${'.'.repeat(round % 50)}`;
        expected[index]!.push(text);
        channels[index]!.append(newEntry(text, { clientSeq: round, timeMs: round }));
        if (round % 5 === 0) await ears[index]!.hears(expected[index]!.length);
        if (round % 60 === 0) {
          const known = await textsOf(channels[index]!);
          expect(known).toEqual(expected[index]!.slice(0, known.length));
        }
      }
      await Promise.all(channels.map((channel) => channel.close()));
      for (const place of [() => log, () => reopen(options), () => reopen()]) {
        const opened = await place();
        const again = await Promise.all(ids.map((id) => opened.open(id, new Ear())));
        for (const [index, channel] of again.entries()) {
          const texts = expected[index]!;
          expect(channel.head).toBe(texts.length);
          for (const after of [0, 1, Math.floor(texts.length / 2), texts.length - 1, texts.length]) {
            expect(await textsOf(channel, after)).toEqual(texts.slice(after));
          }
        }
        await Promise.all(again.map((channel) => channel.close()));
      }
    });

    const numRuns = Number(process.env.WEFT_SEEDS ?? plans);
    test('does whatever is asked of it in any order', { timeout: 30_000 + numRuns * MS_A_PLAN }, async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(steps, { maxLength: 60 }), async (plan) => {
          const place = await newPlace();
          try {
            await runPlan(place, plan);
          } finally {
            await place.remove();
          }
        }),
        { numRuns },
      );
    });
  });
}

const emptyDocument = (name: string) => ({ name, title: '', excerpt: '', characters: 0 });
