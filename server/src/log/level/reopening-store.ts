// The store under a running log. A LevelDB that failed one write loses what it is given later (I8), so after each failure it
// is closed and opened again, and the same batch is written once more unless it survived (L2), for as long as that takes.
// Meanwhile there is no other write; readers wait only while it is closed, and go on where they were.

import type { LogMetrics } from '../../metrics/metrics.js';
import { messageOf, SyncError } from '../../sync-error.js';
import type { KeyRange, KeyValueStore, Operation, RangeOptions, StoreReader } from '../key-value-store.js';
import { Pauses } from '../pauses.js';
import type { StorageState } from '../storage-health.js';
import type { ChannelState } from './channel-state.js';
import { isNoSpace } from './disk-space.js';
import { noneRefused } from './journal.js';
import { hasSurvived, type JournalEnd } from './journal-end.js';
import { keyAfter } from './keys.js';

/** Opens the store of a log, again and again; the one before was closed. */
export type OpenStore = () => Promise<KeyValueStore>;

export interface ReopeningOptions {
  readonly open: OpenStore;
  /** Whether the store could be opened again and take this many bytes. @throws what the disk has against it */
  readonly tryDisk: (bytes: number) => Promise<void>;
  /** Frees what is kept for this case. Called when there is no room, before each try. */
  readonly makeRoom: () => Promise<void>;
  readonly onHealth: (state: StorageState) => void;
  /** Called for the length of a pause between tries, in which nothing changes in the store. */
  readonly letReadersIn: (pause: () => Promise<void>) => Promise<void>;
  readonly complain: (sentence: string) => void;
  /** How long writes may fail in a row, if not for want of room; with 0 the first failed write is the last. */
  readonly giveUpAfterMs: number;
  readonly nowMs: () => number;
  readonly metrics: LogMetrics;
}

/** Between tries. A fault that lasts is tried often enough to be over within 2 s of its end. */
const PAUSES_MS = [0, 100, 200, 400, 800, 1600, 2000];

export class ReopeningStore implements StoreReader {
  readonly #options: ReopeningOptions;
  /** Pending while the store is opened again; rejected between two tries when the last one left it closed. */
  #current: Promise<KeyValueStore>;
  /** The last write, and the last renewal: neither begins before the other has ended. */
  #writing: Promise<void> = Promise.resolve();
  #renewing: Promise<void> = Promise.resolve();
  readonly #pauses = new Pauses(PAUSES_MS);

  constructor(store: KeyValueStore, options: ReopeningOptions) {
    this.#options = options;
    this.#current = Promise.resolve(store);
  }

