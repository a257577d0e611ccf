// The real pool with the built worker: the one thing here that needs `npx tsc -b server` first.

import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { deflateRawSync } from 'node:zlib';
import { afterEach, beforeAll, expect, test } from 'vitest';
import * as Y from 'yjs';
import { writeAtRandom } from '../../../bench/src/random-peers.js';
import { updatesOfRivals } from '../gate/test/handmade-updates.js';
import type { StateJob } from '../room/room-history.js';
import { renderJson } from './document-content.js';
import { HistoryWorkers, type HistoryWorkersOptions } from './history-workers.js';
import { inlineHistory } from './inline-history.js';
import { loadDocument } from './load-state.js';
import { blockIdOf } from './past-block.js';
import { blocksIn } from './test/restoring-world.js';

const builtWorker = new URL('../../dist/history/worker.js', import.meta.url);
const script = (source: string): URL => new URL(`data:text/javascript,${encodeURIComponent(source)}`);

let workers: HistoryWorkers | null = null;
function open(options: HistoryWorkersOptions = {}): HistoryWorkers {
  workers = new HistoryWorkers({ workerUrl: builtWorker, ...options });
  return workers;
}

beforeAll(() => {
  if (!existsSync(builtWorker)) {
    throw new Error('server/dist/history/worker.js is missing: run "npx tsc -b server" before this test');
  }
});

afterEach(() => workers?.close());

function randomJob(seed: number): StateJob {
  const { log } = writeAtRandom({ seed, steps: 200 });
  return { checkpointState: null, updates: log };
}

test('I11: workers give what the same functions give here, and leave the bytes of the job alone', async () => {
  const pool = open({ size: 2 });
  const first = randomJob(1);
  const copies = first.updates.map((update) => update.slice());
  const checkpoint = await pool.buildCheckpoint(first);
  expect(checkpoint).toEqual(await inlineHistory.buildCheckpoint(first));
  expect(first.updates).toEqual(copies);

  const job = { checkpointState: checkpoint.state, updates: first.updates.slice(-5), stateVector: Uint8Array.of(0) };
  const [description, rebuilt, answer, again] = await Promise.all([
    pool.describe(job),
    pool.rebuildState(job),
    pool.answerSyncStep1({ ...job, updates: first.updates }),
    pool.buildCheckpoint(job),
  ]);
  expect(description).toEqual(checkpoint.description);
  expect(rebuilt).toEqual(await inlineHistory.rebuildState(job));
  expect(answer).toEqual(await inlineHistory.answerSyncStep1({ ...job, updates: first.updates }));
  expect(again.deleteSet).toEqual(checkpoint.deleteSet);
  expect(job.checkpointState.length).toBeGreaterThan(0);
});

test('I11: workers count and bring back from checkpoints as the same functions do here', async () => {
  const pool = open();
  const { updates } = randomJob(4);
  const [early, late] = [40, 120];
  const stateAt = async (seq: number) =>
    (await inlineHistory.buildCheckpoint({ checkpointState: null, updates: updates.slice(0, seq) })).state;
  const past = { checkpointState: await stateAt(early), updates: updates.slice(early, late) };
  const present = { checkpointState: await stateAt(late), updates: updates.slice(late) };
  const counted = { ...past, updates: updates.slice(early), cuts: [10, late - early, updates.length - early] };
  expect(await pool.countChanges(counted)).toEqual(await inlineHistory.countChanges(counted));
  const restored = await pool.computeRestore({ past, present });
  const after = { ...present, updates: [...present.updates, restored!.update] };
  expect(await pool.computeRestore({ past, present: after })).toBeNull();
  const { update, client } = restored!;
  const undone = await pool.computeUndo({ past: present, since: [update], client, restores: [] });
  const undoneAfter = { ...after, updates: [...after.updates, undone!.update] };
  expect(await pool.computeRestore({ past: present, present: undoneAfter })).toBeNull();

  const blocks = blocksIn(loadDocument(past)).map(({ id }) => blockIdOf(id));
  const part = await pool.computePart({ past, present, blocks, restores: [] });
  if (!('update' in part) || part.update === null) throw new Error('nothing was to be brought back');
  const again = { ...present, updates: [...present.updates, part.update.update] };
  expect(await pool.computePart({ past, present: again, blocks, restores: [part.update] })).toEqual({ update: null });
  expect(await pool.computePart({ past, present, blocks: ['7-7'], restores: [] })).toEqual({ missing: '7-7' });
});

