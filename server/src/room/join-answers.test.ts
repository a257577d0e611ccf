import { expect, test } from 'vitest';
import * as Y from 'yjs';
import { writeAtRandom } from '../../../bench/src/random-peers.js';
import { checkUpdate } from '../gate/check-update.js';
import { KnownState } from '../gate/known-state.js';
import { inlineHistory } from '../history/inline-history.js';
import type { Checkpoint } from '../log/document-log.js';
import { JoinAnswers } from './join-answers.js';
import { Shelf } from './loan.js';
import type { SyncStep1Job } from './room-history.js';
import { Tail } from './tail.js';

const NOBODY = Uint8Array.of(0);

async function checkpointOf(updates: readonly Uint8Array[]): Promise<Checkpoint> {
  const built = await inlineHistory.buildCheckpoint({ checkpointState: null, updates });
  return { ...built, seq: updates.length, outboxes: new Map(), owners: new Map() };
}

/** What is on disk: `log`, of which the first entries are in the checkpoint; and the jobs that answers have cost. */
function stage(log: readonly Uint8Array[], checkpoint: Checkpoint | null, shelf = new Shelf()) {
  const base = checkpoint?.seq ?? 0;
  const tail = new Tail(base);
  const write = (update: Uint8Array): void => tail.push(tail.head + 1, update);
  for (const update of log.slice(base)) write(update);
  const jobs: SyncStep1Job[] = [];
  let inflated = 0;
  const room = {
    checkpoint,
    tail,
    get head() {
      return tail.head;
    },
    stateJob: () => ({ checkpointState: checkpoint?.state ?? null, updates: tail.after(base)! }),
  };
  const history = {
    inflateState: (state: Uint8Array) => {
      inflated += 1;
      return inlineHistory.inflateState(state);
    },
    answerSyncStep1: (job: SyncStep1Job) => {
      jobs.push(job);
      return inlineHistory.answerSyncStep1(job);
    },
  };
  const answers = new JoinAnswers(room, history, shelf);
  const to = async (stateVector: Uint8Array) => answers.to(stateVector).value;
  return { answers, to, shelf, tail, write, jobs, inflated: () => inflated };
}

/** What a client has that applied the first entries of a log one by one. */
function clientAfter(log: readonly Uint8Array[], seen: number): Y.Doc {
  const doc = new Y.Doc();
  doc.transact(() => {
    for (const update of log.slice(0, seen)) Y.applyUpdate(doc, update);
  });
  return doc;
}

function randomLog(seed: number): readonly Uint8Array[] {
  const known = new KnownState();
  const { log } = writeAtRandom({ seed, steps: 40 }, (update) => {
    const verdict = checkUpdate(update, known);
    if (verdict.kind !== 'new') return null;
    known.add(verdict.change);
    return verdict.update;
  });
  return log;
}

test.each([1, 2, 3, 4, 5, 6])(
  'J1: whoever was away at any time has the document after answer and rest (seed %i)',
  async (seed) => {
    const log = randomLog(seed);
    const whole = clientAfter(log, log.length);
    const half = Math.floor(log.length / 2);
    const checkpoint = await checkpointOf(log.slice(0, half));
    const atHead = await checkpointOf(log);
    for (const from of [null, checkpoint, atHead]) {
      // Some are answered before the last entries are written, and take those from the tail.
      const { to, tail, write } = stage(log.slice(0, log.length - 2), from?.seq === log.length ? null : from);
      const asked = [0, 1, half - 1, half, half + 1, log.length - 2].map((seen) => {
        const client = clientAfter(log, seen);
        return { client, answer: to(Y.encodeStateVector(client)) };
      });
      for (const update of log.slice(-2)) write(update);
      for (const { client, answer } of asked) {
        const { update, seq } = await answer;
        client.transact(() => {
          for (const bytes of [update, ...tail.after(seq)!]) Y.applyUpdate(client, bytes);
        });
        expect(client.store.pendingStructs ?? client.store.pendingDs).toBe(null);
        expect(client.getXmlFragment('prosemirror').toString()).toBe(whole.getXmlFragment('prosemirror').toString());
        expect(client.getMap('meta').toJSON()).toEqual(whole.getMap('meta').toJSON());
        expect(Y.encodeStateVector(client)).toEqual(Y.encodeStateVector(whole));
      }
    }
  },
);

test('J1: deletions alone reach a client with an equal state vector, and cost no job', async () => {
  const doc = new Y.Doc();
  doc.getText('t').insert(0, 'abc');
  const written = Y.encodeStateAsUpdate(doc);
  doc.getText('t').delete(1, 1);
  const deleted = Y.encodeStateAsUpdate(doc, Y.encodeStateVector(doc));
  const inTail = stage([written, deleted], await checkpointOf([written]));
  const inCheckpoint = stage([written, deleted], await checkpointOf([written, deleted]));
  for (const { to, tail, jobs, inflated } of [inTail, inCheckpoint]) {
    const client = clientAfter([written], 1);
    const { update, seq } = await to(Y.encodeStateVector(client));
    for (const bytes of [update, ...tail.after(seq)!]) Y.applyUpdate(client, bytes);
    expect(client.getText('t').toString()).toBe('ac');
    expect([jobs.length, inflated()]).toEqual([0, 0]);
  }
});

