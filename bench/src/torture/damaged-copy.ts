// A copy of a data folder with one file otherwise than it was. The other files are links: LevelDB never changes a table or
// a log it finds, and the few small files that are written again at a start are copied.

import { copyFileSync, linkSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { filesIn } from './file-keeper.js';

/** @param damaged a path in the folder, which gets `bytes` */
export function linkedCopy(from: string, to: string, damaged?: string, bytes?: Uint8Array): void {
  for (const path of filesIn(from)) {
    const target = join(to, path);
    mkdirSync(dirname(target), { recursive: true });
    if (path === damaged) writeFileSync(target, bytes!);
    else if (/\.(?:ldb|log)$/.test(path)) linkOrCopy(join(from, path), target);
    else copyFileSync(join(from, path), target);
  }
}

function linkOrCopy(from: string, to: string): void {
  try {
    linkSync(from, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EXDEV') throw error;
    copyFileSync(from, to);
  }
}
