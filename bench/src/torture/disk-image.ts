// What a disk may hold when the power goes at a given moment, from what the server asked of it: bytes that were synced are
// there; of the bytes after them any number, one page perhaps zeros; what a failed sync was to cover the kernel may have
// forgotten for good, whatever is synced later; of new names, new places of names and removals that no
// later sync made sure of, as many as the disk got to, in their order (as on ext4 and xfs).

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as prng from 'lib0/prng';
import type { DiskEvent } from './disk-trace.js';

const PAGE_BYTES = 4096;

/** One file, whatever it is called at the moment. */
interface Inode {
  /** Each name it was given while traced, and the how-manieth file of the trace it was to get it. */
  readonly names: { readonly path: string; readonly nth: number }[];
  /** The name it had before the trace began. */
  readonly oldName: string | null;
  /** What it had before the trace began; all of it is on the disk. */
  readonly firstBytes: number;
  /** The bytes it had once a write that began then had ended. */
  readonly sizes: { readonly bytes: number; readonly startMs: number; readonly endMs: number }[];
  readonly syncs: { readonly bytes: number; readonly endMs: number }[];
  /** What syncs that failed were to cover. */
  readonly forgotten: { readonly from: number; readonly to: number; readonly endMs: number }[];
  removedAtMs: number;
}

/** A change of names; `change` applies it. */
interface NameChange {
  readonly endMs: number;
  readonly change: (names: Map<string, Inode>) => void;
}

export interface DiskFiles {
  /** The folder as it was before, and as it is now. */
  readonly before: string;
  readonly after: string;
  /** Where the file is kept whole that was the `nth` of `count` to get this name; null when it is not. */
  readonly find: (path: string, nth: number, count: number) => string | null;
}

export class DiskHistory {
  readonly #files: DiskFiles;
  readonly #first: ReadonlyMap<string, Inode>;
  readonly #changes: NameChange[] = [];
  /** What has a name at the end. */
  readonly #last = new Map<Inode, string>();
  /** How many files got a name. */
  readonly #named = new Map<string, number>();
  /** A sync that ended at `endMs` made sure of all changes of names that had ended before it began. */
  readonly #barriers: { readonly startMs: number; readonly endMs: number }[] = [];
  readonly syncs: readonly { readonly startMs: number; readonly endMs: number }[] = this.#barriers;

  /** @param first names and sizes of the files there were before @throws Error when synced bytes were written over */
  constructor(files: DiskFiles, first: ReadonlyMap<string, number>, events: readonly DiskEvent[]) {
    this.#files = files;
    this.#first = new Map([...first].map(([path, bytes]) => [path, newInode(path, bytes)]));
    const now = new Map(this.#first);
    for (const event of events) this.#follow(event, now);
    for (const [path, inode] of now) this.#last.set(inode, path);
  }

  /** Puts what a disk may hold into `folder`. @returns false when a file that would be there was not kept */
  writeImage(atMs: number, random: prng.PRNG, folder: string): boolean {
    const barrierMs = Math.max(0, ...this.#barriers.filter(({ endMs }) => endMs <= atMs).map(({ startMs }) => startMs));
    const ended = this.#changes.filter(({ endMs }) => endMs <= atMs);
    const sure = ended.filter(({ endMs }) => endMs <= barrierMs).length;
    const names = new Map(this.#first);
    for (const { change } of ended.slice(0, between(random, sure, ended.length))) change(names);
    for (const [path, inode] of names) {
      const bytes = this.#content(inode, atMs, random);
      // A file beside the store that came and went too quickly to be kept may be left out once it was removed. In the
      // store that would be out of order: what stood in its place then may not be there yet.
      if (bytes === null && inode.removedAtMs <= atMs && !path.startsWith('store/')) continue;
      if (bytes === null) return false;
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), bytes);
    }
    return true;
  }

  #follow(event: DiskEvent, now: Map<string, Inode>): void {
    const { endMs, path } = event;
    const change = (apply: (names: Map<string, Inode>) => void): void => {
      this.#changes.push({ endMs, change: apply });
      apply(now);
    };
    if (event.kind === 'create') {
      const inode = newInode(null, 0);
      this.#name(inode, path);
      change((names) => void names.set(path, inode));
    } else if (event.kind === 'rename') {
      const inode = now.get(path);
      if (!inode) throw new Error(`${path}, which nobody made, was renamed`);
      this.#name(inode, event.to);
      change((names) => {
        names.delete(path);
        names.set(event.to, inode);
      });
    } else if (event.kind === 'unlink') {
      const inode = now.get(path);
      if (inode) inode.removedAtMs = endMs;
      change((names) => void names.delete(path));
    } else {
      const inode = now.get(path);
      if (event.kind === 'sync') this.#barriers.push(event);
      // A folder has syncs, too, and a socket writes; a file that is removed no longer matters.
      if (!inode) return;
      const written = inode.sizes.at(-1)?.bytes ?? inode.firstBytes;
      const covered = inode.sizes.findLast((size) => size.endMs <= event.startMs)?.bytes ?? inode.firstBytes;
      if (event.kind === 'sync') {
        inode.syncs.push({ bytes: covered, endMs });
      } else if (event.kind === 'failed-sync') {
        inode.forgotten.push({ from: inode.syncs.at(-1)?.bytes ?? inode.firstBytes, to: covered, endMs });
      } else {
        if (event.offset !== null && event.offset !== written) {
          throw new Error(
            `${path} is written over at ${event.offset} of ${written} bytes: files only grow, it was thought`,
          );
        }
        inode.sizes.push({ bytes: written + event.bytes, startMs: event.startMs, endMs });
      }
    }
  }

