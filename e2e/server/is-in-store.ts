// What is really in the files of a server's store, for tests of what must not be there.

import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';

export async function isInStore(dataFolder: string, text: string): Promise<boolean> {
  const store = path.join(dataFolder, 'store');
  for (const file of await readdir(store)) {
    if ((await readFile(path.join(store, file))).includes(text)) return true;
  }
  return false;
}
