import { inflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import * as encoding from 'lib0/encoding';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Entry } from '../document-log.js';
import { openMemoryLog } from '../memory-log.js';
import { MemoryStore } from '../memory-store.js';
import { checkpointAt, content, discussion, documentName, Ear, newEntry, textOf } from '../test/log-harness.js';
import { CHAIN_START, EntryChain } from './chain.js';
import { anchorKey, checkpointKey, journalKey, metaKey, printableKey, secretKey, segmentRange } from './keys.js';
import { RecordKind, unseal } from './record.js';
import { putCheckpoint, readSegment } from './stored-values.js';

const ids = [content('a'), discussion('a'), content('b')];
const everything = { gte: Uint8Array.of(0), lt: Uint8Array.of(0xff) };
type Pair = readonly [key: Uint8Array, value: Uint8Array];

const description = { title: 'Title', excerpt: 'Excerpt', characters: 7, updatedAtMs: 2 };

/** A store with everything in it: segments, a journal of many records, checkpoints, documents. */
let pairs: Pair[] = [];
/** What was written into each channel. */
const written: Entry[][] = ids.map(() => []);

beforeAll(async () => {
  const store = new MemoryStore();
  const log = await openMemoryLog(store, { journalMaxBytes: 3000 });
  const ears = ids.map(() => new Ear());
  const channels = await Promise.all(ids.map((id, index) => log.open(id, ears[index]!)));
  for (let step = 0; step < 120; step++) {
    const index = step % 3;
    const entry = newEntry(`entry ${step}`, { timeMs: step, clientSeq: step });
    const seq = channels[index]!.append(entry);
    written[index]!.push({ seq, ...entry });
    if (step % 2) await ears[index]!.hears(seq);
  }
  await Promise.all(ears.map((ear, index) => ear.hears(written[index]!.length)));
  await channels[0]!.putCheckpoint(checkpointAt(17));
  await log.createDocument(documentName('created'), 1);
  await log.close();
  const swept = store.reopen();
  await sweepRolled(swept);
  pairs = await pairsOf(swept);
  const kinds = new Set(
    pairs.map(([key]) =>
      printableKey(key)
        .replace(/^channel\/\w /, '')
        .replace(/\/.*/, ''),
    ),
  );
  expect([...kinds].sort()).toEqual(['anchor', 'content', 'discussion', 'document', 'format', 'journal', 'secret']);
  expect(pairs.map(([key]) => printableKey(key)).filter((key) => key.startsWith('journal/')).length).toBeGreaterThan(5);
});

/** Deletes what is left of rolled records, which any write does: their damage would matter to nobody. */
async function sweepRolled(store: MemoryStore): Promise<void> {
  const log = await openMemoryLog(store);
  await log.createDocument(documentName('another'), 1);
  await log.describeDocument({ name: documentName('another'), ...description }, 1);
}

async function pairsOf(store: MemoryStore): Promise<Pair[]> {
  const all: Pair[] = [];
  for await (const pair of store.range(everything)) all.push(pair);
  return all;
}

async function storeOf(content: readonly Pair[]): Promise<MemoryStore> {
  const store = new MemoryStore();
  const operations = content.map(([key, value]) => ({ type: 'put' as const, key, value: value.slice() }));
  await store.batch(operations, { sync: true });
  return store;
}

/** What the last log that was read said of it. */
let complaints: string[] = [];

async function readAll(store: MemoryStore): Promise<string[][]> {
  complaints = [];
  const log = await openMemoryLog(store, { complain: (sentence) => complaints.push(sentence) });
  await log.documents();
  const texts: string[][] = [];
  for (const id of ids) {
    const channel = await log.open(id, new Ear());
    texts.push((await channel.entriesAfter(0)).map(textOf));
  }
  await log.close();
  return texts;
}

/** Reads everything of a changed store. */
const readChanged = async (change: (pair: Pair) => Pair | null): Promise<string[][]> =>
  readAll(await storeOf(pairs.map(change).filter((pair) => pair !== null)));

const without = (key: Uint8Array): Promise<string[][]> =>
  readChanged((pair) => (Buffer.compare(pair[0], key) === 0 ? null : pair));

