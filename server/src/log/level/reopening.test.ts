// I8, L2: what a log does when writes fail. LevelDB's own behaviour after a failure is what FaultyDisk plays.

import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { SyncError } from '../../sync-error.js';
import { openMemoryLog } from '../memory-log.js';
import type { StorageState } from '../storage-health.js';
import { FaultyDisk } from '../test/faulty-disk.js';
import { checkpointAt, content, documentName, Ear, newEntry, textOf } from '../test/log-harness.js';
import { anchorKey, journalKey } from './keys.js';

const NO_SPACE = 'IO error: 000005.log: No space left on device';
const BROKEN = 'IO error: 000005.log: Input/output error';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setImmediate', 'performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

const pass = (ms: number): Promise<unknown> => vi.advanceTimersByTimeAsync(ms);

async function start(options: Parameters<typeof openMemoryLog>[1] = {}) {
  const disk = new FaultyDisk();
  const health: StorageState[] = [];
  const failures: SyncError[] = [];
  const complaints: string[] = [];
  let roomMade = 0;
  const log = await openMemoryLog(disk.open, {
    giveUpAfterMs: 60_000,
    onHealth: (state) => health.push(state),
    onFailure: (error) => failures.push(error),
    complain: (sentence) => complaints.push(sentence),
    makeRoom: async () => void roomMade++,
    // On this thread: fake time does not wait for another.
    deflate: async (bytes) => deflateRawSync(bytes),
    inflate: async (bytes) => inflateRawSync(bytes),
    ...options,
  });
  const ear = new Ear();
  const channel = await log.open(content('notes'), ear);
  channel.append(newEntry('before'));
  await pass(10);
  expect(ear.heard).toEqual([1]);
  /** What a process started now would find. */
  const onDisk = async (): Promise<string[]> => {
    const closing = log.close();
    await pass(0);
    await closing;
    const again = await openMemoryLog(disk.open);
    const texts = (await (await again.open(content('notes'), new Ear())).entriesAfter(0)).map(textOf);
    await again.close();
    return texts;
  };
  return { disk, log, ear, channel, health, failures, complaints, onDisk, roomMade: () => roomMade };
}

describe('I8, L2: a group whose write failed', () => {
  test('is written again under its numbers once the store was opened again, and told then', async () => {
    const { disk, ear, channel, health, failures, complaints, onDisk } = await start();
    disk.faults.push({ fate: 'lost', message: BROKEN });
    expect([channel.append(newEntry('a')), channel.append(newEntry('b'))]).toEqual([2, 3]);
    const batches = disk.written.length;
    await pass(0);
    expect(channel.append(newEntry('c'))).toBe(4);
    await pass(10);
    expect(ear.heard).toEqual([1, 3, 4]);
    expect(disk.written).toHaveLength(batches + 2);
    expect([disk.opened, disk.writesToFailedStores, health, failures]).toEqual([2, 0, ['failing', 'ok'], []]);
    expect(complaints).toEqual([
      expect.stringContaining(`A write failed: ${BROKEN}`),
      expect.stringContaining('again after'),
    ]);
    expect(await onDisk()).toEqual(['before', 'a', 'b', 'c']);
  });

  test('is kept and told, and not written again, when it survived', async () => {
    const { disk, ear, channel, onDisk } = await start();
    disk.faults.push({ fate: 'survives', message: BROKEN });
    channel.append(newEntry('a'));
    const batches = disk.written.length;
    await pass(10);
    expect(ear.heard).toEqual([1, 2]);
    expect(disk.written).toHaveLength(batches);
    expect(await onDisk()).toEqual(['before', 'a']);
  });

  test('is told to nobody while the store cannot be opened, nor is what came after it', async () => {
    const { disk, ear, channel, health, onDisk } = await start();
    disk.faults.push({ fate: 'lost', message: BROKEN });
    disk.openingFault = BROKEN;
    channel.append(newEntry('a'));
    await pass(5000);
    channel.append(newEntry('b'));
    await pass(5000);
    expect([ear.heard, channel.head, health.at(-1)]).toEqual([[1], 1, 'failing']);
    disk.openingFault = null;
    await pass(2000);
    expect([ear.heard, health.at(-1)]).toEqual([[1, 2, 3], 'ok']);
    expect(await onDisk()).toEqual(['before', 'a', 'b']);
  });

  test('is tried at once, then with growing pauses of 2 s at most', async () => {
    const triedAtMs: number[] = [];
    const startedMs = performance.now();
    const { disk, channel } = await start({
      tryDisk: async () => {
        triedAtMs.push(performance.now() - startedMs);
        throw new Error(BROKEN);
      },
    });
    disk.lastingFault = BROKEN;
    channel.append(newEntry('a'));
    await pass(9990);
    const gaps = triedAtMs.slice(1).map((ms, index) => ms - triedAtMs[index]!);
    expect(gaps.slice(0, 7)).toEqual([100, 200, 400, 800, 1600, 2000, 2000]);
    // The store that still reads is not given up while the disk takes nothing.
    expect(disk.opened).toBe(1);
  });

  test('is given up after a minute without a write that succeeds', async () => {
    const { disk, ear, channel, failures, health } = await start();
    disk.lastingFault = BROKEN;
    channel.append(newEntry('a'));
    await pass(59_000);
    expect(failures).toEqual([]);
    await pass(4000);
    expect(failures).toMatchObject([{ code: 'LOG_FAILED', message: `The log cannot be written: ${BROKEN}` }]);
    expect(() => channel.append(newEntry('b'))).toThrow(expect.objectContaining({ code: 'LOG_FAILED' }));
    expect([ear.heard, health.at(-1)]).toEqual([[1], 'failing']);
  });

  test('is tried for ever for want of room, which is made as far as it can be', async () => {
    const { disk, ear, channel, failures, health, roomMade, onDisk } = await start();
    disk.lastingFault = NO_SPACE;
    channel.append(newEntry('a'));
    await pass(3_600_000);
    expect([ear.heard, health.at(-1), failures]).toEqual([[1], 'full', []]);
    expect(roomMade()).toBeGreaterThan(1000);
    disk.lastingFault = null;
    await pass(2000);
    expect([ear.heard, health.at(-1)]).toEqual([[1, 2], 'ok']);
    expect(await onDisk()).toEqual(['before', 'a']);
  });

  test('is given up when the log is closed meanwhile', async () => {
    const { disk, log, ear, channel, failures } = await start();
    disk.lastingFault = NO_SPACE;
    channel.append(newEntry('a'));
    await pass(10_000);
    const closing = log.close();
    await pass(0);
    await closing;
    expect([ear.heard, failures.length]).toEqual([[1], 1]);
  });
});