test('I11: a document that throws fails its own job, and the worker goes on', async () => {
  const pool = open();
  const good = randomJob(2);
  const results = await Promise.allSettled([
    pool.buildCheckpoint({ checkpointState: null, updates: [Uint8Array.of(9, 9, 9)] }),
    pool.buildCheckpoint(good),
    pool.describe({ checkpointState: Uint8Array.of(1, 2, 3), updates: [] }),
    pool.describe(good),
  ]);
  expect(results.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'rejected', 'fulfilled']);
  expect(results[0]).toMatchObject({ reason: { name: 'SyncError', code: 'WORKER_FAILED' } });
});

test('I11: a small answer needs no worker, and fails alike', async () => {
  const pool = open({ workerUrl: script('process.exit(1)') });
  const doc = new Y.Doc();
  doc.getText('text').insert(0, 'abc');
  const job = { checkpointState: null, updates: [Y.encodeStateAsUpdate(doc)], stateVector: Uint8Array.of(0) };
  expect(await pool.answerSyncStep1(job)).toEqual(job.updates[0]);
  await expect(pool.answerSyncStep1({ ...job, stateVector: Uint8Array.of(5) })).rejects.toMatchObject({
    code: 'WORKER_FAILED',
  });
});

test('I11: a checkpoint that takes forever holds up no join', async () => {
  const pool = open({
    timeLimitMs: 2000,
    workerUrl: script(`
      import { parentPort } from 'node:worker_threads';
      parentPort.on('message', ({ kind }) => {
        while (kind === 'buildCheckpoint');
        parentPort.postMessage({ ok: true, result: kind });
      });
    `),
  });
  const job = { checkpointState: null, updates: [new Uint8Array(5000)] };
  const checkpoint = pool.buildCheckpoint(job).catch(() => 'given up');
  const answer = pool.answerSyncStep1({ ...job, stateVector: Uint8Array.of(0) });
  expect(await Promise.race([answer, checkpoint])).toBe('answerSyncStep1');
  await pool.close();
});

test('I11: documents that take Yjs minutes hold up nobody, though two come at once', async () => {
  const pool = open({ longAfterMs: 100, timeLimitMs: 12_000 });
  const poison = { checkpointState: null, updates: updatesOfRivals(20_000) };
  const over: string[] = [];
  const poisoned = [1, 2].map((number) =>
    pool.buildCheckpoint(poison).then(
      () => over.push(`poison ${number} done`),
      () => over.push(`poison ${number} given up`),
    ),
  );
  const honest = [4, 5, 6, 7].map((seed) => pool.buildCheckpoint(randomJob(seed)).then(() => over.push('honest')));
  await Promise.all([...honest, ...poisoned]);
  // The rest would do as well, but for machines that are at other things.
  expect(over[0]).toBe('honest');
  expect(over.slice(1).sort()).toEqual(['honest', 'honest', 'honest', 'poison 1 given up', 'poison 2 given up']);
});

