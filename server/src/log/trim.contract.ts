// What every DocumentLog must do when the past of its documents is trimmed (L5). Each test also opens the log again.

import { describe, expect, test } from 'vitest';
import type { ChannelId, DocumentLog, RecordChange, Seq } from './document-log.js';
import {
  checkpointAt,
  content,
  discussion,
  Ear,
  type LogPlace,
  newEntry,
  type PlaceOptions,
  startLog,
  textOf,
} from './test/log-harness.js';

const NOTES = content('notes');
const textAt = (seq: Seq): string => `entry ${seq} ${'.'.repeat(seq % 30)}`;
const timeAt = (seq: Seq): number => 1000 + seq;

export function testTrimming(name: string, newPlace: () => Promise<LogPlace>): void {
  describe(`${name}: a log whose past is trimmed`, () => {
    const start = (options?: PlaceOptions) => startLog(newPlace, options);

    /** Appends so many entries to a channel, in groups of one and more. */
    async function write(log: DocumentLog, id: ChannelId, count: number): Promise<void> {
      const ear = new Ear();
      const channel = await log.open(id, ear);
      const { head } = channel;
      for (let seq = head + 1; seq <= head + count; seq++) {
        channel.append(newEntry(textAt(seq), { timeMs: timeAt(seq) }));
        if (seq % 3 === 0) await ear.hears(seq);
      }
      await channel.close();
    }

    async function trim(log: DocumentLog, seq: Seq, id = NOTES, forget: RecordChange[] = []): Promise<void> {
      const { epoch } = await log.view(id);
      await log.trim([{ id, epoch, checkpoint: checkpointAt(seq, `base ${seq}`) }], forget);
    }

    async function expectTrimmed(log: DocumentLog, cut: Seq, head: Seq, id = NOTES): Promise<void> {
      const view = await log.view(id);
      expect(view.head).toBe(head);
      expect(await view.base()).toMatchObject({ checkpoint: { seq: cut }, timeMs: timeAt(cut) });
      const left = Array.from({ length: head - cut }, (_, index) => textAt(cut + 1 + index));
      expect((await view.entriesAfter(cut)).map(textOf)).toEqual(left);
      expect(await view.linkAt(head)).toEqual(view.link);
      expect((await view.base())!.link).toEqual(await view.linkAt(cut));
      for (const gone of [
        () => view.entriesAfter(0),
        () => view.entriesAfter(0, 1, 10),
        () => view.entriesAfter(cut - 1, cut),
        () => view.entriesAfter(cut - 1, head, 10),
        () => view.linkAt(cut - 1),
      ]) {
        await expect(gone()).rejects.toMatchObject({ code: 'PAST_TRIMMED' });
      }
      expect(await view.checkpointAt(cut - 1)).toBeNull();
    }

    test.each([
      ['all in the newest part', 8 * 1024 * 1024],
      ['mostly put away', 1000],
    ])('L5: keeps epoch, seqs and links, and the base stands for what is gone: %s', async (_, journalMaxBytes) => {
      const { log, reopen } = await start({ journalMaxBytes });
      await write(log, NOTES, 80);
      await write(log, content('other'), 10);
      const before = await log.view(NOTES);
      const links = await Promise.all([50, 51, 80].map((seq) => before.linkAt(seq)));
      await trim(log, 50);
      for (const place of [() => log, reopen]) {
        const opened = await place();
        await expectTrimmed(opened, 50, 80);
        const view = await opened.view(NOTES);
        expect(view).toMatchObject({ epoch: before.epoch, head: 80, checkpoint: checkpointAt(50, 'base 50') });
        expect(await Promise.all([50, 51, 80].map((seq) => view.linkAt(seq)))).toEqual(links);
        expect(await (await opened.view(content('other'))).entriesAfter(0)).toHaveLength(10);
        expect((await opened.usage()).get(NOTES.document)!.entries).toBe(30);
      }
      // A view from before reads what is left, and is told of the rest.
      const again = await reopen();
      await write(again, NOTES, 5);
      await trim(again, 60);
      await expectTrimmed(again, 60, 85);
      await again.compact(() => undefined);
      await expectTrimmed(await reopen(), 60, 85);
    });

    test('L5: goes no way back, and to the very end', async () => {
      const { log, reopen } = await start();
      await write(log, NOTES, 20);
      await trim(log, 10);
      await trim(log, 7);
      await trim(log, 10);
      await expectTrimmed(log, 10, 20);
      await trim(log, 20);
      await expectTrimmed(log, 20, 20);
      const again = await reopen();
      await expectTrimmed(again, 20, 20);
      expect((await again.usage()).get(NOTES.document)!.entries).toBe(0);
      await write(again, NOTES, 3);
      await expectTrimmed(await reopen(), 20, 23);
    });

    test('L1: several are trimmed at once, whether they have left the journal or not, and lose nothing that stays', async () => {
      const { log, reopen } = await start({ journalMaxBytes: 3000 });
      const ids = [NOTES, discussion('notes'), content('other'), content('third')];
      // Of each a little at a time, so that what leaves the journal leaves every one of them with a part in it.
      for (let round = 0; round < 12; round++) for (const id of ids) await write(log, id, 5);
      const trims = ids.map((id, index) => ({ id, epoch: 1, checkpoint: checkpointAt([10, 58, 20, 59][index]!) }));
      await log.trim(trims, []);
      for (const place of [() => log, reopen]) {
        const opened = await place();
        for (const [index, id] of ids.entries()) await expectTrimmed(opened, trims[index]!.checkpoint.seq, 60, id);
      }
    });

    test('a view of what has gone as a whole says so, and not that it is damaged', async () => {
      const { log } = await start();
      await write(log, NOTES, 10);
      const old = await log.view(NOTES);
      await write(log, NOTES, 10);
      await trim(log, 10);
      expect(await old.base()).toMatchObject({ checkpoint: { seq: 10 } });
      await trim(log, 15);
      await expect(old.base()).rejects.toMatchObject({ code: 'PAST_TRIMMED' });
      await expect(old.entriesAfter(0)).rejects.toMatchObject({ code: 'PAST_TRIMMED' });
    });

    test('trims while the channel is written, and its checkpoints go on', async () => {
      const { log, reopen } = await start({ journalMaxBytes: 2000 });
      await write(log, NOTES, 30);
      const ear = new Ear();
      const channel = await log.open(NOTES, ear);
      await channel.putCheckpoint(checkpointAt(5));
      const old = await log.view(NOTES);
      const proof = channel.proof.slice();
      for (let seq = 31; seq <= 40; seq++) channel.append(newEntry(textAt(seq), { timeMs: timeAt(seq) }));
      await trim(log, 25);
      await ear.hears(40);
      await expect(old.entriesAfter(5)).rejects.toMatchObject({ code: 'PAST_TRIMMED' });
      expect((await old.entriesAfter(25)).map(textOf)).toEqual([26, 27, 28, 29, 30].map(textAt));
      expect(channel.checkpoint).toEqual(checkpointAt(25, 'base 25'));
      // What was built meanwhile of something older is worth nothing.
      await channel.putCheckpoint(checkpointAt(20));
      expect(channel.checkpoint?.seq).toBe(25);
      await channel.putCheckpoint(checkpointAt(35));
      expect(channel.checkpoint?.seq).toBe(35);
      expect(await channel.judge({ epoch: channel.epoch, seq: 30, proof })).toBe('held');
      await channel.close();
      for (const place of [() => log, reopen]) {
        const opened = await place();
        await expectTrimmed(opened, 25, 40);
        const view = await opened.view(NOTES);
        expect(view.checkpoint?.seq).toBe(35);
        expect((await view.checkpointAt(34))?.seq).toBe(25);
      }
    });

    test('who comes back with an entry that was trimmed has lost nothing', async () => {
      const { log } = await start();
      await write(log, NOTES, 8);
      const first = await log.open(NOTES, new Ear());
      const proof = first.proof.slice();
      await first.close();
      await write(log, NOTES, 8);
      await trim(log, 12);
      const channel = await log.open(NOTES, new Ear());
      const claim = { epoch: channel.epoch, seq: 8, proof };
      expect(await channel.judge(claim)).toBe('held');
      expect(await channel.judge({ ...claim, seq: 9 })).toBe('unproven');
      await channel.close();
    });

    test('takes several channels and the records that point to them in one go, and nothing of another epoch', async () => {
      const { log, reopen } = await start();
      const said = discussion('notes');
      await write(log, NOTES, 10);
      await write(log, said, 10);
      const value = new TextEncoder().encode('{}');
      const [gone, kept] = ['notes\x000-1', 'notes\x001-1'] as [string, string];
      await log.records.write([gone, kept].map((key) => ({ table: 'version', key, value })));
      const { epoch } = await log.view(NOTES);
      const forget = [{ table: 'version', key: gone, value: null }] as const;
      const trims = [NOTES, said].map((id) => ({ id, epoch, checkpoint: checkpointAt(4, 'base') }));
      const wrong = [trims[0]!, { ...trims[1]!, epoch: epoch + 1 }];
      await expect(log.trim(wrong, forget)).rejects.toMatchObject({ code: 'CHANNEL_REPLACED' });
      expect(await (await log.view(NOTES)).base()).toBeNull();
      expect(await log.records.list('version')).toHaveLength(2);
      await log.trim(trims, forget);
      for (const place of [() => log, reopen]) {
        const opened = await place();
        for (const id of [NOTES, said]) await expectTrimmed(opened, 4, 10, id);
        expect((await opened.records.list('version')).map(({ key }) => key)).toEqual([kept]);
      }
    });

    test('L5: all of it goes under a new epoch, in which what was told before is worth nothing, and once more', async () => {
      const { log, reopen } = await start({ journalMaxBytes: 1000 });
      await write(log, NOTES, 20);
      await write(log, discussion('notes'), 4);
      const before = await log.view(NOTES);
      const told = await log.open(NOTES, new Ear());
      const claim = { epoch: told.epoch, seq: 20, proof: told.proof.slice() };
      const renew = async () => {
        const { epoch } = await log.view(NOTES);
        await log.trim([{ id: NOTES, epoch, checkpoint: checkpointAt(20, 'base 20'), beginsEpoch: true }], []);
      };
      await expect(renew()).rejects.toThrow('is open');
      await told.close();
      await trim(log, 7);
      await renew();
      await expect(before.entriesAfter(18)).rejects.toMatchObject({ code: 'CHANNEL_REPLACED' });
      await expectTrimmed(log, 20, 20);
      const { epoch } = await log.view(NOTES);
      expect(epoch).toBeGreaterThan(before.epoch);
      // Where all of the past went before, what is told from here on is still of another epoch.
      await renew();
      expect((await log.view(NOTES)).epoch).toBeGreaterThan(epoch);
      const again = await reopen();
      await expectTrimmed(again, 20, 20);
      expect((await again.view(discussion('notes'))).epoch).toBe(before.epoch);
      const channel = await again.open(NOTES, new Ear());
      expect(await channel.judge(claim)).toBe('unproven');
      await channel.close();
      await write(again, NOTES, 3);
      await expectTrimmed(await reopen(), 20, 23);
    });

    test('no entry is lost to a new epoch: what came after the base stays behind it', async () => {
      const { log, reopen } = await start();
      await write(log, NOTES, 5);
      const { epoch } = await log.view(NOTES);
      await log.trim([{ id: NOTES, epoch, checkpoint: checkpointAt(4), beginsEpoch: true }], []);
      for (const place of [() => log, reopen]) {
        const opened = await place();
        await expectTrimmed(opened, 4, 5);
        expect((await opened.view(NOTES)).epoch).toBeGreaterThan(epoch);
      }
    });

    test('erases a record, and no other', async () => {
      const { log, reopen } = await start();
      const value = new TextEncoder().encode('{}');
      await log.records.write(['u-1', 'u-10', 'u-2'].map((key) => ({ table: 'person', key, value })));
      await log.eraseRecord('person', 'u-1');
      await log.eraseRecord('person', 'u-1');
      for (const place of [() => log, reopen]) {
        expect((await (await place()).records.list('person')).map(({ key }) => key)).toEqual(['u-10', 'u-2']);
      }
    });

    test('refuses a base that stands for nothing, or for what is not there', async () => {
      const { log } = await start();
      await write(log, NOTES, 3);
      await expect(trim(log, 0)).rejects.toThrow('invariant');
      await expect(trim(log, 4)).rejects.toThrow('invariant');
      await log.close();
      await expect(log.trim([], [])).rejects.toMatchObject({ code: 'LOG_CLOSED' });
    });

    test('a trimmed channel is replaced and erased like any other, and can itself be what takes a place', async () => {
      const { log, reopen } = await start();
      await write(log, NOTES, 20);
      await trim(log, 12);
      const view = await log.view(NOTES);
      const copied = { base: await view.base(), entries: await view.entriesAfter(12), checkpoint: checkpointAt(15) };
      await log.replaceChannel(content('copy'), copied);
      await expectTrimmed(log, 12, 20, content('copy'));
      expect((await log.view(content('copy'))).link).toEqual(view.link);
      await log.replaceChannel(content('copy'), { ...copied, entries: [], checkpoint: null });
      await expectTrimmed(log, 12, 12, content('copy'));
      await log.replaceChannel(NOTES, { entries: [], checkpoint: null });
      await log.eraseDocument(content('copy').document);
      for (const place of [() => log, reopen]) {
        const opened = await place();
        for (const id of [NOTES, content('copy')]) {
          const empty = await opened.view(id);
          expect(empty).toMatchObject({ head: 0, checkpoint: null });
          expect(await empty.base()).toBeNull();
        }
      }
    });
  });
}
