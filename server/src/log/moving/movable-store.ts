// A store as moving it to another one sees it, on either end: its channels, and the values that have keys of their own and are
// sealed alike in every store.

import type { ChannelId, ChannelView } from '../document-log.js';
import type { KeyRange, Operation } from '../key-value-store.js';
import type { Anchor } from '../level/stored-values.js';

export interface MovableStore {
  readonly secret: Uint8Array;
  /** The newest record of the journal. */
  readonly newest: Anchor;

  /** Whether it may be served; else it is a copy that is not whole yet. */
  isWhole(): Promise<boolean>;

  /** Every channel there is anything of, in the order of their keys. */
  channelIds(): Promise<ChannelId[]>;

  /** As `DocumentLog.view`, but that it looks for no checkpoint: it has none. */
  view(id: ChannelId): Promise<ChannelView>;

  /** A base, a checkpoint, a document's record, a small record. */
  get(key: Uint8Array): Promise<Uint8Array | undefined>;

  /** What there is of such values in the order of keys, and of erased documents; what is written meanwhile may show. */
  values(range: KeyRange): AsyncIterable<readonly [key: Uint8Array, value: Uint8Array]>;

  /** The keys of such values. */
  keysIn(range: KeyRange): Promise<Uint8Array[]>;

  /** All keys of a channel as operations name them: what is to be deleted so that nothing of it is left. */
  keysOfChannel(id: ChannelId): Promise<Uint8Array[]>;

  /** All of it or nothing; resolves once it is on disk. For nobody but who moves into the store. */
  write(operations: readonly Operation[]): Promise<void>;

  /** The last write: from here on the store may be served. Its journal goes on after `newest`. Nothing else is done with it then but to close it. */
  finish(newest: Anchor): Promise<void>;

  /** Its documents are in another store now. Where that is not seen by its place, whoever opens it is told so. */
  retire(): Promise<void>;
}
