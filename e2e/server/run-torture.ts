// Runs the built torture as a user does.

import { execFile } from 'node:child_process';
import { chmod } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { ownFolder } from './harness.js';

interface Outcome {
  readonly code: number;
  readonly stdout: string;
}

export async function torture(...args: string[]): Promise<Outcome> {
  const file = fileURLToPath(new URL('../../bench/dist/torture.js', import.meta.url));
  // What a run with faults leaves goes with the test.
  const folder = await ownFolder();
  // A Postgres in it may have a user of its own.
  await chmod(folder, 0o755);
  const env = { ...process.env, TMPDIR: folder };
  try {
    const { stdout } = await promisify(execFile)(process.execPath, [file, ...args], { env });
    return { code: 0, stdout };
  } catch (error) {
    const { code, stdout } = error as Outcome;
    return { code, stdout };
  }
}

/** Everything written was acknowledged in the end, and nothing was lost or came twice. */
export const allThere = /\nrounds \d+, written (\d+), acknowledged \1, lost 0, duplicated 0, /;
