// The measurements of bench/ as a user runs them, on small inputs: every kind gives its figures.

import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { ownFolder } from './harness.js';

interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function measure(...args: string[]): Promise<Outcome> {
  const file = fileURLToPath(new URL('../../bench/dist/measure.js', import.meta.url));
  try {
    return { code: 0, ...(await promisify(execFile)(process.execPath, [file, ...args])) };
  } catch (error) {
    const { code, stdout, stderr } = error as Outcome;
    return { code, stdout, stderr };
  }
}

async function traceFile(): Promise<string> {
  const file = path.join(await ownFolder(), 'trace.json');
  const txns = Array.from('Weft and warp.', (letter, at) => ({ patches: [[at, 0, letter]] }));
  await writeFile(file, JSON.stringify({ startContent: '', endContent: 'Weft and warp.', txns }));
  return file;
}

test('start: a full journal is made, and a server starts with it', async () => {
  const { code, stdout } = await measure('start', '--small');
  expect(stdout).toMatch(
    /^measure start\njournal +\d+,\d+ bytes in \d+ records of 20 channels\n(ready, \w+ +\d+ ms\n){3}$/,
  );
  expect(code).toBe(0);
});

test('disk: a recording is stored and compacted, and what it takes is told', async () => {
  const { code, stdout } = await measure('disk', await traceFile(), '--small');
  expect(stdout).toMatch(/\nentries +15, stored with checkpoints in [\d,]+ bytes\n/);
  expect(stdout).toMatch(/\nall after compact +[\d,]+ bytes\n$/);
  expect(code).toBe(0);
});

test('rebuild: states of a recording are rebuilt', async () => {
  const { code, stdout } = await measure('rebuild', await traceFile(), '--small');
  expect(stdout).toMatch(
    /\nstates rebuilt +10 of 15 entries, from one end to the other\np50 .*\np99 .*\nslowest .* ms\n$/,
  );
  expect(code).toBe(0);
});

test.each([0, 1])('compare: moments of a recording, or of a made paper, are compared (%i files)', async (files) => {
  const { code, stdout } = await measure('compare', ...(files === 1 ? [await traceFile()] : []), '--small');
  expect(stdout).toMatch(
    /\ncompared +3 times, \d+ of \d+ entries apart, from one end to the other\np50 .*\nslowest .* ms\nlongest stall .* ms\n$/,
  );
  expect(code).toBe(0);
});

// Of a made paper: that a recording may take its place is shown above.
test('past: versions are listed, the text in the middle is shown, compared, brought back and taken back', async () => {
  const { code, stdout } = await measure('past', '--small');
  expect(stdout).toMatch(/\nentries +\d+, of which the one in the middle is asked for\nlist of \d+ versions +.* ms\n/);
  expect(stdout).toMatch(/\ncompared with a day before +.* ms\n/);
  expect(stdout).toMatch(/\nrestore undone +.* ms\nrestore undone, longest stall +.* ms\n$/);
  expect(code).toBe(0);
}, 120_000);

test('idle: rooms are opened and closed, and the memory of each is told', async () => {
  const { code, stdout } = await measure('idle', '--small');
  expect(stdout).toMatch(/\nread and closed +-?\d+ bytes each, in rounds .*\n/);
  expect(stdout).toMatch(/\nwritten and closed +-?\d+ bytes each, in rounds .*\n$/);
  expect(code).toBe(0);
}, 120_000);

test('nodes, revocation: three nodes on a Postgres are started, and what they carry and take back is told', async () => {
  const [nodes, revocation] = await Promise.all([measure('nodes', '--small'), measure('revocation', '--small')]);
  for (const { code, stderr, stdout } of [nodes, revocation]) {
    if (stderr.includes('not installed')) return;
    expect({ code, stderr, stdout }).toMatchObject({ code: 0, stderr: '' });
  }
  expect(nodes.stdout).toMatch(
    /\nPostgres, 2 nodes: read at another node +saved p50 .*; of each letter .* through Redis;/,
  );
  expect(nodes.stdout).toMatch(/\nPostgres, 2 nodes: as fast as it saves +[\d,]+ letters a second;/);
  expect(revocation.stdout).toMatch(/\npoll +p50 .*, p100 \d+ ms of 6\n/);
  expect(revocation.stdout).toMatch(/\nslowest of all +\d+ ms\n$/);
}, 120_000);

test('a kind that does not exist, or lacks its recording, says how it is used', async () => {
  const outcomes = await Promise.all([[], ['speed'], ['disk'], ['start', 'file']].map((args) => measure(...args)));
  for (const outcome of outcomes)
    expect(outcome).toMatchObject({ code: 2, stderr: expect.stringMatching(/^Usage: npm run measure/) });
});