test('I11: the jobs of suspects wait for all others, and run one at a time', async () => {
  const pool = open({
    longAfterMs: 20,
    timeLimitMs: 3000,
    // A job whose update begins with 9 never ends.
    workerUrl: script(`
      import { parentPort } from 'node:worker_threads';
      parentPort.on('message', ({ updates }) => {
        while (updates[0] === 9);
        parentPort.postMessage({ ok: true, result: updates[0] });
      });
    `),
  });
  const done: string[] = [];
  const run = (number: number, isSuspect: boolean): Promise<unknown> =>
    pool.describe({ checkpointState: null, updates: [Uint8Array.of(number)], isSuspect }).then(
      () => done.push(`${number} done`),
      () => done.push(`${number} given up`),
    );
  const jobs = [run(1, false), run(9, true), run(9, true), run(2, true), run(3, false), run(4, false)];
  await Promise.all(jobs.slice(4));
  jobs.push(run(5, false));
  await Promise.all(jobs);
  // The last honest one came while the first suspect ran, and did not wait for its end.
  expect(done.splice(0, 4).sort()).toEqual(['1 done', '3 done', '4 done', '5 done']);
  expect(done).toEqual(['9 given up', '9 given up', '2 done']);
});

test('I11: what is small only while it is compressed is not merged here', async () => {
  const pool = open({
    workerUrl: script(`
      import { parentPort } from 'node:worker_threads';
      parentPort.on('message', ({ kind }) => parentPort.postMessage({ ok: true, result: kind }));
    `),
  });
  const doc = new Y.Doc();
  doc.getText('text').insert(0, 'a'.repeat(100_000));
  const { state } = await inlineHistory.buildCheckpoint({
    checkpointState: null,
    updates: [Y.encodeStateAsUpdate(doc)],
  });
  expect(state.length).toBeLessThan(1000);
  const job = { checkpointState: state, updates: [], stateVector: Uint8Array.of(0) };
  expect(await pool.answerSyncStep1(job)).toBe('answerSyncStep1');
});

test('I11: a job that kills its worker is rejected, and the next one gets another worker', async () => {
  const pool = open({
    // Ends at a job whose update begins with 1, answers others with their length.
    workerUrl: script(`
      import { parentPort } from 'node:worker_threads';
      parentPort.on('message', ({ updates }) => {
        if (updates[0] === 1) process.exit(7);
        if (updates[0] === 2) throw new Error('out of hand');
        parentPort.postMessage({ ok: true, result: updates.length });
      });
    `),
  });
  const job = (...bytes: number[]): StateJob => ({ checkpointState: null, updates: [Uint8Array.from(bytes)] });
  const results = await Promise.allSettled([
    pool.describe(job(0)),
    pool.describe(job(1)),
    pool.describe(job(0, 0)),
    pool.describe(job(2)),
    pool.describe(job(0, 0, 0)),
  ]);
  const code = 'WORKER_FAILED';
  expect(results).toMatchObject([
    { value: 1 },
    { reason: { code, message: 'the worker ended with code 7' } },
    { value: 2 },
    { reason: { code, message: 'out of hand' } },
    { value: 3 },
  ]);
});

test('I11: a job that needs more memory than it may is rejected, and the process lives', async () => {
  const pool = open({
    maxHeapMb: 32,
    workerUrl: script(`
      import { parentPort } from 'node:worker_threads';
      parentPort.on('message', () => { const all = []; for (;;) all.push(Array(1e5).fill(all)); });
    `),
  });
  await expect(pool.describe({ checkpointState: null, updates: [] })).rejects.toMatchObject({ code: 'WORKER_FAILED' });
});

test('I11: a job that takes too long is given up, and its worker with it', async () => {
  const pool = open({
    timeLimitMs: 50,
    workerUrl: script(`
      import { parentPort } from 'node:worker_threads';
      parentPort.on('message', () => { for (;;); });
    `),
  });
  await expect(pool.describe({ checkpointState: null, updates: [] })).rejects.toMatchObject({
    code: 'WORKER_FAILED',
    message: 'the job took more than 50 ms',
  });
});

test('closing finishes what was taken and takes nothing more', async () => {
  const pool = open();
  const jobs = [pool.describe(randomJob(3)), pool.buildCheckpoint(randomJob(4))];
  const closed = pool.close();
  expect(pool.close()).toBe(closed);
  await expect(pool.describe(randomJob(5))).rejects.toMatchObject({ code: 'WORKER_FAILED' });
  await closed;
  await Promise.all(jobs);
});

