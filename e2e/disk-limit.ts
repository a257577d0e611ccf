// The end of a server's disk, for one process: from some size on its files cannot grow, and the write that meets the limit is
// cut short, as one is that finds no room. Like a disk that somebody tidies up, it can be lifted while the server runs.

import { execFile, spawnSync } from 'node:child_process';
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

interface Limited {
  readonly pid: number;
  readonly dataFolder: string;
}

/** Linux has it in util-linux. */
export const canLimitDisk = spawnSync('prlimit', ['--version']).status === 0;

/** From now on no file of the server grows beyond what LevelDB's log has, and a few bytes. */
export async function fillDisk({ pid, dataFolder }: Limited): Promise<void> {
  const folder = path.join(dataFolder, 'store');
  const logs = (await readdir(folder)).filter((name) => name.endsWith('.log'));
  const sizes = await Promise.all(logs.map(async (name) => (await stat(path.join(folder, name))).size));
  await run('prlimit', ['--pid', String(pid), `--fsize=${Math.max(...sizes) + 40}:unlimited`]);
}

export async function freeDisk({ pid }: Limited): Promise<void> {
  await run('prlimit', ['--pid', String(pid), '--fsize=unlimited:unlimited']);
}