describe('L2: what was acknowledged', () => {
  test.each([
    ['is gone', () => [{ type: 'del', key: journalKey(1) }] as const],
    ['is damaged', () => [{ type: 'put', key: journalKey(1), value: new Uint8Array(50) }] as const],
  ])('and %s when the store was opened again ends the log with a sentence', async (what, tampering) => {
    const { disk, ear, channel, failures } = await start();
    disk.faults.push({ fate: 'lost', message: BROKEN });
    await disk.tamper(tampering());
    channel.append(newEntry('a'));
    await pass(10);
    const message = expect.stringContaining(`the record journal/1 ${what}: changes that were acknowledged may be lost`);
    expect(failures).toMatchObject([{ code: 'LOG_FAILED', message }]);
    expect([ear.heard, disk.opened]).toEqual([[1], 2]);
  });

  test('is looked for in the anchor when all records have left the journal', async () => {
    const { disk, ear, channel, failures, onDisk } = await start({ journalMaxBytes: 1 });
    await pass(10);
    // Sweeps the record that was rolled.
    void channel.putCheckpoint(checkpointAt(1));
    await pass(10);
    disk.faults.push({ fate: 'lost', message: BROKEN }, { fate: 'survives', message: BROKEN });
    channel.append(newEntry('a'));
    await pass(1000);
    expect([ear.heard, failures]).toEqual([[1, 2], []]);
    expect(await onDisk()).toEqual(['before', 'a']);
  });

  test('and is not what the anchor says ends the log', async () => {
    const { disk, channel, failures } = await start({ journalMaxBytes: 1 });
    await pass(10);
    disk.faults.push({ fate: 'lost', message: BROKEN });
    await disk.tamper([{ type: 'del', key: anchorKey }]);
    channel.append(newEntry('a'));
    await pass(10);
    expect(failures).toMatchObject([{ message: expect.stringContaining('the record anchor is gone') }]);
  });
});

describe('I8: while nothing can be written', () => {
  test('documents are opened and read, also when it is a checkpoint, a creation and a roll that wait', async () => {
    const { disk, log, channel, onDisk } = await start({ journalMaxBytes: 1 });
    await pass(10);
    disk.lastingFault = NO_SPACE;
    channel.append(newEntry('a'));
    const checkpoint = channel.putCheckpoint(checkpointAt(1));
    const created = log.createDocument(documentName('minutes'), 7);
    await pass(10_050);
    const reading = Promise.all([log.documents(), channel.entriesAfter(0), log.open(content('other'), new Ear())]);
    await pass(2000);
    const [documents, entries, other] = await reading;
    expect(documents.map(({ name }) => name)).toEqual(['notes']);
    expect(entries.map(textOf)).toEqual(['before']);
    expect(other.head).toBe(0);
    disk.lastingFault = null;
    await pass(4000);
    await checkpoint;
    expect(await created).toBe(true);
    expect(channel.checkpoint).toEqual(checkpointAt(1));
    expect(await onDisk()).toEqual(['before', 'a']);
  });

  test('documents are read while a roll waits, and it moves nothing under those who read', async () => {
    const { disk, log, channel } = await start({ journalMaxBytes: 1 });
    await pass(10);
    // The first write of the next entry goes through; the roll that follows it does not.
    disk.faults.push(null);
    disk.lastingFault = NO_SPACE;
    channel.append(newEntry('a'));
    await pass(10_050);
    let texts: string[] = [];
    const reading = log.open(content('other'), new Ear()).then(async () => {
      texts = (await channel.entriesAfter(0)).map(textOf);
    });
    await pass(2000);
    await reading;
    expect(texts).toEqual(['before', 'a']);
    disk.lastingFault = null;
    await pass(4000);
    expect((await channel.entriesAfter(0)).map(textOf)).toEqual(['before', 'a']);
  });
});

test('I8: a store that cannot be opened again after an erasure is tried until it can', async () => {
  const { disk, log, channel, health, failures } = await start();
  const closing = channel.close();
  await pass(10);
  await closing;
  disk.openingFault = 'IO error: LOCK: Too many open files';
  const erased = log.eraseDocument(documentName('notes'));
  await pass(1000);
  expect(health.at(-1)).toBe('failing');

  disk.openingFault = null;
  await pass(2000);
  await erased;
  expect(health.at(-1)).toBe('ok');
  expect(failures).toEqual([]);
  const ear = new Ear();
  const again = await log.open(content('notes'), ear);
  again.append(newEntry('after'));
  await pass(10);
  expect(ear.heard).toEqual([1]);
});
