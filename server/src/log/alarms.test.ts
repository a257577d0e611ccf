import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Alarms } from './alarms.js';

let folder: string;
const said: string[] = [];
const make = (file = join(folder, 'alarms.log')): Alarms =>
  new Alarms(
    file,
    (sentence) => said.push(sentence),
    () => Date.UTC(2026, 0, 2, 3, 4, 5),
  );

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'weft-alarms-'));
  said.length = 0;
});
afterEach(() => rm(folder, { recursive: true }));

test('L3: an alarm is said, and kept with its time in order', async () => {
  const alarms = make();
  await Promise.all([alarms.raise('One.'), alarms.raise('Two\nlines.')]);
  expect(said).toEqual(['ALARM: One.', 'ALARM: Two\nlines.']);
  expect(await readFile(join(folder, 'alarms.log'), 'utf8')).toBe(
    '2026-01-02T03:04:05.000Z One.\n2026-01-02T03:04:05.000Z Two lines.\n',
  );
  expect(alarms.count).toBe(2);
});

test('an alarm counts at later starts too, until somebody takes the file away', async () => {
  const alarms = make();
  await alarms.raise('One.');
  expect(make().count).toBe(1);
  await rm(join(folder, 'alarms.log'));
  expect(make().count).toBe(0);
});

test('an alarm that cannot be kept is said all the same, and so is that it cannot', async () => {
  const alarms = make(join(folder, 'missing', 'alarms.log'));
  await alarms.raise('One.');
  expect(said).toEqual(['ALARM: One.', expect.stringContaining('could not be kept in')]);
  expect(alarms.count).toBe(1);
});