describe('a store that was damaged from outside', () => {
  test('is read when it is whole', async () => {
    expect(await readChanged((pair) => pair)).toEqual(written.map((entries) => entries.map(textOf)));
  });

  test('I10: any changed bit in any record is noticed, and the record named', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.nat(), fc.nat({ max: 7 }), async (which, place, bit) => {
        const [damagedKey, value] = pairs[which % pairs.length]!;
        const damaged = value.slice();
        damaged[place % value.length]! ^= 1 << bit;
        // What stands under `format` is no record, and has a sentence of its own.
        const named = printableKey(damagedKey) === 'format' ? 'Weft' : printableKey(damagedKey);
        const read = readChanged(([key, whole]) => [key, key === damagedKey ? damaged : whole]);
        if (named.includes('/checkpoint/') || named.startsWith('document/')) {
          // The entries make up for it.
          expect(await read).toEqual(written.map((entries) => entries.map(textOf)));
          expect(complaints).toEqual([expect.stringContaining(named)]);
          return;
        }
        await expect(read).rejects.toMatchObject({
          code: 'STORE_UNREADABLE',
          message: expect.stringContaining(named),
        });
      }),
      { numRuns: 300 },
    );
  });

  test('I10: a missing record of the journal is noticed, and named', async () => {
    const numbers = pairs
      .map(([key]) => /^journal\/(\d+)$/.exec(printableKey(key))?.[1])
      .filter((n) => n !== undefined);
    for (const number of numbers.slice(0, -1).map(Number)) {
      await expect(without(journalKey(number))).rejects.toMatchObject({
        code: 'STORE_UNREADABLE',
        message: expect.stringContaining(
          `The record journal/${number} is missing: the journal goes on at record ${number + 1}. Nothing after it`,
        ),
      });
    }
  });

  test('I10: a record of the journal from another history is noticed', async () => {
    const numbered = pairs.filter(([key]) => printableKey(key).startsWith('journal/'));
    const [key] = numbered[3]!;
    const other = new MemoryStore();
    const log = await openMemoryLog(other);
    const ear = new Ear();
    const channel = await log.open(ids[0]!, ear);
    const { number } = unseal(key, numbered[3]![1], RecordKind.journal);
    for (let seq = 1; seq <= number; seq++) {
      channel.append(newEntry('other'));
      await ear.hears(seq);
    }
    const foreign = (await other.get(key))!;
    await log.close();
    await expect(readChanged((pair) => (pair[0] === key ? [key, foreign] : pair))).rejects.toMatchObject({
      code: 'STORE_UNREADABLE',
      message: expect.stringContaining(
        `The record journal/${number} is damaged: it does not follow on the record before it.`,
      ),
    });
  });

  test('a missing secret, anchor, meta or segment is noticed', async () => {
    await expect(without(secretKey)).rejects.toMatchObject({ message: 'The record secret is damaged: it is gone.' });
    await expect(without(anchorKey)).rejects.toMatchObject({ code: 'STORE_UNREADABLE' });
    for (const id of ids) {
      await expect(without(metaKey(id))).rejects.toMatchObject({
        code: 'STORE_UNREADABLE',
        message: expect.stringContaining('meta'),
      });
    }
    for (const [key] of pairs.filter(([key]) => printableKey(key).includes('/segment/'))) {
      await expect(without(key)).rejects.toMatchObject({
        code: 'STORE_UNREADABLE',
        message: expect.stringContaining('has lost entry'),
      });
    }
  });

  test('a missing meta is noticed, too, when the journal holds nothing of the channel', async () => {
    const store = await storeOf(pairs);
    const log = await openMemoryLog(store, { journalMaxBytes: 1 });
    const ear = new Ear();
    const other = await log.open(content('other'), ear);
    for (let seq = 1; seq < 8; seq++) {
      other.append(newEntry('roll'));
      await ear.hears(seq);
    }
    await log.close();
    const rolled = (await pairsOf(store.reopen())).filter(([key]) => Buffer.compare(key, metaKey(ids[0]!)) !== 0);
    await expect(readAll(await storeOf(rolled))).rejects.toMatchObject({
      code: 'STORE_UNREADABLE',
      message: expect.stringContaining('it is gone, although channel/a content/segment/1-'),
    });
  });
});

describe('a checkpoint that cannot be read', () => {
  const [id] = ids;

  /** The store, with one bit of a value changed. */
  async function damagedAt(damagedKey: Uint8Array): Promise<MemoryStore> {
    return storeOf(
      pairs.map(([key, value]) => {
        if (Buffer.compare(key, damagedKey) !== 0) return [key, value];
        const damaged = value.slice();
        damaged[damaged.length - 1]! ^= 1;
        return [key, damaged];
      }),
    );
  }

  test('is passed over, told of once, and gone when there is a new one', async () => {
    const told: string[] = [];
    const store = await damagedAt(checkpointKey(id!, 17));
    const log = await openMemoryLog(store, { complain: (sentence) => told.push(sentence) });
    const channel = await log.open(id!, new Ear());
    expect([channel.checkpoint, await channel.checkpointAt(20)]).toEqual([null, null]);
    expect((await channel.entriesAfter(0)).map(textOf)).toEqual(written[0]!.map(textOf));
    expect(told).toEqual([expect.stringContaining('checkpoint/17 is damaged')]);
    await channel.putCheckpoint(checkpointAt(30));
    await log.close();
    const keys = (await pairsOf(store.reopen())).map(([key]) => printableKey(key));
    expect(keys.filter((key) => key.includes('/checkpoint/'))).toEqual(['channel/a content/checkpoint/30']);
  });

  test('is replaced by one of the same entry', async () => {
    const store = await damagedAt(checkpointKey(id!, 17));
    const log = await openMemoryLog(store);
    await (await log.open(id!, new Ear())).putCheckpoint(checkpointAt(17, 'new'));
    await log.close();
    const again = await openMemoryLog(store.reopen());
    expect((await again.open(id!, new Ear())).checkpoint).toEqual(checkpointAt(17, 'new'));
  });

  test('leaves an older one in use', async () => {
    const store = await storeOf(pairs);
    const stored = putCheckpoint(id!, { checkpoint: checkpointAt(20), updateBytes: 9 }, new Uint8Array(16));
    const damaged = stored.value.slice();
    damaged[40]! ^= 1;
    await store.batch([{ ...stored, value: damaged }], { sync: true });
    const log = await openMemoryLog(store);
    expect((await log.open(id!, new Ear())).checkpoint?.seq).toBe(17);
  });
});

