import * as prng from 'lib0/prng';
import { expect, onTestFinished, test } from 'vitest';
import { openMemoryLog } from '../log/memory-log.js';
import { content, documentName, Ear, newEntry } from '../log/test/log-harness.js';
import { Turns } from '../turns.js';
import { inlineHistory } from './inline-history.js';
import { Moments } from './moments.js';
import { pastTurns } from './past.js';

const NOTES = documentName('notes');

test('a time is the newest entry then, however many entries there are and however many have one time', async () => {
  const log = await openMemoryLog();
  onTestFinished(() => log.close());
  const history = {
    ...inlineHistory,
    renderJson: () => Promise.reject(new Error('not asked for')),
    renderFile: () => Promise.reject(new Error('not asked for')),
  };
  const moments = new Moments({ log, versions: { find: async () => null }, history, turns: new Turns(pastTurns) });
  const at = (timeMs: number) => moments.find(NOTES, { kind: 'time', timeMs });
  expect(await at(5)).toEqual({ seq: 0, timeMs: null, epoch: 1 });

  const random = prng.create(1);
  const timesMs: number[] = [];
  const ear = new Ear();
  const channel = await log.open(content('notes'), ear);
  for (let timeMs = 1000; timesMs.length < 12_000; timeMs += prng.int32(random, 0, 3)) {
    timesMs.push(timeMs);
    channel.append(newEntry('', { update: Uint8Array.of(0, 0), timeMs }));
  }
  await ear.hears(timesMs.length);
  const asked = [1000, timesMs.at(-1)!, timesMs.at(-1)! + 1e9];
  for (let n = 0; n < 40; n++) asked.push(prng.int32(random, 1000, timesMs.at(-1)!));
  for (const timeMs of asked) {
    const index = timesMs.findLastIndex((one) => one <= timeMs);
    expect(await at(timeMs)).toEqual({ seq: index + 1, timeMs: timesMs[index] ?? null, epoch: 1 });
  }
  const beforeAll = {
    code: 'BEFORE_BEGINNING',
    message: expect.stringContaining('"notes" began on 1970-01-01T00:00:01.000Z'),
  };
  for (const timeMs of [0, 999]) {
    await expect(at(timeMs)).rejects.toMatchObject(beforeAll);
    // What happened since then is everything.
    expect(await moments.boundIn(await log.view(content('notes')), { kind: 'time', timeMs })).toEqual({
      seq: 0,
      timeMs: null,
    });
  }
  expect(await moments.find(NOTES, { kind: 'seq', seq: 0 })).toEqual({ seq: 0, timeMs: null, epoch: 1 });
  expect(await moments.find(NOTES, { kind: 'now' })).toEqual({ seq: 12_000, timeMs: timesMs.at(-1), epoch: 1 });
  await channel.close();
});
