// What the log counts of its groups, and of writes that fail.

import { expect, test } from 'vitest';
import { LogMetrics } from '../../metrics/metrics.js';
import { FaultyDisk } from '../test/faulty-disk.js';
import { content, documentName, Ear, newEntry } from '../test/log-harness.js';
import { openLevelLog } from './level-log.js';

async function start() {
  const disk = new FaultyDisk();
  const metrics = new LogMetrics();
  const log = await openLevelLog(disk.open, { onFailure: () => undefined, metrics });
  const ear = new Ear();
  const channel = await log.open(content('notes'), ear);
  /** So many at once, until they are on disk. */
  const write = async (count: number): Promise<void> => {
    let last = 0;
    for (let i = 0; i < count; i++) last = channel.append(newEntry('x'));
    await ear.hears(last);
  };
  return { disk, metrics, log, write };
}

test('groups are counted with what they hold, and the journal with what it has', async () => {
  const { metrics, log, write } = await start();
  await write(3);
  await write(1);
  expect([metrics.groupEntries.sum, metrics.groupEntries.counts[0], metrics.groupEntries.counts[1]]).toEqual([4, 1, 1]);
  expect(metrics.journalBytes).toBe(metrics.groupBytes.sum);
  expect(metrics.writes.counts.reduce((a, b) => a + b)).toBe(2);
  // No entry, no group.
  await log.createDocument(documentName('empty'), 1);
  expect(metrics.writes.counts.reduce((a, b) => a + b)).toBe(2);
  await log.close();
});

test('I8: each write that fails is counted, and its group once, when it is on disk', async () => {
  const { disk, metrics, log, write } = await start();
  disk.faults.push({ fate: 'lost', message: 'no' }, { fate: 'lost', message: 'no' });
  await write(2);
  expect([metrics.failedWrites, metrics.groupEntries.sum]).toEqual([2, 2]);
  await log.close();
});