  async get(key: Uint8Array): Promise<Uint8Array | undefined> {
    for (;;) {
      const current = this.#current;
      const store = await current;
      try {
        return await store.get(key);
      } catch (error) {
        if (current === this.#current) throw error;
      }
    }
  }

  /** Goes on in the store as it is then when it was opened again in the middle. */
  async *range(options: RangeOptions): AsyncGenerator<readonly [Uint8Array, Uint8Array]> {
    let last: Uint8Array | null = null;
    let count = 0;
    while (options.limit === undefined || count < options.limit) {
      const current = this.#current;
      const store = await current;
      try {
        for await (const pair of store.range(last === null ? options : rest(options, last, count))) {
          last = pair[0];
          count += 1;
          yield pair;
        }
        return;
      } catch (error) {
        if (current === this.#current) throw error;
      }
    }
  }

  /**
   * Writes one batch, synced. One at a time. Resolves once it is on disk, however often that has to be tried.
   *
   * @param end what has to be found when the store was opened again
   * @throws SyncError `LOG_FAILED` when it gave up, or when something acknowledged is gone
   */
  async write(operations: readonly Operation[], end: JournalEnd): Promise<readonly ChannelState[]> {
    await this.#renewing;
    const write = this.#write(operations, end);
    this.#writing = write.catch(() => undefined);
    await write;
    return noneRefused;
  }

  /**
   * Closes the store and opens it again between two writes, so that nothing of what was deleted and compacted away is left
   * in the lists and notes that LevelDB keeps while it is open.
   * @throws what opening has against it; the next write then tries it again
   */
  async renew(): Promise<void> {
    const renewed = this.#writing.then(async () => void (await this.#reopen()));
    this.#renewing = renewed.catch(() => undefined);
    return renewed;
  }

  async #write(operations: readonly Operation[], end: JournalEnd): Promise<void> {
    try {
      const store = await this.#current;
      await store.batch(operations, { sync: true });
    } catch (error) {
      await this.#writeAgain(operations, end, error);
    }
  }

  async compact(range: KeyRange): Promise<void> {
    for (;;) {
      const current = this.#current;
      const store = await current;
      try {
        await store.compact(range);
        return;
      } catch (error) {
        if (current === this.#current) throw error;
      }
    }
  }

  /** A write that fails from here on is not tried again. */
  stopTrying(): void {
    this.#pauses.end();
  }

  async close(): Promise<void> {
    // A store that could not be opened again is closed.
    const store = await this.#current.catch(() => null);
    await store?.close();
  }

  async #writeAgain(operations: readonly Operation[], end: JournalEnd, firstError: unknown): Promise<void> {
    if (this.#options.giveUpAfterMs === 0) throw gaveUp(firstError);
    const { complain, giveUpAfterMs, letReadersIn, makeRoom, nowMs, onHealth, tryDisk } = this.#options;
    const failedAtMs = nowMs();
    const bytes = sizeOf(operations);
    complain(
      `A write failed: ${messageOf(firstError)}. Nothing of it was acknowledged: writers keep their changes and are told ` +
        'that they are not saved. The store is closed, opened again, and the write is tried until it succeeds.',
    );
    let error = firstError;
    let hopelessSinceMs = failedAtMs;
    for (let tries = 0; ; tries++) {
      this.#options.metrics.failedWrites += 1;
      if (isNoSpace(error)) {
        onHealth('full');
        await makeRoom();
        // Somebody may make room in an hour; those who read are served until then.
        hopelessSinceMs = nowMs();
      } else {
        onHealth('failing');
        if (nowMs() - hopelessSinceMs >= giveUpAfterMs) throw gaveUp(error);
      }
      await letReadersIn(() => this.#pauses.after(tries));
      try {
        // The old handle still reads well, so it is given up only when there is hope for a new one.
        await tryDisk(bytes);
        const store = await this.#reopen();
        // Opening, LevelDB has copied what it found in its log into a new table and synced that (leveldb: db/db_impl.cc,
        // RecoverLogFile, WriteLevel0Table). After a failed sync the kernel may show bytes that never reached the disk, as
        // if they were clean; a record that survives has been written once more from them, and is on disk now.
        if (!(await hasSurvived(store, end))) await store.batch(operations, { sync: true });
        complain(`The store is written again after ${((nowMs() - failedAtMs) / 1000).toFixed(1)} s. Nothing was lost.`);
        onHealth('ok');
        return;
      } catch (next) {
        if (next instanceof SyncError && next.code === 'LOG_FAILED') throw next;
        error = next;
        if (this.#pauses.areOver) throw gaveUp(error);
      }
    }
  }

  #reopen(): Promise<KeyValueStore> {
    // Its fault is known, and an end to it is all that is wanted: a lock that stays is noticed by the opening.
    const closed = this.#current.then((store) => store.close()).catch(() => undefined);
    this.#current = closed.then(this.#options.open);
    this.#current.catch(() => undefined);
    return this.#current;
  }
}

/** What is left of a range of which `count` pairs were read, up to the one of key `last`. */
function rest({ gte, lt, reverse = false, limit }: RangeOptions, last: Uint8Array, count: number): RangeOptions {
  const left = limit === undefined ? {} : { limit: limit - count };
  return reverse ? { gte, lt: last, reverse, ...left } : { gte: keyAfter(last), lt, ...left };
}

function sizeOf(operations: readonly Operation[]): number {
  let bytes = 0;
  for (const operation of operations) bytes += operation.type === 'put' ? operation.value.length : operation.key.length;
  return bytes;
}

const gaveUp = (cause: unknown): SyncError =>
  new SyncError('LOG_FAILED', `The log cannot be written: ${messageOf(cause)}`, { cause });