test('a document that is missing in the list is listed again when it is opened', async () => {
  const told: string[] = [];
  const name = documentName('b');
  const store = await storeOf(pairs.filter(([key]) => printableKey(key) !== 'document/b'));
  const log = await openMemoryLog(store, { complain: (sentence) => told.push(sentence) });
  expect(await log.document(name)).toBeNull();
  const channel = await log.open(content('b'), new Ear());
  await log.describeDocument({ name, ...description }, 1);
  await channel.close();
  await log.close();
  const again = await openMemoryLog(store.reopen(), { complain: (sentence) => told.push(sentence) });
  expect(await again.document(name)).toMatchObject({ name, title: 'Title', createdAtMs: written[2]!.at(-1)!.timeMs });
  await again.open(content('b'), new Ear());
  expect(told).toEqual([expect.stringContaining('"b" was missing in the list of documents')]);
});

describe('L1: the chain of a channel', () => {
  /** The link after each entry, worked out from what was appended. */
  function linksOf(entries: readonly Entry[]): string[] {
    const chain = new EntryChain();
    const link = CHAIN_START.slice();
    return entries.map((entry) => {
      const encoder = encoding.createEncoder();
      encoding.writeVarUint(encoder, entry.timeMs);
      encoding.writeVarString(encoder, entry.author);
      encoding.writeVarString(encoder, entry.outboxId);
      encoding.writeVarUint(encoder, entry.clientSeq);
      encoding.writeVarUint8Array(encoder, entry.update);
      chain.advance(link, encoding.toUint8Array(encoder));
      return Buffer.from(link).toString('hex');
    });
  }

  test('is in every segment, in meta and in checkpoints at any entry', async () => {
    for (const [index, id] of ids.entries()) {
      const links = linksOf(written[index]!);
      const store = await storeOf(pairs);
      for await (const [key, value] of store.range(segmentRange(id, 0))) {
        const { lastSeq, hash, deflated } = readSegment(key, value);
        expect(Buffer.from(hash).toString('hex')).toBe(links[lastSeq - 1]);
        expect(inflateRawSync(deflated).length).toBeGreaterThan(0);
      }
      const meta = unseal(metaKey(id), (await store.get(metaKey(id)))!, RecordKind.meta);
      expect(Buffer.from(meta.hash).toString('hex')).toBe(links[meta.number - 1]);
      const log = await openMemoryLog(store);
      const channel = await log.open(id, new Ear());
      const first = (channel.checkpoint?.seq ?? 0) + 1;
      for (let seq = first; seq <= channel.head; seq++) {
        await channel.putCheckpoint(checkpointAt(seq));
        const key = checkpointKey(id, seq);
        const value = (await store.get(key))!;
        expect(Buffer.from(unseal(key, value, RecordKind.checkpoint).hash).toString('hex')).toBe(links[seq - 1]);
      }
      await log.close();
    }
  });
});

test('a damaged record of the list costs its description, and no other document', async () => {
  const complaints: string[] = [];
  const damage = ([key, value]: Pair): Pair => [key, printableKey(key) === 'document/b' ? value.toReversed() : value];
  const store = await storeOf(pairs.map(damage));
  const log = await openMemoryLog(store, { complain: (sentence) => complaints.push(sentence) });
  const listed = await log.documents();
  await log.documents();
  expect(listed.map(({ name }) => name)).toEqual(['a', 'another', 'b', 'created']);
  expect(listed[2]).toMatchObject({ title: '', createdAtMs: 0 });
  expect(complaints).toEqual([
    expect.stringMatching(/^The record document\/b is damaged: .*"b" is listed without title/),
  ]);
  await log.describeDocument({ name: documentName('b'), ...description }, 1);
  expect(await log.document(documentName('b'))).toMatchObject({ title: 'Title', updatedAtMs: 2 });
  await log.close();
});
