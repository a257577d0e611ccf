import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { expect, onTestFinished, test } from 'vitest';
import { openMemoryLog } from '../memory-log.js';
import { MemoryStore } from '../memory-store.js';
import { filesWith } from '../test/files-with.js';
import { checkpointAt, content, discussion, documentName, Ear, newEntry, textOf, turn } from '../test/log-harness.js';
import { Findings } from '../verify-report.js';
import { allJournalRange, segmentRange } from './keys.js';
import { openLevelLog } from './level-log.js';
import { openLevelStore } from './level-store.js';

/** Bytes that LevelDB's compression leaves as they are. */
function noise(bytes: number, seed: number): Uint8Array {
  let state = seed;
  return Uint8Array.from({ length: bytes }, () => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return state >> 16;
  });
}

test('L5: nothing of an erased document is in any file of a store that had little else', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'weft-erase-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const log = await openLevelLog(() => openLevelStore(folder), {
    onFailure: (error) => {
      throw error;
    },
  });
  const ear = new Ear();
  const channel = await log.open(content('erased'), ear);
  channel.append(newEntry('QkwxUpdate'));
  await ear.hears(1);
  await channel.close();
  expect(await filesWith(folder, 'QkwxUpdate')).not.toEqual([]);
  await log.eraseDocument(documentName('erased'));
  expect(await filesWith(folder, 'QkwxUpdate')).toEqual([]);
  await log.close();
});

test('L5: nothing of what the record of a trimmed document said before is in any file', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'weft-trim-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const open = async () =>
    openLevelLog(() => openLevelStore(folder), {
      onFailure: (error) => {
        throw error;
      },
    });
  let log = await open();
  const describe = (excerpt: string) =>
    log.describeDocument({ name: documentName('notes'), title: 'Title', excerpt, characters: 3, updatedAtMs: 1 }, 1);
  const ear = new Ear();
  const channel = await log.open(content('notes'), ear);
  channel.append(newEntry('text'));
  await ear.hears(1);
  await channel.close();
  await describe('QkwxFirst');
  // What was written the first time lies in LevelDB's tables then.
  await log.close();
  log = await open();
  await describe('QkwxSecond');
  await describe('Zvjp9Now');
  const { epoch } = await log.view(content('notes'));
  await log.trim([{ id: content('notes'), epoch, checkpoint: checkpointAt(1) }], []);
  for (const word of ['QkwxFirst', 'QkwxSecond']) expect([word, await filesWith(folder, word)]).toEqual([word, []]);
  expect(await log.document(documentName('notes'))).toMatchObject({ excerpt: 'Zvjp9Now' });
  await log.close();
});

