// The room on the disk: the errors that mean there is none, a try whether it takes bytes again, and the watch that turns
// writing off while there is still some.

import { open, statfs, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { StorageState } from '../storage-health.js';

/** As Node's codes have it, and as the texts of LevelDB's errors do: those carry no code. */
const NO_SPACE = /\b(?:ENOSPC|EDQUOT|EFBIG)\b|No space left on device|Disk quota exceeded|File too large/i;

/** Whether a write failed for want of room: at the end of the disk, of a quota or of the largest file allowed. */
export function isNoSpace(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (NO_SPACE.test(cause.message) || ('code' in cause && NO_SPACE.test(String(cause.code)))) return true;
  }
  return false;
}

/** Writes and syncs a file of `bytes` in `folder`, and removes it. @throws what the disk has against it */
export async function tryDisk(folder: string, bytes: number): Promise<void> {
  const path = join(folder, 'probe');
  try {
    await writeReally(path, bytes);
  } finally {
    await unlink(path).catch(() => undefined);
  }
}

const CHUNK_BYTES = 1024 * 1024;

/** Fills a new file so that its blocks are its own, also on a file system that packs or leaves out what is zero. */
export async function writeReally(path: string, bytes: number): Promise<void> {
  const chunk = new Uint8Array(CHUNK_BYTES);
  const file = await open(path, 'w');
  try {
    for (let written = 0; written < bytes; ) {
      crypto.getRandomValues(new Uint32Array(chunk.buffer, 0, 16_384));
      for (let at = 65_536; at < chunk.length; at *= 2) chunk.copyWithin(at, 0, at);
      const { bytesWritten } = await file.write(chunk, 0, Math.min(chunk.length, bytes - written));
      written += bytesWritten;
    }
    await file.datasync();
  } finally {
    await file.close();
  }
}

export interface DiskSpace {
  readonly totalBytes: number;
  /** What this user may still write. */
  readonly freeBytes: number;
}

export async function measureDisk(folder: string): Promise<DiskSpace> {
  const { bsize, blocks, bavail } = await statfs(folder);
  return { totalBytes: bsize * blocks, freeBytes: bsize * bavail };
}

/** A twentieth of the disk. Of a large one that would be a surprise, and a gibibyte is hours of warning. */
const RESERVE_SHARE = 0.05;
const MAX_DEFAULT_RESERVE_BYTES = 1024 * 1024 * 1024;
/** Writing goes on once there is a tenth more than the reserve: else it would be on and off with every file that goes. */
const HYSTERESIS = 1.1;
const LOOK_EVERY_MS = 1000;

export interface DiskWatchOptions {
  /** null: a twentieth of the disk, and a gibibyte at most. */
  readonly reserveBytes: number | null;
  readonly measure: () => Promise<DiskSpace>;
  /** Called after each look. */
  readonly onLook: (look: Look) => void;
}

export interface Look extends DiskSpace {
  readonly reserveBytes: number;
  readonly state: Extract<StorageState, 'ok' | 'full'>;
}

/** Looks at the disk each second: `full` while less is free than the reserve. */
export class DiskWatch {
  readonly #options: DiskWatchOptions;
  #state: Look['state'] = 'ok';
  #timer: NodeJS.Timeout | null = null;
  #isEnded = false;

  constructor(options: DiskWatchOptions) {
    this.#options = options;
  }

  /** Looks for the first time, and from then on by itself. */
  async start(): Promise<void> {
    await this.#look();
    if (this.#isEnded) return;
    this.#timer = setTimeout(() => void this.start(), LOOK_EVERY_MS);
    this.#timer.unref();
  }

  close(): void {
    this.#isEnded = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
  }

  async #look(): Promise<void> {
    let space: DiskSpace;
    try {
      space = await this.#options.measure();
    } catch {
      // A disk that does not say how much is free says nothing about it; whether it can be written the log will see.
      return;
    }
    const { totalBytes, freeBytes } = space;
    const byDefault = Math.min(totalBytes * RESERVE_SHARE, MAX_DEFAULT_RESERVE_BYTES);
    const reserveBytes = this.#options.reserveBytes ?? byDefault;
    const limitBytes = this.#state === 'full' ? reserveBytes * HYSTERESIS : reserveBytes;
    this.#state = freeBytes < limitBytes ? 'full' : 'ok';
    this.#options.onLook({ totalBytes, freeBytes, reserveBytes, state: this.#state });
  }
}
