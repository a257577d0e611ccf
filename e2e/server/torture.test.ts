// Torture as a user runs it, a few rounds of each kind with a fixed seed: of processes, updates and frames. That of the disk is in
// torture-disk.test.ts. The long runs and what came of them: docs/reliability.md.

import { expect, test } from 'vitest';
import { allThere, torture } from './run-torture.js';

test('I1, I2: five rounds of kill -9 lose nothing that was acknowledged or shown, and nothing comes twice', async () => {
  const { code, stdout } = await torture('kill', '--rounds', '5', '--seed', '7');
  expect(stdout).toMatch(/^torture kill --rounds 5 --seed 7\n[.cs]{5}\n/);
  expect(stdout).toMatch(allThere);
  expect(stdout).not.toContain('FAULT');
  expect(code).toBe(0);
}, 120_000);

test('I1: backups of a running server hold what was Saved before they began, and can be brought back', async () => {
  const { code, stdout } = await torture('backup', '--rounds', '2', '--seed', '5');
  expect(stdout).toMatch(allThere);
  expect(stdout).toContain(', backups 4, ');
  expect(stdout).not.toContain('FAULT');
  expect(code).toBe(0);
}, 120_000);

test('G1, G2: of 20,000 mutated updates the gate takes none that throws, stays pending or loads differently', async () => {
  const { code, stdout } = await torture('mutants', '--count', '20000', '--seed', '7');
  expect(stdout).toMatch(/\nmutants 20000, refused \d{5}, taken \d{4,}, .*, faults 0\n/);
  expect(code).toBe(0);
}, 120_000);

test('of 10,000 mutated frames none harms the server, keeps others waiting or fills its memory', async () => {
  const { code, stdout } = await torture('frames', '--count', '10000', '--seed', '7');
  expect(stdout).toMatch(/\nframes 10\d{3}, .*, faults 0\n/);
  expect(code).toBe(0);
}, 120_000);

test('20,000 honest updates pass the gate', async () => {
  const { code, stdout } = await torture('honest', '--count', '20000', '--seed', '7');
  expect(stdout).toMatch(/\nupdates 20\d{3}, refused 0, .*, faults 0\n/);
  expect(code).toBe(0);
}, 120_000);

test('torture without a kind says how it is used', async () => {
  expect((await torture()).code).toBe(2);
  expect((await torture('kill', '--rounds', 'many')).code).toBe(2);
});