test('a worker file that does not exist fails the job with its name', async () => {
  const pool = open({ workerUrl: pathToFileURL('/nowhere/worker.js') });
  await expect(pool.describe({ checkpointState: null, updates: [] })).rejects.toMatchObject({
    code: 'WORKER_FAILED',
    message: expect.stringContaining('/nowhere/worker.js'),
  });
});

test('workers turn documents into text and back', async () => {
  const pool = open();
  const markdown = '# A\n\ntext\n';
  const { update } = await pool.compose('markdown', new TextEncoder().encode(markdown));
  const job = { checkpointState: null, updates: [update] };
  const file = await pool.renderFile('markdown', job);
  expect([new TextDecoder().decode(file.bytes), file.warnings]).toEqual([markdown, []]);
  const head = { name: 'notes', seq: 1, time: null };
  const rendered = await pool.renderJson(job, head);
  const json = { weft: 1, ...head, title: '', content: expect.objectContaining({ type: 'doc' }) };
  expect(JSON.parse(new TextDecoder().decode(rendered.bytes))).toEqual(json);
  const composed = await pool.compose('json', rendered.bytes);
  expect(await pool.renderJson({ checkpointState: null, updates: [composed.update] }, head)).toEqual(rendered);
  const notText = pool.compose('json', Uint8Array.of(0xff));
  await expect(notText).rejects.toMatchObject({ code: 'WORKER_FAILED' });
});

test('a long result is handed over and not copied, and each is its own', async () => {
  const pool = open();
  const long = `${'word '.repeat(40_000)}\n`;
  const { update } = await pool.compose('text', new TextEncoder().encode(long));
  const job = { checkpointState: null, updates: [update] };
  const about = { name: 'notes', seq: 1, time: null };
  const [first, second, state] = [
    await pool.renderJson(job, about),
    await pool.renderJson(job, about),
    await pool.rebuildState(job),
  ];
  expect(first.bytes.length).toBeGreaterThan(200_000);
  expect([first.bytes.length, first]).toEqual([first.bytes.buffer.byteLength, second]);
  expect(renderJson({ checkpointState: null, updates: [state] })).toEqual(renderJson(job));
});

test.runIf(process.platform === 'linux')(
  'on Linux the system shows which thread keeps documents up and which serves joins, and the first gives way to all others',
  async () => {
    const pool = open();
    const job = randomJob(9);
    await Promise.all([pool.buildCheckpoint(job), pool.answerSyncStep1({ ...job, stateVector: Uint8Array.of(0) })]);
    const tasks = '/proc/self/task';
    const names = readdirSync(tasks).map((id) => readFileSync(`${tasks}/${id}/comm`, 'utf8').trim());
    expect(names).toEqual(expect.arrayContaining(['weft-upkeep', 'weft-joins']));
    const nicenessOf = (name: string): number => {
      const stat = readFileSync(`${tasks}/${readdirSync(tasks)[names.indexOf(name)]}/stat`, 'utf8');
      // What follows the name in brackets begins with the third field (proc(5)).
      return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19 - 3]);
    };
    expect(nicenessOf('weft-upkeep')).toBe(nicenessOf('weft-joins') + 10);
  },
);

test('states are inflated one at a time, so that threads are left to what writes to the disk', async () => {
  const pool = open();
  const large = deflateRawSync(randomBytes(1024 * 1024).toString('hex'), { level: 1 });
  const small = deflateRawSync(Uint8Array.of(1, 2));
  const ended: string[] = [];
  const failing = pool.inflateState(Uint8Array.of(7));
  const inflated = [large, large, small].map(async (state) => {
    const { length } = await pool.inflateState(state);
    ended.push(length === 2 ? 'small' : 'large');
  });
  await expect(failing).rejects.toMatchObject({ code: 'WORKER_FAILED' });
  await Promise.all(inflated);
  expect(ended).toEqual(['large', 'large', 'small']);
});
