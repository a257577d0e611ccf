// What is really on disk, for tests of what must not be there.

import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The files of a folder in which `word` stands. */
export async function filesWith(folder: string, word: string): Promise<string[]> {
  const files = await readdir(folder, { recursive: true, withFileTypes: true });
  const found: string[] = [];
  for (const file of files.filter((file) => file.isFile())) {
    if ((await readFile(join(file.parentPath, file.name))).includes(word)) found.push(file.name);
  }
  return found;
}
