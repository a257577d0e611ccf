import { existsSync } from 'node:fs';
import { expect, onTestFinished, test } from 'vitest';
import * as Y from 'yjs';
import type { DocumentLog } from '../log/document-log.js';
import { openMemoryLog } from '../log/memory-log.js';
import { content, Ear } from '../log/test/log-harness.js';
import { Turns } from '../turns.js';
import { buildCheckpoint } from './checkpoint-builder.js';
import { comparePacked } from './compare.js';
import type { CompareJob, Comparer } from './compare-job.js';
import { Comparisons } from './compare-moments.js';
import { HistoryWorkers } from './history-workers.js';
import { inlineHistory } from './inline-history.js';
import { type MomentName, Moments } from './moments.js';
import { pastTurns } from './past.js';
import type { ReadLimits } from './read-entries.js';
import { stateJobAt } from './rebuild.js';
import { restoreKey } from './restore-record.js';

const builtWorker = new URL('../../dist/history/worker.js', import.meta.url);
const notes = content('notes');
const inThisThread: Comparer = { compare: async (job) => comparePacked(job) };

/** A text of which Ann types a letter each second, and Ben deletes the first one at last. */
async function typed(letters: string, { checkpointAt = 0 } = {}): Promise<DocumentLog> {
  const log = await openMemoryLog(undefined, { staysForHistory: () => true });
  onTestFinished(() => log.close());
  const ear = new Ear();
  const channel = await log.open(notes, ear);
  const doc = new Y.Doc();
  const text = doc.getText('text');
  let author = 'ann';
  doc.on('update', (update: Uint8Array) => {
    channel.append({ timeMs: 1000 * (channel.head + 1), author, outboxId: '', clientSeq: 0, update });
  });
  for (const [place, letter] of [...letters].entries()) {
    text.insert(place, letter);
    await ear.hears(place + 1);
    if (channel.head === checkpointAt) {
      const { broughtBy: _1, description: _2, ...built } = buildCheckpoint(await stateJobAt(channel, checkpointAt));
      await channel.putCheckpoint({ seq: checkpointAt, ...built, outboxes: new Map(), owners: new Map() });
    }
  }
  author = 'ben';
  text.delete(0, 1);
  await ear.hears(letters.length + 1);
  return log;
}

function comparisonsOf(log: DocumentLog, comparer: Comparer = inThisThread, limits: Partial<ReadLimits> = {}) {
  const turns = new Turns(pastTurns);
  const versions = {
    find: async () => ({ seq: 3, link: Buffer.from(await (await log.view(notes)).linkAt(3)).toString('base64url') }),
  };
  const moments = new Moments({ log, turns, history: inlineHistory as never, versions: versions as never });
  const comparisons = new Comparisons({ log, comparer, moments, turns, limits });
  return {
    compare: (from: MomentName, to: MomentName, asker = 'u-ann') =>
      comparisons.compare(notes.document, from, to, asker),
  };
}

const at = (seq: number): MomentName => ({ kind: 'seq', seq });
const atTime = (timeMs: number): MomentName => ({ kind: 'time', timeMs });

const read = (json: Uint8Array) => JSON.parse(new TextDecoder().decode(json));

const changesIn = (json: Uint8Array): unknown =>
  read(json).parts[0].blocks[0].runs.map((run: { text: string; change: string; edit?: { by: string } }) => [
    run.text,
    run.change,
    run.edit?.by,
  ]);

test.each([0, 2, 3])(
  'moments are found by their numbers and by their times (L7), with a checkpoint at %i',
  async (checkpointAt) => {
    const log = await typed('abcde', { checkpointAt });
    const expected = [
      ['a', 'deleted', 'ben'],
      ['bc', 'same', undefined],
      ['de', 'inserted', 'ann'],
    ];
    const pairs: [MomentName, MomentName][] = [
      [at(3), at(6)],
      [atTime(3000), atTime(6000)],
      [atTime(3999), atTime(1e12)],
      [{ kind: 'version', id: '3-1' }, { kind: 'now' }],
    ];
    for (const [from, to] of pairs) {
      const compared = await comparisonsOf(log).compare(from, to);
      expect(compared.from).toEqual({ seq: 3, timeMs: 3000 });
      expect(compared.to).toEqual({ seq: 6, timeMs: 6000 });
      expect(changesIn(compared.json)).toEqual(expected);
      expect(compared.people.map(({ id, inserted, deleted }) => [id, inserted, deleted])).toEqual([
        ['ann', 2, 0],
        ['ben', 0, 1],
      ]);
    }
  },
);

