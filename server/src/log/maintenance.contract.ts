// What every DocumentLog must do when it is rearranged: replacing, erasing, compacting. Each test also opens the log again.

import { describe, expect, test } from 'vitest';
import type { ChannelView, DocumentLog, Entry } from './document-log.js';
import {
  checkpointAt,
  content,
  discussion,
  documentName,
  Ear,
  type LogPlace,
  newEntry,
  type PlaceOptions,
  startLog,
  textOf,
} from './test/log-harness.js';

const entriesOf = (...texts: string[]): Entry[] =>
  texts.map((text, index) => ({ seq: index + 1, ...newEntry(text, { timeMs: 1000 + index }) }));

export function testMaintenance(name: string, newPlace: () => Promise<LogPlace>): void {
  describe(`${name}: a log that is rearranged`, () => {
    const start = (options?: PlaceOptions) => startLog(newPlace, options);

    const textsOf = async (view: ChannelView): Promise<string[]> => (await view.entriesAfter(0)).map(textOf);

    async function write(log: DocumentLog, id = content('notes'), ...texts: string[]): Promise<void> {
      const channel = await log.open(id, new Ear());
      for (const text of texts) channel.append(newEntry(text));
      await channel.close();
    }

    test('replaces a channel under a new epoch, and its document remains', async () => {
      const { log, reopen } = await start();
      await write(log, content('notes'), 'a', 'b', 'c');
      await write(log, discussion('notes'), 'said');
      const before = await log.view(content('notes'));
      const about = await log.document(documentName('notes'));
      const earliest = Math.floor(Date.now() / 1000);
      const epoch = await log.replaceChannel(content('notes'), {
        entries: entriesOf('x', 'y'),
        checkpoint: checkpointAt(1),
      });
      expect(epoch).toBeGreaterThanOrEqual(earliest);
      expect(epoch).toBeLessThanOrEqual(Date.now() / 1000);
      await expect(before.entriesAfter(0)).rejects.toMatchObject({ code: 'CHANNEL_REPLACED' });
      await expect(before.linkAt(1)).rejects.toMatchObject({ code: 'CHANNEL_REPLACED' });
      const again = await log.replaceChannel(content('notes'), {
        entries: entriesOf('x', 'y', 'z'),
        checkpoint: checkpointAt(2),
      });
      expect(again).toBeGreaterThan(epoch!);
      for (const place of [() => log, reopen]) {
        const opened = await place();
        const view = await opened.view(content('notes'));
        expect(view).toMatchObject({ epoch: again, head: 3, checkpoint: checkpointAt(2) });
        expect(await view.entriesAfter(0)).toEqual(entriesOf('x', 'y', 'z'));
        expect(await view.linkAt(3)).toEqual(view.link);
        expect(await textsOf(await opened.view(discussion('notes')))).toEqual(['said']);
        expect(await opened.document(documentName('notes'))).toEqual(about);
      }
      const last = await reopen();
      const channel = await last.open(content('notes'), new Ear());
      expect(channel.epoch).toBe(again);
      expect(channel.append(newEntry('more', { timeMs: 1 }))).toBe(4);
      await channel.close();
      expect((await (await last.view(content('notes'))).entriesAfter(2)).map((entry) => entry.timeMs)).toEqual([
        1002, 1002,
      ]);
    });

    test('a replaced channel is a copy: its links are those of the original', async () => {
      const { log } = await start({ journalMaxBytes: 2000 });
      await write(log, content('notes'), ...Array.from({ length: 200 }, (_, index) => `entry ${index}`));
      const original = await log.view(content('notes'));
      const entries = await original.entriesAfter(0);
      await log.replaceChannel(content('copy'), { entries, checkpoint: checkpointAt(7) });
      const copy = await log.view(content('copy'));
      expect(copy.link).toEqual(original.link);
      expect(await copy.linkAt(77)).toEqual(await original.linkAt(77));
      expect(await copy.entriesAfter(0)).toEqual(entries);
      expect(await log.document(documentName('copy'))).toMatchObject({ title: '', createdAtMs: entries[0]!.timeMs });
    });

    test('replaces nothing while the channel is open, nor by what is no channel', async () => {
      const { log } = await start();
      const nothing = { entries: [], checkpoint: null };
      const channel = await log.open(content('notes'), new Ear());
      await expect(log.replaceChannel(content('notes'), nothing)).rejects.toThrow('open already');
      await expect(log.eraseDocument(documentName('notes'))).rejects.toThrow('open already');
      await channel.close();
      const [first, second] = entriesOf('a', 'b') as [Entry, Entry];
      for (const wrong of [
        { entries: [second], checkpoint: null },
        { entries: [first, { ...second, timeMs: 3 }], checkpoint: null },
        { entries: [first, second], checkpoint: checkpointAt(3) },
        { entries: [], checkpoint: checkpointAt(0) },
      ]) {
        await expect(log.replaceChannel(content('notes'), wrong)).rejects.toThrow('invariant');
      }
      expect(await log.documents()).toEqual([]);
      const epoch = await log.replaceChannel(content('notes'), nothing);
      expect(await log.view(content('notes'))).toMatchObject({ epoch, head: 0 });
      await (await log.open(content('notes'), new Ear())).close();
    });

    test('erases a document, and remembers its epoch for whoever comes back', async () => {
      const { log, reopen } = await start({ journalMaxBytes: 3000 });
      for (const id of ['notes', 'other']) {
        await write(log, content(id), ...Array.from({ length: 60 }, (_, index) => `${id} ${index} ${'.'.repeat(40)}`));
        await write(log, discussion(id), 'said');
      }
      const view = await log.view(content('notes'));
      await log.eraseDocument(documentName('notes'));
      await expect(view.entriesAfter(0)).rejects.toMatchObject({ code: 'CHANNEL_REPLACED' });
      let epoch = 0;
      for (const place of [() => log, reopen]) {
        const opened = await place();
        expect((await opened.documents()).map((document) => document.name)).toEqual(['other']);
        expect(await textsOf(await opened.view(content('other')))).toHaveLength(60);
        for (const id of [content('notes'), discussion('notes')]) {
          const erased = await opened.view(id);
          expect(erased).toMatchObject({ head: 0, checkpoint: null });
          expect(erased.epoch).toBeGreaterThan(1_700_000_000);
          epoch = erased.epoch;
        }
      }
      const again = await reopen();
      await write(again, content('notes'), 'anew', ...Array.from({ length: 99 }, () => 'x'.repeat(99)));
      const anew = await (await reopen()).view(content('notes'));
      expect(anew).toMatchObject({ epoch, head: 100 });
    });

    test('erases what does not exist', async () => {
      const { log } = await start();
      await log.eraseDocument(documentName('ghost'));
      expect(await log.documents()).toEqual([]);
      expect((await log.view(content('ghost'))).epoch).toBeGreaterThan(1);
    });

    test('compacts while documents are written and read, and nothing is lost or moved', async () => {
      const { log, reopen } = await start({ journalMaxBytes: 2000 });
      const ids = [content('a'), discussion('a'), content('b')];
      const ears = ids.map(() => new Ear());
      const channels = await Promise.all(ids.map((id, index) => log.open(id, ears[index]!)));
      const expected: string[][] = ids.map(() => []);
      const writeSome = async (count: number): Promise<void> => {
        for (let round = 0; round < count; round++) {
          const index = round % ids.length;
          expected[index]!.push(`entry ${expected[index]!.length} ${'.'.repeat(round % 30)}`);
          channels[index]!.append(newEntry(expected[index]!.at(-1)!));
          if (round % 4 === 0) await ears[index]!.hears(expected[index]!.length);
        }
      };
      await writeSome(300);
      const views = await Promise.all(ids.map((id) => log.view(id)));
      const progress: { done: number; total: number }[] = [];
      await Promise.all([log.compact((step) => progress.push(step)), writeSome(60)]);
      expect(progress).toEqual([0, 1, 2].map((done) => ({ done, total: 2 })));
      for (const [index, view] of views.entries()) {
        expect(await textsOf(view)).toEqual(expected[index]!.slice(0, view.head));
        expect(await view.linkAt(view.head)).toEqual(view.link);
      }
      await Promise.all(channels.map((channel) => channel.close()));
      await log.compact(() => undefined);
      for (const place of [() => log, reopen]) {
        const opened = await place();
        for (const [index, id] of ids.entries()) {
          const view = await opened.view(id);
          expect(await textsOf(view)).toEqual(expected[index]);
          expect(await view.linkAt(views[index]!.head)).toEqual(views[index]!.link);
        }
      }
    });

    test('is not rearranged once it is closing', async () => {
      const { log } = await start();
      await write(log, content('notes'), 'a');
      await log.close();
      const refusal = { code: 'LOG_CLOSED' };
      await expect(log.compact(() => undefined)).rejects.toMatchObject(refusal);
      await expect(log.eraseDocument(documentName('notes'))).rejects.toMatchObject(refusal);
      const nothing = { entries: [], checkpoint: null };
      await expect(log.replaceChannel(content('notes'), nothing)).rejects.toMatchObject(refusal);
    });
  });
}
