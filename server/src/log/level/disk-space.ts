// What a disk says of its room: the errors that mean there is none, and a try whether it takes bytes again.

import { open, unlink } from 'node:fs/promises';
import { join } from 'node:path';

/** As Node's codes have it, and as the texts of LevelDB's errors do: those carry no code. */
const NO_SPACE = /\b(?:ENOSPC|EDQUOT|EFBIG)\b|No space left on device|Disk quota exceeded|File too large/i;

/** Whether a write failed for want of room: at the end of the disk, of a quota or of the largest file allowed. */
export function isNoSpace(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (NO_SPACE.test(cause.message) || ('code' in cause && NO_SPACE.test(String(cause.code)))) return true;
  }
  return false;
}

const CHUNK_BYTES = 1024 * 1024;

/** Writes and syncs a file of `bytes` in `folder`, and removes it. @throws what the disk has against it */
export async function tryDisk(folder: string, bytes: number): Promise<void> {
  const path = join(folder, 'probe');
  try {
    await writeReally(path, bytes);
  } finally {
    await unlink(path).catch(() => undefined);
  }
}

/** Fills a new file so that its blocks are its own, also on a file system that packs or leaves out what is zero. */
async function writeReally(path: string, bytes: number): Promise<void> {
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
