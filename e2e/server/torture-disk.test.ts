// Torture of the disk as a user runs it, a few rounds of each kind with a fixed seed. The long runs and what came of them:
// docs/reliability.md.

import { expect, test } from 'vitest';
import { whyNoStrace } from '../../bench/src/torture/strace.js';
import { allThere, torture } from './run-torture.js';

const noStrace = whyNoStrace();
if (noStrace !== null) console.warn(`Some tortures are skipped: ${noStrace}.`);

test.skipIf(noStrace !== null)(
  'I1, I2: 50 losses of power lose nothing that was acknowledged or shown',
  async () => {
    const { code, stdout } = await torture('power', '--rounds', '1', '--seed', '11');
    expect(stdout).toMatch(allThere);
    expect(stdout).toContain(', cuts 50, ');
    expect(stdout).not.toContain('FAULT');
    expect(code).toBe(0);
  },
  120_000,
);

test.skipIf(noStrace !== null)(
  'the loss of power finds out a server that does not sync',
  async () => {
    const { code, stdout } = await torture('power', '--rounds', '1', '--seed', '11', '--without-sync');
    // What was never synced may be gone, or so torn that nothing of it can be opened.
    expect(stdout).toMatch(/, lost [1-9]|FAULT: round 1: a cut could not be (?:opened|served|read)/);
    expect(code).toBe(1);
  },
  120_000,
);

test('I8: a disk that fills up and is freed loses nothing, and nobody stops seeing others or reading', async () => {
  const { code, stdout } = await torture('full', '--rounds', '2', '--seed', '6');
  expect(stdout).toMatch(allThere);
  expect(stdout).toMatch(/^[k.]{2}$/m);
  expect(stdout).not.toContain('FAULT');
  expect(code).toBe(0);
}, 120_000);

test.skipIf(noStrace !== null)(
  'I8, L2: syncs that fail lose nothing, and are got over',
  async () => {
    const { code, stdout } = await torture('eio', '--rounds', '2', '--seed', '6');
    expect(stdout).toMatch(allThere);
    expect(stdout).toMatch(/, syncs failed [1-9]/);
    expect(stdout).not.toContain('FAULT');
    expect(code).toBe(0);
  },
  120_000,
);

test('L3: of a log whose end was torn off anywhere a prefix is read, and who comes back keeps the rest as drafts', async () => {
  const { code, stdout } = await torture('torn', '--rounds', '150', '--seed', '3');
  expect(stdout).toMatch(
    /, lost 0, .*, cuts with entries missing \d\d+, .*, documents robbed ([1-9]), of them noticed \1, /,
  );
  expect(stdout).not.toContain('FAULT');
  expect(code).toBe(0);
}, 120_000);

test('L3: a data folder set back is noticed, and what is gone from it is kept as drafts', async () => {
  const { code, stdout } = await torture('rolled-back', '--rounds', '1', '--seed', '3');
  expect(stdout).toMatch(/, lost 0, .*, documents set back ([1-9]), of them noticed \1, drafts [1-9]/);
  expect(stdout).not.toContain('FAULT');
  expect(code).toBe(0);
}, 120_000);

test('a changed byte in the store is told, or changes nothing', async () => {
  const { code, stdout } = await torture('flip', '--rounds', '16', '--seed', '3');
  expect(stdout).toMatch(/, equal \d+, start refused \d+, document refused \d+, alarm raised \d+, silent 0\n/);
  expect(stdout).not.toContain('FAULT');
  expect(code).toBe(0);
}, 120_000);

test.skipIf(noStrace !== null)(
  'with syncs of half a second presence is quick, and a change is Saved after two of them',
  async () => {
    const { code, stdout } = await torture('slow', '--rounds', '1', '--seed', '5');
    expect(stdout).toMatch(allThere);
    expect(stdout).not.toContain('FAULT');
    expect(code).toBe(0);
  },
  120_000,
);