test.each([
  ['in the journal', 8 * 1024 * 1024],
  ['in segments, too', 100_000],
])('L5: nothing of an erased document is in any file: what was %s', async (_, journalMaxBytes) => {
  const folder = await mkdtemp(join(tmpdir(), 'weft-erase-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const open = async () =>
    openLevelLog(() => openLevelStore(folder), {
      journalMaxBytes,
      onFailure: (error) => {
        throw error;
      },
    });
  let log = await open();
  const words = [
    'QkwxAuthor',
    'QkwxBox',
    'QkwxUpdate',
    'QkwxState',
    'QkwxTitle',
    'QkwxExcerpt',
    'QkwxName',
    'Zvjp9Shared',
    'Ybdh7Asker',
  ] as const;
  const [author, outboxId, text, state, title, excerpt, secretName, sharing, person] = words;
  const write = async (name: string, secret: boolean): Promise<void> => {
    for (const id of [content(name), discussion(name)]) {
      const ear = new Ear();
      const channel = await log.open(id, ear);
      for (let round = 1; round <= 20; round++) {
        const update = Buffer.concat([noise(10_000, round), Buffer.from(secret ? text : 'public')]);
        channel.append(newEntry('', { update, ...(secret ? { author, outboxId } : {}) }));
        await ear.hears(round);
      }
      await channel.putCheckpoint(checkpointAt(15, secret ? state : 'public'));
      await channel.close();
    }
    const characters = 3;
    const value = Buffer.from(secret ? sharing : 'public');
    await log.records.write([
      { table: 'access', key: name, value },
      { table: 'request', key: `${name}\0${secret ? person : 'u-1'}`, value },
      { table: 'asset', key: `${name}\0id`, value },
      { table: 'version', key: `${name}\0id`, value },
      { table: 'restore', key: `${name}\0id`, value },
      { table: 'audit', key: name === 'before' ? '0000000000000001' : '0000000000000002', value: Buffer.from('note') },
    ]);
    const described = secret ? { title, excerpt } : { title: 'Title', excerpt: '' };
    await log.describeDocument({ name: documentName(name), characters, updatedAtMs: 1, ...described }, 1);
  };
  await write('before', false);
  await write(secretName, true);
  await write('later', false);
  // A second time around, what was written the first time lies in LevelDB's tables.
  await log.close();
  log = await open();
  await write('more', false);
  for (const word of words) expect([word, await filesWith(folder, word)]).not.toEqual([word, []]);

  await log.eraseDocument(documentName(secretName));
  for (const word of words) expect([word, await filesWith(folder, word)]).toEqual([word, []]);
  const names = ['before', 'later', 'more'];
  expect((await log.documents()).map(({ name }) => name)).toEqual(names);
  expect((await log.records.list('access')).map(({ key }) => key)).toEqual(names);
  for (const name of names) expect(await (await log.view(content(name))).entriesAfter(0)).toHaveLength(20);
  await log.close();
});

async function keysIn(store: MemoryStore, range: Parameters<MemoryStore['range']>[0]): Promise<number> {
  let count = 0;
  for await (const _ of store.range(range)) count++;
  return count;
}

test('compacting empties the journal and merges small segments, once and for all', async () => {
  const store = new MemoryStore();
  // The newest segment takes up what comes while it is small: segments of noise grow past that.
  const log = await openMemoryLog(store, {
    journalMaxBytes: 20_000,
    // At once, so that as many rolls come about on a busy machine.
    deflate: async (columns) => deflateRawSync(columns),
    inflate: async (deflated) => inflateRawSync(deflated),
  });
  const ear = new Ear();
  const channel = await log.open(content('notes'), ear);
  const texts: string[] = [];
  for (let round = 1; round <= 300; round++) {
    texts.push(Buffer.from(noise(round * 10, round)).toString('base64'));
    channel.append(newEntry(texts.at(-1)!));
    await ear.hears(round);
    await turn();
  }
  expect(await keysIn(store, segmentRange(content('notes'), 0))).toBeGreaterThan(10);
  expect(await keysIn(store, allJournalRange)).toBeGreaterThan(3);

  let written: number[] = [];
  for (const expected of [true, false]) {
    await log.compact(() => undefined);
    expect(await keysIn(store, allJournalRange)).toBe(0);
    const sizes: number[] = [];
    for await (const [key, value] of store.range(segmentRange(content('notes'), 0)))
      sizes.push(key.length + value.length);
    expect(sizes.length).toBeLessThan(4);
    if (expected) written = sizes;
    else expect(sizes).toEqual(written);
  }
  expect((await channel.entriesAfter(0)).map(textOf)).toEqual(texts);
  await log.close();
});

test('L3: an epoch begins while the whole store is checked, and is there for what comes after', async () => {
  let letGo = (): void => {};
  let held: Promise<void> | null = null;
  let reached = (): void => {};
  const isReached = new Promise<void>((resolve) => {
    reached = resolve;
  });
  const log = await openMemoryLog(new MemoryStore(), {
    inflate: async (bytes) => {
      if (held !== null) reached();
      await held;
      return inflateRawSync(bytes);
    },
  });
  onTestFinished(() => log.close());
  const write = async (): Promise<void> => {
    const channel = await log.open(content('notes'), new Ear());
    channel.append(newEntry('text'));
    await channel.close();
  };
  await write();
  await log.compact(() => undefined);
  await write();

  held = new Promise((resolve) => {
    letGo = resolve;
  });
  const findings = new Findings();
  const checked = log.verify(1000, {
    findings,
    states: {
      follow: () => ({ add: () => null }),
      followFrom: () => ({ add: () => null }),
      claimOf: () => ({ differsFrom: () => null }),
    },
    records: { take: () => null, finish: () => null },
    watermark: null,
    restMs: 0,
    onProgress: () => undefined,
    signal: new AbortController().signal,
  });
  const compacted = checked.then(() => log.compact(() => undefined));
  await isReached;
  const epoch = await log.beginEpoch(content('notes'));
  expect((await log.view(content('notes'))).epoch).toBe(epoch);

  letGo();
  await compacted;
  expect(findings.report().isSound).toBe(true);
  expect((await log.view(content('notes'))).epoch).toBe(epoch);
});

test('L3: an epoch that is asked for before the turn of one who waits to rearrange, and in it, begins all the same', async () => {
  const log = await openMemoryLog();
  onTestFinished(() => log.close());
  const epochs: number[] = [];
  const begin = async (name: string): Promise<void> => void epochs.push(await log.beginEpoch(content(name)));
  const busy = log.compact(() => undefined);
  let before = Promise.resolve();
  const rearranged = log.rearrange(async (moves) => {
    // Whoever closes a room waits for those who close it because it has lost text.
    await before;
    await begin('in it');
    await moves.replaceChannel(content('in it'), { entries: [], checkpoint: null });
    return moves.eraseDocument(documentName('other'));
  });
  before = begin('before');
  await Promise.all([busy, rearranged]);
  expect(epochs).toHaveLength(2);
  expect((await log.view(content('before'))).epoch).toBe(epochs[0]);
  expect((await log.view(content('in it'))).epoch).toBeGreaterThan(epochs[1]!);
  expect((await log.view(content('other'))).epoch).toBeGreaterThan(1);
});
