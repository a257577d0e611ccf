// Records that several servers write: one writes what depends on others only where they are as it knows them, and is told what others
// wrote. The database numbers those that somebody keeps in memory, in the order of commits, and each server
// asks for what it has not seen, a few times a second. Nothing is missed, also by one that was stopped for long.

import type { ChannelId, WrittenListener, WrittenRecord } from '../document-log.js';
import type { Operation } from '../key-value-store.js';
import type { Journal } from '../level/journal.js';
import type { SharedRecords } from '../level/level-records.js';
import { readKey } from '../level/read-key.js';
import { commitIf } from './commit-shared.js';
import { planGroup } from './group-plan.js';
import type { PostgresStore } from './postgres-store.js';

/** What is revoked has to hold everywhere within a second. */
const ASK_EVERY_MS = 200;

export class PostgresSharedRecords implements SharedRecords {
  readonly #store: PostgresStore;
  readonly #journal: Journal;
  readonly #onChannel: (id: ChannelId) => void;
  readonly #listeners = new Set<WrittenListener>();
  /** The newest that was told here. */
  #number: number;
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  /**
   * @param toldNumber of the newest when the store was opened
   * @param onChannel takes a channel whose epoch or base is another one
   */
  constructor(store: PostgresStore, journal: Journal, toldNumber: number, onChannel: (id: ChannelId) => void) {
    this.#onChannel = onChannel;
    this.#store = store;
    this.#journal = journal;
    this.#number = toldNumber;
    this.#askLater();
  }

  async writeIf(known: readonly Operation[], changes: readonly Operation[]): Promise<boolean> {
    try {
      const plan = planGroup(changes);
      return await this.#store.asOneOfSeveral((client, head) => commitIf(client, known, plan, head));
    } catch (error) {
      this.#journal.fail(error);
      throw error;
    }
  }

  onWritten(listener: WrittenListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
  }

  #askLater(): void {
    if (this.#isClosed) return;
    // Who cannot be asked now is asked the next time.
    this.#timer = setTimeout(
      () =>
        void this.#ask()
          .catch(() => undefined)
          .finally(() => this.#askLater()),
      ASK_EVERY_MS,
    );
    this.#timer.unref();
  }

  async #ask(): Promise<void> {
    // Who reads what it keeps, and only then listens, hears of all that was written meanwhile.
    if (this.#listeners.size === 0) return;
    const rows = await this.#store.reading.query<{ number: string; key: Buffer }>(
      'select number, key from weft_told where number > $1 order by number limit 1000',
      [this.#number],
    );
    for (const { number, key } of rows) {
      const known = readKey(key);
      const isNext = Number(number) === this.#number + 1;
      if (!isNext) await this.#tell(null);
      else if (known.kind === 'base' || known.kind === 'meta') this.#onChannel(known.id);
      else if (known.kind === 'record') await this.#tell({ table: known.table, key: known.key });
      this.#number = Number(number);
    }
  }

  async #tell(written: WrittenRecord | null): Promise<void> {
    for (const listener of this.#listeners) await listener(written);
  }
}
