import * as prng from 'lib0/prng';
import { afterEach, expect, test } from 'vitest';
import * as Y from 'yjs';
import { writeAtRandom } from '../../../bench/src/random-peers.js';
import type { OpenChannel, Seq } from '../log/document-log.js';
import { openMemoryLog } from '../log/memory-log.js';
import { MemoryStore } from '../log/memory-store.js';
import { content, Ear, newEntry } from '../log/test/log-harness.js';
import { inlineHistory } from './inline-history.js';
import { loadDocument } from './load-state.js';
import { rebuild, stateJobAt } from './rebuild.js';

const cleanups: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function newLog() {
  const log = await openMemoryLog(new MemoryStore(), { journalMaxBytes: 2000, staysForHistory: () => true });
  cleanups.push(() => log.close());
  return log;
}

const contentOf = (doc: Y.Doc): unknown => [
  doc.getText('text').toDelta(),
  doc.getXmlFragment('prosemirror').toString(),
  doc.getMap('meta').toJSON(),
  doc.getArray('list').toJSON(),
];

function documentOf(update: Uint8Array): Y.Doc {
  const doc = new Y.Doc();
  Y.applyUpdate(doc, update);
  expect(doc.store.pendingStructs).toBeNull();
  return doc;
}

async function putCheckpoint(channel: OpenChannel, seq: Seq): Promise<void> {
  const {
    broughtBy: _1,
    description: _2,
    ...built
  } = await inlineHistory.buildCheckpoint(await stateJobAt(channel, seq));
  await channel.putCheckpoint({ seq, ...built, outboxes: new Map(), owners: new Map() });
}

test.each([1, 2, 3, 4, 5, 6])('the state at any entry is that of the entries up to it (seed %i)', async (seed) => {
  const { log: updates, random } = writeAtRandom({ seed, steps: 80 });
  const log = await newLog();
  const ear = new Ear();
  const channel = await log.open(content('notes'), ear);
  for (const [index, update] of updates.entries()) {
    const seq = channel.append(newEntry('', { update, timeMs: index }));
    if (prng.int32(random, 0, 3) === 0) await ear.hears(seq);
    if (prng.int32(random, 0, 25) === 0) await putCheckpoint(channel, channel.head);
    if (prng.int32(random, 0, 60) === 0) await log.compact(() => undefined);
  }
  await ear.hears(updates.length);
  const view = await log.view(content('notes'));
  for (let seq = 0; seq <= updates.length; seq++) {
    const rebuilt = documentOf(await rebuild(view, seq, inlineHistory));
    const expected = loadDocument({ checkpointState: null, updates: updates.slice(0, seq) });
    expect(contentOf(rebuilt)).toEqual(contentOf(expected));
    expect(Y.equalSnapshots(Y.snapshot(rebuilt), Y.snapshot(expected))).toBe(true);
  }
});

test('T1: what was deleted after the checkpoint is in it with its text', async () => {
  const log = await newLog();
  const ear = new Ear();
  const channel = await log.open(content('notes'), ear);
  const doc = new Y.Doc();
  doc.on('update', (update: Uint8Array) => channel.append(newEntry('', { update })));
  doc.getText('text').insert(0, 'first draft');
  doc.getText('text').delete(0, 6);
  await ear.hears(2);
  const update = await rebuild(channel, 2, inlineHistory);
  expect(documentOf(update).getText('text').toString()).toBe('draft');
  expect(Buffer.from(update).includes('first ')).toBe(true);
});

test('an entry that is not there is refused with a sentence', async () => {
  const log = await newLog();
  const empty = await log.view(content('notes'));
  expect(await rebuild(empty, 0, inlineHistory)).toEqual(Uint8Array.of(0, 0));
  const refusal = (message: string) => ({ code: 'NO_SUCH_ENTRY', message });
  await expect(rebuild(empty, 1, inlineHistory)).rejects.toMatchObject(
    refusal('The content of "notes" has no entry 1. It has none yet.'),
  );
  const ear = new Ear();
  const channel = await log.open(content('notes'), ear);
  channel.append(newEntry('x'));
  await ear.hears(1);
  for (const seq of [-1, 2, 0.5, Number.NaN]) {
    await expect(rebuild(channel, seq, inlineHistory)).rejects.toMatchObject(
      refusal(`The content of "notes" has no entry ${seq}. Choose a number from 0 to 1.`),
    );
  }
});
