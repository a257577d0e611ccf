// Power is lost at every write of a seeded run, before and after the write reached the disk. What comes back is what was
// acknowledged, and perhaps the group nobody had heard of yet: whole, in order, and fit to go on with.

import { deflateRawSync, inflateRawSync } from 'node:zlib';
import * as prng from 'lib0/prng';
import { expect, test } from 'vitest';
import type { DocumentLog, OpenChannel } from '../document-log.js';
import { openMemoryLog } from '../memory-log.js';
import { MemoryStore } from '../memory-store.js';
import { checkpointAt, content, discussion, documentName, Ear, newEntry, textOf } from '../test/log-harness.js';
import { anchorKey } from './keys.js';

const ids = [content('a'), discussion('a'), content('a/b'), content('c')];
const options = {
  journalMaxBytes: 1200,
  deflate: async (columns: Uint8Array): Promise<Uint8Array> => deflateRawSync(columns),
  inflate: async (deflated: Uint8Array): Promise<Uint8Array> => inflateRawSync(deflated),
};

interface Writer {
  readonly channel: OpenChannel;
  readonly ear: Ear;
  readonly texts: string[];
  acknowledgedCheckpoint: number;
}

async function openWriters(log: DocumentLog): Promise<Writer[]> {
  return Promise.all(
    ids.map(async (id) => {
      const ear = new Ear();
      const channel = await log.open(id, ear);
      return { channel, ear, texts: (await channel.entriesAfter(0)).map(textOf), acknowledgedCheckpoint: 0 };
    }),
  );
}

/** Writes at random until the run is over or `crashed` resolves. */
async function run(log: DocumentLog, writers: readonly Writer[], seed: number, crashed: Promise<void>) {
  const random = prng.create(seed);
  let isOver = false;
  const over = crashed.then(() => {
    isOver = true;
  });
  const created: string[] = [];
  for (let step = 0; step < 200 && !isOver; step++) {
    const writer = prng.oneOf(random, [...writers]);
    const { channel, ear, texts } = writer;
    const chance = prng.uint32(random, 0, 99);
    if (chance < 65) {
      texts.push(`${texts.length} ${prng.word(random, 0, 60)}`);
      expect(channel.append(newEntry(texts.at(-1)!, { timeMs: step, clientSeq: step }))).toBe(texts.length);
    } else if (chance < 85) {
      await Promise.race([ear.hears(texts.length), over]);
    } else if (chance < 92) {
      const seq = channel.head;
      const put = channel.putCheckpoint(checkpointAt(seq)).then(() => {
        writer.acknowledgedCheckpoint = Math.max(seq, writer.acknowledgedCheckpoint);
      });
      await Promise.race([put, over]);
    } else {
      const name = documentName(`created ${step}`);
      const put = log.createDocument(name, step).then(() => created.push(name));
      await Promise.race([put, over]);
    }
  }
  await Promise.race([Promise.all(writers.map(({ ear, texts }) => ear.hears(texts.length))), over]);
  return { created, isOver };
}

/** Writes that rolled a part of the journal, over all runs. */
let rolls = 0;

/** @returns whether the run came as far as the write it was to crash at */
async function crashAtWrite(crashingWrite: number, seed: number, keepInFlight: boolean): Promise<boolean> {
  let writes = 0;
  let crash = (): void => undefined;
  const crashed = new Promise<void>((resolve) => {
    crash = resolve;
  });
  const store = new MemoryStore({
    beforeBatch: (operations) => {
      writes++;
      if (operations.some(({ key }) => key === anchorKey)) rolls++;
      if (writes < crashingWrite) return;
      crash();
      return new Promise(() => undefined);
    },
  });
  const opening = openMemoryLog(store, options);
  const log = await Promise.race([opening, crashed]);
  const before = log ? await openWriters(log) : [];
  const { created, isOver } = log ? await run(log, before, seed, crashed) : { created: [], isOver: true };
  if (!isOver) return false;

  const disk = store.crash({ keepInFlight });
  const recovered = await openMemoryLog(disk, options);
  const after = await openWriters(recovered);
  const documents = (await recovered.documents()).map((document) => document.name);
  expect(documents).toEqual(expect.arrayContaining(created));
  for (const [index, { channel, texts, ear }] of after.entries()) {
    const writer = before[index] ?? { texts: [], ear: new Ear(), acknowledgedCheckpoint: 0 };
    expect(texts).toEqual(writer.texts.slice(0, texts.length));
    expect(texts.length).toBeGreaterThanOrEqual(writer.ear.heard.at(-1) ?? 0);
    expect(channel.head).toBe(texts.length);
    expect(channel.checkpoint?.seq ?? 0).toBeGreaterThanOrEqual(writer.acknowledgedCheckpoint);
    if (texts.length > 0) expect(documents).toContain(channel.id.document);
    texts.push('went on');
    expect(channel.append(newEntry('went on'))).toBe(texts.length);
    await ear.hears(texts.length);
  }
  await recovered.close();
  const again = await openMemoryLog(disk.reopen());
  expect((await openWriters(again)).map(({ texts }) => texts)).toEqual(after.map(({ texts }) => texts));
  await again.close();
  return true;
}

test.each([1, 2, 3, 4])('I1, I3: a crash at any write keeps what was acknowledged (seed %i)', async (seed) => {
  let write = 1;
  while ((await crashAtWrite(write, seed, false)) && (await crashAtWrite(write, seed, true))) write++;
  expect(write).toBeGreaterThan(30);
  expect(rolls).toBeGreaterThan(30);
});
