import { expect, test } from 'vitest';
import { openMemoryLog } from '../memory-log.js';
import { MemoryStore } from '../memory-store.js';
import { checkpointAt, content, Ear, newEntry } from '../test/log-harness.js';
import { staysForHistory } from './history-checkpoints.js';
import { checkpointRange } from './keys.js';
import { readCheckpoint } from './stored-values.js';

const MIB = 1024 * 1024;

test('a checkpoint stays where much was written around it, for its own size', () => {
  expect(staysForHistory(1000, MIB)).toBe(false);
  expect(staysForHistory(1000, MIB + 1)).toBe(true);
  expect(staysForHistory(MIB, 4 * MIB)).toBe(false);
  expect(staysForHistory(MIB, 4 * MIB + 1)).toBe(true);
  expect(staysForHistory(5 * MIB, 6 * MIB + 1)).toBe(true);
  expect(staysForHistory(10 * MIB, 10 * MIB)).toBe(false);
  expect(staysForHistory(10 * MIB, 10 * MIB + 1)).toBe(true);
});

test('checkpoints that stay bound what has to be applied, and no more of them stay than that takes', async () => {
  let store = new MemoryStore();
  let log = await openMemoryLog(store);
  const pieceBytes = 0.3 * MIB;

  for (let round = 1; round <= 60; round++) {
    // Opened anew in between: what is known of the bytes is on disk.
    if (round % 10 === 1) {
      await log.close();
      store = store.reopen();
      log = await openMemoryLog(store);
    }
    const ear = new Ear();
    const channel = await log.open(content('notes'), ear);
    channel.append(newEntry('', { update: new Uint8Array(pieceBytes) }));
    channel.append(newEntry('x'));
    await ear.hears(2 * round);
    await channel.putCheckpoint(checkpointAt(2 * round, `at ${round}`));
    await channel.close();
  }
  const view = await log.view(content('notes'));
  expect(view.checkpoint).toEqual(checkpointAt(120, 'at 60'));
  let kept = 0;
  for (let seq = view.head; seq > 0; ) {
    const found = await view.checkpointAt(seq - 1);
    const from = found?.seq ?? 0;
    const bytes = ((seq - from) / 2) * pieceBytes;
    expect(bytes).toBeLessThanOrEqual(MIB + pieceBytes);
    if (found) {
      expect(found).toEqual(checkpointAt(from, `at ${from / 2}`));
      expect(await view.checkpointAt(from)).toEqual(found);
      kept += 1;
    }
    seq = from;
  }
  expect(kept).toBeGreaterThan(14);
  expect(kept).toBeLessThanOrEqual((60 * pieceBytes) / MIB + 1);
  await log.close();
});

test('the bytes of updates are counted in checkpoints, also in the one of a replaced channel', async () => {
  const store = new MemoryStore();
  const log = await openMemoryLog(store);
  const entries = [1, 2, 3].map((seq) => ({ seq, ...newEntry('', { update: new Uint8Array(100 * seq) }) }));
  await log.replaceChannel(content('notes'), { entries, checkpoint: checkpointAt(2) });
  const ear = new Ear();
  const channel = await log.open(content('notes'), ear);
  const bytesOf = async (): Promise<number[]> => {
    const all: number[] = [];
    for await (const [key, value] of store.range(checkpointRange(content('notes')))) {
      all.push(readCheckpoint(key, value).updateBytes);
    }
    return all;
  };
  expect(await bytesOf()).toEqual([300]);
  await channel.putCheckpoint(checkpointAt(3));
  expect(await bytesOf()).toEqual([600]);
  await log.close();
});
