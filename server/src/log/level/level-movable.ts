// A log on ordered keys as moving it sees it, and the half of it that is the same for every log.

import type { ChannelId, ChannelView } from '../document-log.js';
import type { KeyRange, Operation, StoreReader } from '../key-value-store.js';
import type { MovableStore } from '../moving/movable-store.js';
import type { ChannelState } from './channel-state.js';
import { FORMAT_MARK } from './format.js';
import { channelRange, channelsRangeOfAll, formatKey } from './keys.js';
import { LevelView, type ViewHost } from './level-view.js';
import { readKey } from './read-key.js';
import { type Anchor, type Meta, putAnchor } from './stored-values.js';

/** What it needs of the log. */
export interface MovableHost extends ViewHost {
  readonly secret: Uint8Array;
  readonly journal: { readonly newest: Anchor; write(operations: readonly Operation[]): Promise<void> };
  /** What is known of a channel whose older entries are as `meta` says. */
  stateOf(id: ChannelId, meta: Meta): ChannelState;
  /** Reads while nothing moves. @throws SyncError `LOG_CLOSED` */
  operation<T>(action: () => Promise<T>): Promise<T>;
}

type Pair = readonly [key: Uint8Array, value: Uint8Array];

export abstract class MovableLog implements MovableStore {
  readonly #host: MovableHost;

  constructor(host: MovableHost) {
    this.#host = host;
  }

  get secret(): Uint8Array {
    return this.#host.secret;
  }

  get newest(): Anchor {
    return this.#host.journal.newest;
  }

  view(id: ChannelId): Promise<ChannelView> {
    return this.#host.operation(async () => {
      const meta = await this.#host.reader.metaOf(id);
      return new LevelView(this.#host, this.#host.stateOf(id, meta), meta.epoch, null);
    });
  }

  write(operations: readonly Operation[]): Promise<void> {
    return this.#host.journal.write(operations);
  }

  abstract isWhole(): Promise<boolean>;
  abstract channelIds(): Promise<ChannelId[]>;
  abstract get(key: Uint8Array): Promise<Uint8Array | undefined>;
  abstract values(range: KeyRange): AsyncIterable<Pair>;
  abstract keysIn(range: KeyRange): Promise<Uint8Array[]>;
  abstract keysOfChannel(id: ChannelId): Promise<Uint8Array[]>;
  abstract finish(newest: Anchor): Promise<void>;
  abstract retire(): Promise<void>;
}

export class LevelMovable extends MovableLog {
  readonly #store: StoreReader;
  /** Of channels that have entries in the journal, and may have none elsewhere. */
  readonly #inJournal: () => readonly ChannelId[];

  constructor(host: MovableHost, store: StoreReader, inJournal: () => readonly ChannelId[]) {
    super(host);
    this.#store = store;
    this.#inJournal = inJournal;
  }

  async isWhole(): Promise<boolean> {
    const mark = await this.#store.get(formatKey);
    return mark !== undefined && Buffer.compare(mark, FORMAT_MARK) === 0;
  }

  async channelIds(): Promise<ChannelId[]> {
    // Before the keys are read: what leaves the journal meanwhile is among them.
    const ids = [...this.#inJournal()];
    // From one channel to the next, past all that is in it.
    for (let { gte, lt } = channelsRangeOfAll; ; ) {
      let first: Uint8Array | undefined;
      for await (const [key] of this.#store.range({ gte, lt, limit: 1 })) first = key;
      if (first === undefined) break;
      const known = readKey(first);
      if ('id' in known) {
        ids.push(known.id);
        gte = channelRange(known.id).lt;
      } else gte = Uint8Array.of(...first, 0);
    }
    return inOrder(ids);
  }

  get(key: Uint8Array): Promise<Uint8Array | undefined> {
    return this.#store.get(key);
  }

  values(range: KeyRange): AsyncIterable<Pair> {
    return this.#store.range(range);
  }

  async keysIn(range: KeyRange): Promise<Uint8Array[]> {
    const keys: Uint8Array[] = [];
    for await (const [key] of this.#store.range(range)) keys.push(key);
    return keys;
  }

  keysOfChannel(id: ChannelId): Promise<Uint8Array[]> {
    return this.keysIn(channelRange(id));
  }

  finish(newest: Anchor): Promise<void> {
    return this.write([putAnchor(newest), { type: 'put', key: formatKey, value: FORMAT_MARK.slice() }]);
  }

  /** Its folder is put aside, which everybody sees. */
  async retire(): Promise<void> {}
}

/** Each once, in the order of their keys. */
function inOrder(ids: readonly ChannelId[]): ChannelId[] {
  const byKey = new Map(ids.map((id) => [Buffer.from(channelRange(id).gte).toString('latin1'), id]));
  return [...byKey].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, id]) => id);
}
