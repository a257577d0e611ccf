// A file that is there to be removed: when a write finds no room at all, its blocks are what LevelDB finishes with. It comes
// back once there is room for it beside the reserve.

import { stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { type DiskSpace, isNoSpace, writeReally } from './disk-space.js';

const MAX_BYTES = 64 * 1024 * 1024;
/** Of a small disk it takes this share at most. */
const MAX_SHARE = 0.02;

export class Ballast {
  readonly #path: string;
  /** Null until it was looked for. */
  #isThere: boolean | null = null;
  #isMaking = false;

  constructor(folder: string) {
    this.#path = join(folder, 'ballast');
  }

  /** Makes the file, if there is none and room for it. */
  async keep({ totalBytes, freeBytes, reserveBytes }: DiskSpace & { readonly reserveBytes: number }): Promise<void> {
    if (this.#isMaking || this.#isThere) return;
    this.#isMaking = true;
    const bytes = Math.floor(Math.min(MAX_BYTES, totalBytes * MAX_SHARE));
    // What a process that was killed has left unfinished is not the size it should be.
    const isWhole = ({ size }: { size: number }): boolean => size === bytes;
    this.#isThere ??= await stat(this.#path).then(isWhole, () => false);
    try {
      if (this.#isThere || freeBytes < 2 * bytes + reserveBytes) return;
      await writeReally(this.#path, bytes);
      this.#isThere = true;
    } catch {
      // Somebody else was quicker to take the room.
      await this.release();
    } finally {
      this.#isMaking = false;
    }
  }

  /** Runs `open`, which opens a store, and once more in the room of the file when there was none. */
  async lendTo<T>(open: () => Promise<T>): Promise<T> {
    try {
      return await open();
    } catch (error) {
      if (!isNoSpace(error) || !(await this.release())) throw error;
      return open();
    }
  }

  /** Gives its room back. @returns whether there was any */
  async release(): Promise<boolean> {
    this.#isThere = false;
    return unlink(this.#path).then(
      () => true,
      () => false,
    );
  }
}
