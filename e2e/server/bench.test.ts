// The replay of bench/ as a user runs it, on small made-up cases: one trace of each kind.

import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { ownFolder } from './harness.js';

interface Outcome {
  readonly code: number;
  readonly stdout: string;
}

async function replay(...args: string[]): Promise<Outcome> {
  const file = fileURLToPath(new URL('../../bench/dist/replay.js', import.meta.url));
  try {
    const { stdout } = await promisify(execFile)(process.execPath, [file, ...args]);
    return { code: 0, stdout };
  } catch (error) {
    const { code, stdout } = error as Outcome;
    return { code, stdout };
  }
}

async function traceFile(trace: object): Promise<string> {
  const file = path.join(await ownFolder(), 'trace.json.gz');
  await writeFile(file, gzipSync(JSON.stringify(trace)));
  return file;
}

/** One person, with characters of one, two and four bytes, a start and patches that belong together. */
const sequential = {
  startContent: 'Hi 🧵!',
  endContent: 'Hej, 🧵𝄞 ça va?',
  txns: [
    { patches: [[1, 1, 'ej,']] },
    {
      patches: [
        [6, 1, ''],
        [6, 0, '𝄞'],
      ],
    },
    { patches: [[7, 0, ' ça va']] },
    { patches: [[13, 0, '?']] },
  ],
};

/** Two people: both type at once, one deletes what the other has not seen change, and they come together in between. */
const concurrent = {
  endContent: 'Warp 🧵 and weft.',
  numAgents: 2,
  txns: [
    { parents: [], agent: 0, patches: [[0, 0, 'warp weft']] },
    { parents: [0], agent: 0, patches: [[0, 1, 'W']] },
    { parents: [0], agent: 1, patches: [[5, 0, 'and ']] },
    { parents: [2], agent: 1, patches: [[13, 0, '.']] },
    { parents: [1, 3], agent: 0, patches: [[5, 0, '🧵 ']] },
    { parents: [4], agent: 1, patches: [[15, 1, '']] },
    { parents: [5], agent: 1, patches: [[15, 0, '.']] },
  ],
};

test.each([
  ['sequential', sequential, 4],
  ['concurrent', concurrent, 7],
])('a %s trace is replayed to the recorded text, live and after a restart', async (_, trace, transactions) => {
  const { code, stdout } = await replay(await traceFile(trace));
  expect(stdout).toContain(`${transactions} transactions`);
  const startEdits = 'startContent' in trace ? 1 : 0;
  expect(stdout).toContain(`${transactions + startEdits} entries in the log`);
  expect(stdout).toContain('equal to what was recorded, live and after a restart');
  expect(code).toBe(0);
});

test('a trace that ends otherwise than recorded is told, with the place, and ends with 1', async () => {
  const { code, stdout } = await replay(await traceFile({ ...sequential, endContent: 'Hej, 🧵𝄞 ça vas?' }));
  expect(stdout).toContain('DIFFERENT: a fresh client after a restart, at 15 ');
  expect(code).toBe(1);
});
