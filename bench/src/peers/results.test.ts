import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { diskOf } from './machine.js';
import { mergeRuns, pieceWith, readRun, valuesOf, writeRun } from './results.js';
import { madeUpRun } from './test/made-up-run.js';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'weft-results-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

test('a run is read as it was written, and another file is no run', () => {
  const run = madeUpRun({ s: { weft: { cost: [1, null, 3] } } });
  const file = join(folder, 'run.json');
  writeRun(file, run);
  expect(readRun(file)).toEqual(run);
  writeFileSync(file, '{"format":0}');
  expect(() => readRun(file)).toThrow('is not a run of this bench');
});

test('a run in pieces is one run, and what was measured again replaces what was there', () => {
  const first = madeUpRun({ a: { weft: { cost: [1] } }, b: { weft: { cost: [2] }, 'weft-yjs': { cost: [3] } } });
  const failure = { scenario: 'b', server: 'weft', round: 1, reason: 'A letter was lost.' };
  const second = madeUpRun({ b: { weft: { cost: [4, 5] } } });
  const merged = mergeRuns([{ ...first, failures: [failure] }, second]);
  expect(merged.scenarios.map(({ name }) => name)).toEqual(['a', 'b']);
  expect([valuesOf(merged, 'a', 'weft', 'cost'), valuesOf(merged, 'b', 'weft', 'cost')]).toEqual([[1], [4, 5]]);
  expect([valuesOf(merged, 'b', 'weft-yjs', 'cost'), merged.failures]).toEqual([[], []]);
  expect(merged.durationMs).toBe(first.durationMs * 2);
});

test('runs of two commits are not put together', () => {
  const run = madeUpRun({ s: { weft: { cost: [1] } } });
  expect(() => mergeRuns([run, { ...run, commit: 'fff0000' }])).toThrow('Only runs of one commit');
});

test('scenarios of another commit stand apart, with what is said of their run', () => {
  const run = madeUpRun({ s: { weft: { cost: [1] } } });
  const subject = 'web: do it';
  const one = madeUpRun({ t: { weft: { cost: [2] } } });
  const apart = { ...one, commit: 'fff0000', subject, rounds: 3, command: 'bench t' };
  const merged = mergeRuns([run, apart]);
  expect([merged.commit, merged.rounds, merged.command]).toEqual([run.commit, run.rounds, run.command]);
  expect(merged.pieces).toMatchObject([
    { commit: 'fff0000', subject, rounds: 3, command: 'bench t', scenarios: ['t'] },
  ]);
  expect([pieceWith(merged, 's'), pieceWith(merged, 't')]).toEqual([undefined, merged.pieces![0]]);
  expect(valuesOf(merged, 't', 'weft', 'cost')).toEqual([2]);
  const onAnother = { ...apart, machine: { ...apart.machine, cores: 64 } };
  expect(() => mergeRuns([run, onAnother])).toThrow('differ');
});

test('the disk is that of the longest mount above the folder', () => {
  const mounts = '/dev/vda / ext4 rw 0 0\ntmpfs /tmp tmpfs rw 0 0\n/dev/vdb /tmp/data xfs rw 0 0\n';
  expect([diskOf('/tmp/data/x', mounts), diskOf('/tmp/database', mounts), diskOf('/home', mounts)]).toEqual([
    'xfs on /dev/vdb',
    'tmpfs on tmpfs',
    'ext4 on /dev/vda',
  ]);
});
