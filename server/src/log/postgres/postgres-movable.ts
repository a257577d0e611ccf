// A log in Postgres as moving it sees it.

import type { ChannelId } from '../document-log.js';
import type { KeyRange } from '../key-value-store.js';
import { type MovableHost, MovableLog } from '../level/level-movable.js';
import { zlibCompression } from '../level/segment.js';
import type { Anchor } from '../level/stored-values.js';
import { PostgresSnapshot } from './postgres-snapshot.js';
import type { PostgresStore } from './postgres-store.js';

export class PostgresMovable extends MovableLog {
  readonly #store: PostgresStore;
  readonly #rows: PostgresSnapshot;

  constructor(host: MovableHost, store: PostgresStore) {
    super(host);
    this.#store = store;
    const { reading } = store;
    // Not of one moment: a store that is written meanwhile is looked at again when it is at rest.
    this.#rows = new PostgresSnapshot(
      { query: (...asked) => reading.query(...asked), close: () => {} },
      zlibCompression.deflate,
    );
  }

  isWhole(): Promise<boolean> {
    return this.#store.isWhole();
  }

  channelIds(): Promise<ChannelId[]> {
    return this.#rows.channelIds();
  }

  get(key: Uint8Array): Promise<Uint8Array | undefined> {
    return this.#store.get(key);
  }

  values(range: KeyRange): AsyncIterable<readonly [Uint8Array, Uint8Array]> {
    return this.#rows.range(range);
  }

  keysIn(range: KeyRange): Promise<Uint8Array[]> {
    return this.#store.keysIn(range);
  }

  keysOfChannel(id: ChannelId): Promise<Uint8Array[]> {
    return this.#store.keysOfChannel(id);
  }

  finish(newest: Anchor): Promise<void> {
    return this.#store.finishCopy(newest);
  }

  retire(): Promise<void> {
    return this.#store.markMoved();
  }
}
