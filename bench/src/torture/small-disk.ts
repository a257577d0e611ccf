// A data folder whose disk can be filled and freed: a tmpfs where we may mount one; else the running server is allowed no
// longer files, which fails its writes half-way in the same manner.

import { spawnSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';

const SIZE_MIB = 320;

export interface SmallDisk {
  readonly kind: string;
  /** From here on no write that needs room succeeds. May be called again while it is full. */
  fill(pid: number): void;
  free(pid: number): void;
  remove(): void;
}

export function makeSmallDisk(folder: string): SmallDisk {
  mkdirSync(folder, { recursive: true });
  const { status, stderr } = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${SIZE_MIB}m`, 'weft-torture', folder]);
  if (status === 0) return tmpfs(folder);
  process.stdout.write(
    `No disk can be mounted here (${stderr ?? 'no mount'}): the server's files are limited instead.\n`,
  );
  return limitedFiles();
}

function tmpfs(folder: string): SmallDisk {
  const filler = join(folder, 'filler');
  return {
    kind: `tmpfs of ${SIZE_MIB} MiB`,
    fill: () => {
      const file = openSync(filler, 'a');
      // From large pieces to single bytes, so that nothing is left.
      for (let piece = new Uint8Array(1024 * 1024); piece.length > 0; piece = piece.subarray(0, piece.length >> 1)) {
        while (fits(file, piece));
      }
      closeSync(file);
    },
    free: () => rmSync(filler, { force: true }),
    remove: () => void spawnSync('umount', ['--lazy', folder]),
  };
}

function fits(file: number, piece: Uint8Array): boolean {
  try {
    return writeSync(file, piece) > 0;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOSPC') return false;
    throw error;
  }
}

function limitedFiles(): SmallDisk {
  // A server that was killed has no limits any more to take away.
  const limit = (pid: number, bytes: string): void => {
    spawnSync('prlimit', ['--pid', `${pid}`, `--fsize=${bytes}:unlimited`]);
  };
  return {
    kind: 'limit of file size',
    fill: (pid) => limit(pid, '1'),
    free: (pid) => limit(pid, 'unlimited'),
    remove: () => {},
  };
}