test('a storm costs one answer of each kind, also while people write', async () => {
  const log = randomLog(7);
  const half = Math.floor(log.length / 2);
  const { answers, shelf, write, jobs, inflated } = stage(log.slice(0, half), await checkpointOf(log.slice(0, half)));
  const behind = Y.encodeStateVector(clientAfter(log, 2));
  const inStep = Y.encodeStateVector(clientAfter(log, half));
  const asked = [NOBODY, behind, inStep].map((vector) => answers.to(vector));
  const first = await Promise.all(asked.map(({ value }) => value));
  write(log[half]!);
  for (let i = 0; i < 100; i++) {
    const again = [NOBODY, behind, inStep].map((vector) => answers.to(vector.slice()));
    // The very same answers: each is framed once.
    for (const [kind, loan] of again.entries()) expect(await loan.value).toBe(first[kind]);
    asked.push(...again);
  }
  expect([jobs.length, inflated()]).toEqual([1, 1]);
  for (const loan of asked) loan.release();
  shelf.clear(performance.now() + 1500);
  const late = answers.to(NOBODY);
  expect(await late.value).toBe(first[0]);
  shelf.clear(performance.now() + 2500);
  expect(await answers.to(NOBODY).value).toBe(first[0]);
  expect(inflated()).toBe(1);
});

/** A state of this many bytes, which nobody has anything of. */
async function largeCheckpoint(bytes: number): Promise<Checkpoint> {
  const doc = new Y.Doc();
  doc.getText('t').insert(0, 'x'.repeat(bytes));
  return checkpointOf([Y.encodeStateAsUpdate(doc)]);
}

test('the memory of an answer is given back once nobody takes it or asks for it', async () => {
  const { answers, shelf, inflated } = stage([], await largeCheckpoint(100_000));
  const [one, two] = [answers.to(NOBODY), answers.to(NOBODY)];
  const answer = await one.value;
  const out = answer.outgoing((update) => update.slice());
  one.release();
  shelf.clear(performance.now() + 2500);
  expect(answer.update.length).toBeGreaterThan(100_000);
  two.release();
  shelf.clear(performance.now() + 1500);
  expect(answer.update.length).toBeGreaterThan(100_000);
  shelf.clear(performance.now() + 2500);
  expect([answer.update.length, out.messages[0]!.length]).toEqual([0, 0]);
  expect((await answers.to(NOBODY).value).update.length).toBeGreaterThan(100_000);
  expect(inflated()).toBe(2);
});

test('what a connection that broke may still be sending is left alone', async () => {
  const { answers, shelf, inflated } = stage([], await largeCheckpoint(100_000));
  const [gone, taken] = [answers.to(NOBODY), answers.to(NOBODY)];
  const answer = await gone.value;
  gone.forfeit();
  taken.release();
  shelf.clear(performance.now() + 2500);
  expect(answer.update.length).toBeGreaterThan(100_000);
  await answers.to(NOBODY).value;
  expect(inflated()).toBe(2);
});

test('of answers nobody takes only a few megabytes are kept', async () => {
  const { answers, shelf } = stage([], await largeCheckpoint(3_000_000));
  const loan = answers.to(NOBODY);
  const answer = await loan.value;
  loan.release();
  const { answers: others } = stage([], await largeCheckpoint(3_000_000), shelf);
  expect(answer.update.length).toBeGreaterThan(3_000_000);
  const other = others.to(NOBODY);
  await other.value;
  other.release();
  expect(answer.update.length).toBe(0);
  expect((await other.value).update.length).toBeGreaterThan(3_000_000);
});

test('a long row of entries after the checkpoint is merged into the answer, once', async () => {
  const doc = new Y.Doc();
  const log: Uint8Array[] = [];
  doc.on('update', (update: Uint8Array) => log.push(update));
  for (let i = 0; i < 200; i++) doc.getText('t').insert(0, `${i} `);
  const { to, jobs } = stage(log, await checkpointOf(log.slice(0, 100)));
  const vector = Y.encodeStateVector(clientAfter(log, 100));
  const [one, two] = await Promise.all([to(vector), to(vector)]);
  expect(one.update).toBe(two.update);
  expect([one.seq, jobs.length]).toEqual([200, 1]);
});

test('a question that fails is asked anew the next time', async () => {
  const log = randomLog(8);
  const { to } = stage(log, await checkpointOf(log));
  await expect(to(Uint8Array.of(5))).rejects.toThrow();
  const broken = stage(log, { ...(await checkpointOf(log)), state: Uint8Array.of(7) });
  for (let i = 0; i < 2; i++) {
    await expect(broken.to(NOBODY)).rejects.toMatchObject({ code: 'WORKER_FAILED' });
    expect(broken.inflated()).toBe(i + 1);
  }
});
