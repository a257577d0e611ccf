// Keeps every file that appears in a folder, also those that are removed or replaced soon after, by a link of its own.

import { copyFileSync, type FSWatcher, linkSync, lstatSync, mkdirSync, readdirSync, type Stats, watch } from 'node:fs';
import { dirname, join, relative } from 'node:path';

export class FileKeeper {
  readonly #folder: string;
  readonly #keep: string;
  readonly #watchers: FSWatcher[];
  /** Of the files that were there before, and need no keeping. */
  readonly #old = new Set<number>();
  /** Inodes in the order they were first seen under a name. */
  readonly #seen = new Map<string, number[]>();
  readonly #kept = new Set<number>();

  /** @param keep a folder on the same disk */
  constructor(folder: string, keep: string) {
    this.#folder = folder;
    this.#keep = keep;
    mkdirSync(keep, { recursive: true });
    for (const path of filesIn(folder)) {
      const file = join(folder, path);
      const { ino } = lstatSync(file);
      this.#old.add(ino);
      // Or the number could go to a new file once this one is removed.
      linkSync(file, join(keep, `${ino}`));
    }
    const folders = new Set([
      '',
      ...readdirSync(folder, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [entry.name] : [])),
    ]);
    this.#watchers = [...folders].map((name) =>
      watch(join(folder, name), (event, file) => {
        if (event === 'rename' && file !== null) this.#look(join(name, file));
      }),
    );
  }

  close(): void {
    for (const watcher of this.#watchers) watcher.close();
    for (const path of filesIn(this.#folder)) this.#look(path);
  }

  /** The file that was the `nth` of `count` to get this name; null when not all of them were seen. */
  find(path: string, nth: number, count: number): string | null {
    const seen = this.#seen.get(path) ?? [];
    return seen.length === count ? join(this.#keep, `${seen[nth]}`) : null;
  }

  #look(path: string): void {
    const file = join(this.#folder, path);
    let stats: Stats;
    try {
      stats = lstatSync(file);
      if (!stats.isFile() || this.#old.has(stats.ino)) return;
      if (!this.#kept.has(stats.ino)) linkSync(file, join(this.#keep, `${stats.ino}`));
    } catch {
      // Gone again already: then it is not counted, and whoever asks for a file of that name hears so.
      return;
    }
    this.#kept.add(stats.ino);
    const seen = this.#seen.get(path) ?? [];
    if (!seen.includes(stats.ino)) this.#seen.set(path, [...seen, stats.ino]);
  }
}

/** Paths of all files in a folder and the folders in it. */
export function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)));
}

/** Copies the files of a folder, and leaves out sockets. */
export function copyFiles(from: string, to: string): void {
  for (const path of filesIn(from)) {
    mkdirSync(dirname(join(to, path)), { recursive: true });
    copyFileSync(join(from, path), join(to, path));
  }
}
