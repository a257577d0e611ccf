// `weft migrate`: brings all of a store to another one, from a data folder to Postgres or back. While a server runs it copies, so that
// little is left; when none runs it copies that, compares, and has the documents be there. The store they were in stays as it was.

import { setTimeout as sleep } from 'node:timers/promises';
import type { FileEnds } from '../log/moving/copy-files.js';
import { type CopyResult, copyStore } from '../log/moving/copy-store.js';
import type { MovableStore } from '../log/moving/movable-store.js';
import { addressOf, notedStore } from '../log/store-note.js';
import { SyncError } from '../sync-error.js';
import { FOLDER, openEnd } from './migrate-ends.js';
import { type AdminContext, checkWanted, type Operation } from './operation.js';
import { readObject, readText } from './read-args.js';

export interface MigrateArgs {
  /** `postgres://…`, or FOLDER. */
  readonly to: string;
  /** The database the documents are in, for when no server runs. */
  readonly from: string | null;
}

export interface MigrateResult {
  /** Copied as far as a server that runs can be followed; or moved: the documents are there now. */
  readonly phase: 'copied' | 'moved';
  /** Where to, without a password. */
  readonly to: string;
  readonly channels: number;
  /** Written by this command. */
  readonly entries: number;
  readonly files: number;
  readonly bytes: number;
  readonly seconds: number;
  /** What the last look at everything took, in which what had come meanwhile was copied: about so long the end takes. */
  readonly lastSeconds: number;
  readonly faults: readonly string[];
  readonly remarks: readonly string[];
}

/** While a server runs: looked at again until that takes no longer than this, or so often. */
const SOON_S = 2;
const MOST_PASSES = 5;
/** After each pass it rests for as long as the pass took, times this: the rest belongs to those who write. */
const REST_FACTOR = 0.5;

export const migrate: Operation<MigrateArgs, MigrateResult> = {
  name: 'migrate',
  readArgs: (input) => {
    const args = readObject(input);
    return { to: readText(args, 'to'), from: typeof args.from === 'string' ? args.from : null };
  },
  storeOf: ({ from }) => from,
  run: async ({ to }, context) => {
    const { dataFolder, isServed, log } = context;
    const elsewhere = await notedStore(dataFolder);
    await checkWay(to, elsewhere, dataFolder);
    const source = log.movable();
    const end = await openEnd(to, dataFolder, source.secret);
    try {
      const wasWhole = await end.store.isWhole();
      const target = wasWhole ? readOnly(end.store) : end.store;
      const ends: Ends = { source, target, ...(!wasWhole && { files: { from: context.assets.files, to: end.files } }) };
      const result = isServed ? await follow(ends, context) : await copyOnce(ends, true, context);
      if (isServed) return { phase: 'copied', to: end.name, ...result };
      if (!wasWhole) await end.store.finish(source.newest);
      await end.close();
      await end.settle(source);
      return { phase: 'moved', to: end.name, ...result };
    } finally {
      await end.close();
    }
  },
};

async function checkWay(to: string, elsewhere: string | null, dataFolder: string): Promise<void> {
  if (to === FOLDER ? elsewhere === null : elsewhere === addressOf(to)) {
    throw new SyncError('MOVE_REFUSED', `The documents of ${dataFolder} are there already. Nothing was changed.`);
  }
}

/** A store that is whole may be served by now: it is looked at, and not written. */
function readOnly(store: MovableStore): MovableStore {
  const write = (): Promise<void> =>
    Promise.reject(
      new SyncError(
        'MOVE_REFUSED',
        'These documents were moved there before, and since then something was written at one end. Nothing was changed: keep the one ' +
          'that people write in, and move the other one away.',
      ),
    );
  return new Proxy(store, {
    get: (of, name: keyof MovableStore) => {
      const member = of[name];
      if (name === 'write') return write;
      return typeof member === 'function' ? member.bind(of) : member;
    },
  });
}

interface Ends {
  readonly source: MovableStore;
  readonly target: MovableStore;
  readonly files?: FileEnds;
}

type Copied = Omit<MigrateResult, 'phase' | 'to'>;

/** Copies until what comes meanwhile is soon copied. */
async function follow(ends: Ends, context: AdminContext): Promise<Copied> {
  let all = await copyOnce(ends, false, context);
  for (let passes = 1; passes < MOST_PASSES && all.lastSeconds > SOON_S; passes++) {
    await sleep(all.lastSeconds * REST_FACTOR * 1000);
    const next = await copyOnce(ends, false, context);
    all = {
      ...next,
      entries: all.entries + next.entries,
      files: all.files + next.files,
      bytes: all.bytes + next.bytes,
      seconds: all.seconds + next.seconds,
      remarks: [...all.remarks, ...next.remarks],
    };
  }
  return all;
}

async function copyOnce(
  { source, target, files }: Ends,
  isAtRest: boolean,
  { onProgress, signal }: AdminContext,
): Promise<Copied> {
  const startedAtMs = performance.now();
  const result: CopyResult = await copyStore(source, target, {
    isAtRest,
    ...(files && { files }),
    onProgress: ({ channels, allChannels, bytes }) => {
      checkWanted({ signal });
      const left = timeLeft(performance.now() - startedAtMs, channels, allChannels);
      const doing = `Copying documents (text ${channels} of ${allChannels}, ${(bytes / 1e6).toFixed(1)} MB written${left})`;
      onProgress({ doing, done: channels, total: allChannels });
    },
  });
  const seconds = (performance.now() - startedAtMs) / 1000;
  const { channels, entries, files: copiedFiles, bytes, faults, remarks } = result;
  return { channels, files: copiedFiles, entries, bytes, seconds, lastSeconds: seconds, faults, remarks };
}

function timeLeft(tookMs: number, done: number, all: number): string {
  if (tookMs < 5000 || done === 0) return '';
  const seconds = Math.round(((tookMs / 1000) * (all - done)) / done);
  return seconds < 90 ? `, about ${seconds} s left` : `, about ${Math.round(seconds / 60)} min left`;
}
