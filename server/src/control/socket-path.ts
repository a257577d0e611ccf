// Where the control socket of a data folder is: in the folder, as `control.sock`. The path of a socket has about a hundred
// bytes at most, so that of a folder deep down lies in the folder for temporary files, under a name made of its path.

import { createHash } from 'node:crypto';
import { lstatSync, mkdirSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SyncError } from '../sync-error.js';

/** macOS takes 103, Linux 107. */
const MAX_SOCKET_PATH_BYTES = 100;

/**
 * @param dataFolder an absolute path of a folder that exists
 * @param temporary  the folder for temporary files
 * @throws SyncError `NOT_PERMITTED` when the folder for the socket could be somebody else's
 */
export function socketPath(dataFolder: string, temporary: string = tmpdir()): string {
  const inFolder = join(dataFolder, 'control.sock');
  if (Buffer.byteLength(inFolder) <= MAX_SOCKET_PATH_BYTES) return inFolder;
  // Its number alone: in a container nobody may have a name for it.
  const uid = process.getuid?.() ?? -1;
  const folder = join(temporary, `weft-${uid}`);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  // Anybody may make folders there: one that others can write to, or a link to one, would let them answer for us.
  const found = lstatSync(folder);
  if (!found.isDirectory() || found.uid !== uid || (found.mode & 0o077) !== 0) {
    throw new SyncError(
      'NOT_PERMITTED',
      `${folder} has to be a folder that belongs to you and that nobody else may use. Remove it, or mend its rights.`,
    );
  }
  const name = createHash('sha256').update(realpathSync(dataFolder)).digest('hex').slice(0, 32);
  return join(folder, `${name}.sock`);
}
