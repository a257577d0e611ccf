// What every log must do about epochs, and about what clients say they hold (L3).

import { describe, expect, test } from 'vitest';
import type { DocumentLog, OpenChannel } from './document-log.js';
import {
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
const NOBODY = new Ear();

export function testEpochs(name: string, newPlace: () => Promise<LogPlace>): void {
  describe(`${name}: epochs and claims`, () => {
    const start = (options?: PlaceOptions) => startLog(newPlace, options);

    /** Each in a group of its own. */
    async function write(log: DocumentLog, texts: readonly string[], id = NOTES): Promise<OpenChannel> {
      const ear = new Ear();
      const channel = await log.open(id, ear);
      for (const text of texts) await ear.hears(channel.append(newEntry(text)));
      return channel;
    }

    test('a new epoch is the second it began, or one more than the last; the entries and their links stay', async () => {
      const { log, reopen } = await start();
      const before = await write(log, ['a', 'b']);
      const { link } = before;
      await before.close();
      const began = Math.floor(Date.now() / 1000);
      const first = await log.beginEpoch(NOTES);
      expect(first - began).toBeGreaterThanOrEqual(0);
      expect(first - began).toBeLessThan(60);
      const second = await log.beginEpoch(NOTES);
      expect(second).toBeGreaterThan(first);
      const after = await (await reopen()).open(NOTES, NOBODY);
      expect([after.epoch, after.head, after.link]).toEqual([second, 2, link]);
      expect((await after.entriesAfter(0)).map(textOf)).toEqual(['a', 'b']);
    });

    test('an epoch belongs to one channel, which may not even have an entry', async () => {
      const { log, reopen } = await start();
      const epoch = await log.beginEpoch(NOTES);
      const again = await reopen();
      expect((await again.open(NOTES, NOBODY)).epoch).toBe(epoch);
      expect((await again.open(discussion('notes'), NOBODY)).epoch).toBe(1);
      expect(await again.documents()).toEqual([]);
    });

    test('a channel that is open keeps its epoch', async () => {
      const { log } = await start();
      await log.open(NOTES, NOBODY);
      await expect(log.beginEpoch(NOTES)).rejects.toThrow('is open');
    });

    test('L1: an epoch outlives the moving of entries, before it and at the same time', async () => {
      const { log, reopen } = await start({ journalMaxBytes: 400 });
      const texts = Array.from({ length: 12 }, (_, at) => `entry ${at}`);
      await (await write(log, texts)).close();
      const other = write(log, texts, content('other'));
      const epoch = await log.beginEpoch(NOTES);
      await other;
      const goesOn = await write(log, texts);
      expect(goesOn.epoch).toBe(epoch);
      await goesOn.close();
      expect((await (await reopen()).open(NOTES, NOBODY)).epoch).toBe(epoch);
    });

    test('L3: what was told is held, whenever it is shown', async () => {
      const { log, reopen } = await start({ journalMaxBytes: 400 });
      const ear = new Ear();
      const channel = await log.open(NOTES, ear);
      const proofs = [channel.proof];
      for (let seq = 1; seq <= 20; seq++) {
        channel.append(newEntry(`entry ${seq}`));
        await ear.hears(seq);
        proofs.push(channel.proof);
      }
      expect(new Set(proofs.map((proof) => Buffer.from(proof).toString('hex'))).size).toBe(21);
      for (const [seq, proof] of proofs.entries())
        expect(await channel.judge({ epoch: channel.epoch, seq: seq, proof })).toBe('held');
      const again = await (await reopen()).open(NOTES, NOBODY);
      for (const [seq, proof] of proofs.entries())
        expect(await again.judge({ epoch: again.epoch, seq: seq, proof })).toBe('held');
    });

    test('L3: what was not told is not proven: another seq, channel, epoch or store, other bytes, none', async () => {
      const { log, reopen } = await start();
      const channel = await write(log, ['a', 'b']);
      const { proof } = channel;
      const { log: foreign } = await start();
      const inForeign = await write(foreign, ['a', 'b']);
      const inDiscussion = await write(log, ['a', 'b'], discussion('notes'));
      const inOther = await write(log, ['a', 'b'], content('other'));
      expect(await channel.judge({ epoch: channel.epoch, seq: 2, proof })).toBe('held');
      for (const seq of [0, 1, 3, 2 ** 40])
        expect(await channel.judge({ epoch: channel.epoch, seq: seq, proof })).toBe('unproven');
      for (const other of [inForeign, inDiscussion, inOther]) {
        expect(other.link).toEqual(channel.link);
        expect(await other.judge({ epoch: other.epoch, seq: 2, proof })).toBe('unproven');
      }
      for (let at = 0; at < proof.length; at++) {
        const changed = proof.slice();
        changed[at]! ^= 1;
        expect(await channel.judge({ epoch: channel.epoch, seq: 2, proof: changed })).toBe('unproven');
      }
      for (const length of [0, 8, 15])
        expect(await channel.judge({ epoch: channel.epoch, seq: 2, proof: proof.slice(0, length) })).toBe('unproven');
      await channel.close();
      await log.beginEpoch(NOTES);
      expect(
        await (await reopen())
          .open(NOTES, NOBODY)
          .then((later) => later.judge({ epoch: channel.epoch, seq: 2, proof })),
      ).toBe('unproven');
    });
  });
}
