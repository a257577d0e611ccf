// What every view of a channel must do: be the channel at one moment, whatever moves in the log meanwhile.

import { describe, expect, test } from 'vitest';
import type { ChannelView, Seq } from './document-log.js';
import {
  checkpointAt,
  content,
  Ear,
  type LogPlace,
  newEntry,
  type PlaceOptions,
  startLog,
  textOf,
} from './test/log-harness.js';

export function testChannelViews(name: string, newPlace: () => Promise<LogPlace>): void {
  describe(`${name}: a view of a channel`, () => {
    const start = async (options?: PlaceOptions) => (await startLog(newPlace, options)).log;

    const textsOf = async (view: ChannelView, after: Seq = 0, upTo?: Seq): Promise<string[]> =>
      (await view.entriesAfter(after, upTo)).map(textOf);

    test('shows a channel that does not exist as empty, and creates nothing', async () => {
      const log = await start();
      const view = await log.view(content('notes'));
      expect(view).toMatchObject({ id: content('notes'), epoch: 1, head: 0, checkpoint: null });
      expect(view.link).toEqual(new Uint8Array(16));
      expect(await view.linkAt(0)).toEqual(view.link);
      expect(await view.entriesAfter(0)).toEqual([]);
      expect(await view.checkpointAt(0)).toBeNull();
      expect(await log.documents()).toEqual([]);
    });

    test('ends where the channel ended when it was taken, open or closed', async () => {
      const log = await start();
      const ear = new Ear();
      const channel = await log.open(content('notes'), ear);
      for (const text of ['a', 'b', 'c']) channel.append(newEntry(text));
      await ear.hears(3);
      await channel.putCheckpoint(checkpointAt(2));
      const view = await log.view(content('notes'));
      for (const text of ['d', 'e']) channel.append(newEntry(text));
      await ear.hears(5);
      await channel.putCheckpoint(checkpointAt(4));
      await channel.close();
      const later = await log.view(content('notes'));
      expect([view.head, view.checkpoint?.seq, later.head, later.checkpoint?.seq]).toEqual([3, 2, 5, 4]);
      expect(await textsOf(view)).toEqual(['a', 'b', 'c']);
      expect(await textsOf(view, 1, 2)).toEqual(['b']);
      expect(await textsOf(view, 3)).toEqual([]);
      await expect(view.entriesAfter(0, 4)).rejects.toThrow('invariant');
      await expect(view.linkAt(4)).rejects.toThrow('invariant');
      expect(await textsOf(later, 2)).toEqual(['c', 'd', 'e']);
      expect(await view.linkAt(3)).toEqual(view.link);
      expect(await later.linkAt(3)).toEqual(view.link);
      expect(await later.linkAt(5)).toEqual(later.link);
      expect(await later.checkpointAt(4)).toEqual(checkpointAt(4));
      await log.close();
      await expect(view.entriesAfter(0)).rejects.toMatchObject({ code: 'LOG_CLOSED' });
      await expect(log.view(content('notes'))).rejects.toMatchObject({ code: 'LOG_CLOSED' });
    });

    test('an open channel is a view whose head moves', async () => {
      const log = await start();
      const ear = new Ear();
      const channel = await log.open(content('notes'), ear);
      channel.append(newEntry('a'));
      await ear.hears(1);
      const first = channel.link;
      channel.append(newEntry('b'));
      await ear.hears(2);
      expect(await channel.linkAt(1)).toEqual(first);
      expect(await channel.linkAt(2)).toEqual(channel.link);
      expect(channel.link).not.toEqual(first);
      expect(await textsOf(channel, 0, 1)).toEqual(['a']);
      await expect(channel.entriesAfter(0, 3)).rejects.toThrow('invariant');
    });

    test('gives its entries in portions by bytes: never none, and no more than with one entry beyond them', async () => {
      const log = await start({ journalMaxBytes: 2000 });
      const ear = new Ear();
      const channel = await log.open(content('notes'), ear);
      const updates = Array.from({ length: 120 }, (_, n) => new Uint8Array(n % 10 === 9 ? 400 : 10).fill(n));
      for (const [n, update] of updates.entries()) {
        channel.append(newEntry('', { update }));
        if (n % 7 === 0) await ear.hears(n + 1);
      }
      await channel.close();
      const view = await log.view(content('notes'));
      for (const maxBytes of [1, 100, 1000, 1e6]) {
        const read: Uint8Array[] = [];
        while (read.length < view.head) {
          const portion = (await view.entriesAfter(read.length, view.head, maxBytes)).map(({ update }) => update);
          const beforeLast = portion.slice(0, -1).reduce((sum, { length }) => sum + length, 0);
          expect([portion.length > 0, beforeLast < maxBytes]).toEqual([true, true]);
          read.push(...portion);
        }
        expect(read).toEqual(updates);
      }
      expect(await view.entriesAfter(view.head, view.head, 1)).toEqual([]);
      expect(await view.entriesAfter(3, 5, 1e6)).toHaveLength(2);
    });

    test('stays the same while its entries move from the journal to segments', async () => {
      const log = await start({ journalMaxBytes: 2000 });
      const ear = new Ear();
      const channel = await log.open(content('notes'), ear);
      const texts: string[] = [];
      const views: ChannelView[] = [];
      for (let round = 0; round < 200; round++) {
        texts.push(`entry ${round} ${'.'.repeat(round % 40)}`);
        channel.append(newEntry(texts.at(-1)!, { timeMs: round }));
        if (round % 3 === 0) await ear.hears(round + 1);
        if (round % 20 === 0) views.push(await log.view(content('notes')));
      }
      await channel.close();
      const last = await log.view(content('notes'));
      for (const view of views) {
        expect(await textsOf(view)).toEqual(texts.slice(0, view.head));
        const middle = Math.floor(view.head / 2);
        const before = Math.max(0, middle - 5);
        expect(await textsOf(view, before, middle)).toEqual(texts.slice(before, middle));
        expect(await last.linkAt(view.head)).toEqual(view.link);
        expect(await view.linkAt(middle)).toEqual(await last.linkAt(middle));
      }
    });
  });
}