  #name(inode: Inode, path: string): void {
    const nth = this.#named.get(path) ?? 0;
    this.#named.set(path, nth + 1);
    inode.names.push({ path, nth });
  }

  #file(inode: Inode): string | null {
    const { names, oldName } = inode;
    if (oldName !== null) return join(this.#files.before, oldName);
    const last = this.#last.get(inode);
    if (last !== undefined) return join(this.#files.after, last);
    for (const { path, nth } of names) {
      const file = this.#files.find(path, nth, this.#named.get(path)!);
      if (file !== null) return file;
    }
    return null;
  }

  /** Null when nobody kept it. */
  #content(inode: Inode, atMs: number, random: prng.PRNG): Uint8Array | null {
    const { firstBytes, oldName, sizes, syncs } = inode;
    const written = sizes.findLast(({ startMs }) => startMs <= atMs)?.bytes ?? firstBytes;
    const synced = Math.max(firstBytes, ...syncs.filter(({ endMs }) => endMs <= atMs).map(({ bytes }) => bytes));
    if (oldName !== null && written > firstBytes) throw new Error(`${oldName} was there before and grew`);
    if (written === 0) return new Uint8Array(0);
    const file = this.#file(inode);
    // What LevelDB says of itself, and nobody reads, is written anew more often than it can be kept.
    if (file === null) return inode.names.some(({ path }) => path.endsWith('/LOG')) ? new Uint8Array(0) : null;
    const bytes = new Uint8Array(readFileSync(file)).slice(0, between(random, synced, written));
    for (const { from, to, endMs } of inode.forgotten) {
      if (endMs <= atMs && prng.bool(random)) bytes.fill(0, from, between(random, from, to));
    }
    const unsyncedPages = Math.ceil((bytes.length - synced) / PAGE_BYTES);
    if (unsyncedPages > 0 && prng.real53(random) < 0.3) {
      const page = Math.floor(synced / PAGE_BYTES) + prng.uint32(random, 0, unsyncedPages - 1);
      bytes.fill(0, Math.max(synced, page * PAGE_BYTES), (page + 1) * PAGE_BYTES);
    }
    return bytes;
  }
}

const newInode = (oldName: string | null, firstBytes: number): Inode => ({
  names: [],
  oldName,
  firstBytes,
  sizes: [],
  syncs: [],
  forgotten: [],
  removedAtMs: Number.POSITIVE_INFINITY,
});

/** A third each: the least, the most, anything in between. */
function between(random: prng.PRNG, least: number, most: number): number {
  const chance = prng.real53(random);
  return chance < 1 / 3 ? least : chance < 2 / 3 ? most : prng.uint32(random, least, most);
}