test('before the first entry there was nothing', async () => {
  const { compare } = comparisonsOf(await typed('ab'));
  const compared = await compare(atTime(999), at(2));
  expect(compared.from).toEqual({ seq: 0, timeMs: null });
  expect(changesIn(compared.json)).toEqual([['ab', 'inserted', 'ann']]);
  const none = await compare(at(0), at(0));
  expect(read(none.json)).toEqual({ parts: [], steps: [] });
});

test('what cannot be compared is refused with a sentence', async () => {
  const { compare } = comparisonsOf(await typed('abc'));
  await expect(compare(at(3), at(1))).rejects.toMatchObject({
    code: 'BAD_REQUEST',
    message: 'The moment to compare from, entry 3, is after the other, entry 1.',
  });
  await expect(compare(at(0), at(9))).rejects.toMatchObject({ code: 'NO_SUCH_ENTRY' });
});

test('I6: more than the limits is refused: entries, bytes, and what comes out', async () => {
  const log = await typed('abc');
  const endless: Comparer = { compare: async () => ({ people: [], json: null, lostRestores: 0 }) };
  for (const { compare } of [
    comparisonsOf(log, inThisThread, { maxEntries: 3 }),
    comparisonsOf(log, inThisThread, { maxBytes: 20 }),
    comparisonsOf(log, endless),
  ]) {
    await expect(compare(at(0), at(4))).rejects.toMatchObject({ code: 'TOO_LARGE' });
  }
});

test('I6: many who ask at once wait for their turn, and more than that are turned away', async () => {
  const log = await typed('abc');
  let running = 0;
  let most = 0;
  const slow: Comparer = {
    compare: async (job: CompareJob) => {
      running += 1;
      most = Math.max(most, running);
      await new Promise(setImmediate);
      running -= 1;
      return comparePacked(job);
    },
  };
  const { compare } = comparisonsOf(log, slow);
  const all = await Promise.allSettled(Array.from({ length: 50 }, (_, n) => compare(at(0), at(4), `u-${n % 3}`)));
  const refused = all.flatMap((one) => (one.status === 'rejected' ? [one.reason.code as string] : []));
  expect(most).toBe(2);
  expect(new Set(refused)).toEqual(new Set(['TOO_MANY']));
  expect(refused.length).toBeLessThan(50);
});

test('one that failed keeps nobody from the next', async () => {
  let isBroken = true;
  const { compare } = comparisonsOf(await typed('ab'), {
    compare: async (job) => {
      if (isBroken) throw new Error('out of memory');
      return comparePacked(job);
    },
  });
  await expect(compare(at(0), at(2))).rejects.toThrow('out of memory');
  isBroken = false;
  expect((await compare(at(0), at(2))).to.seq).toBe(2);
});

test('I11: a worker compares as this thread does', async () => {
  if (!existsSync(builtWorker)) throw new Error(`${builtWorker} is missing: run "npx tsc -b server" before this test`);
  const log = await typed('abcde', { checkpointAt: 2 });
  const workers = new HistoryWorkers({ workerUrl: builtWorker });
  onTestFinished(() => workers.close());
  const expected = await comparisonsOf(log).compare(at(3), at(6));
  expect(await comparisonsOf(log, workers).compare(at(3), at(6))).toEqual(expected);
});

test('a restore that cannot be read is told of, and keeps nobody from comparing', async () => {
  const log = await typed('abc');
  const put = (id: string, text: string) =>
    log.records.write([
      { table: 'restore', key: restoreKey(notes.document, id), value: new TextEncoder().encode(text) },
    ]);
  expect((await comparisonsOf(log).compare(at(0), at(4))).warnings).toEqual([]);
  await put('request-1', 'nonsense');
  await put('request-2', '{"to":1,"base":2,"seq":3,"client":4,"atMs":5,"origins":"_w"}');
  const compared = await comparisonsOf(log).compare(at(0), at(4));
  expect(changesIn(compared.json)).toEqual([['bc', 'inserted', 'ann']]);
  expect(compared.warnings).toEqual([
    expect.stringMatching(/^What is known of 2 restores of this document cannot be read/),
  ]);
});
