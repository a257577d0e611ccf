// What a channel needs of the connection that carries it, and what it tells the document it works for.

import type { CloseCode, StorageTrouble } from '@weft/protocol';
import type { Switchboard } from './switchboard.js';

export type DocumentKind = 'content' | 'discussion';

/** What a channel opens. `link`: the secret of a share link, or ''. */
export interface ChannelPlace {
  readonly document: string;
  readonly kind: DocumentKind;
  readonly link: string;
}

/** What a channel needs of its connection. */
export interface Carrier {
  readonly switchboard: Switchboard;
  readonly random: () => number;
  /** Whom the server takes this connection for; '' is nobody in particular, or not known yet. */
  person(): string;
  /** Bytes of the largest update the server takes. */
  maxUpdateBytes(): number;
  /** What keeps the server from saving anything. */
  storageTrouble(): StorageTrouble | null;
  /** The connection was given up while everything was in step, and is not needed. */
  rests(): boolean;
  /** Since when it is being made again after that, for the first time; null when it is not. */
  returnsSinceMs(): number | null;
  /** Ends the connection, which comes back by itself: what was heard makes no sense, or nothing is. */
  reconnect(code: CloseCode, reason: string): void;
  /** Bytes that were sent and have not left yet, as far as that can be told. */
  unsentBytes(): number;
}

/** What a channel tells the document it works for. */
export interface ChannelOwner {
  /** Something the save state depends on has changed. */
  changed(): void;
  /** The replica holds everything up to the head at Open. */
  synced(): void;
  /** The server will never take what is in the outbox: the replica is to be replaced by `restart` (S2). */
  refused(code: string, reason: string): void;
  /** The server has another document than the one the replica was made from: replaced by `restart`, too. */
  replaced(): void;
  /** Its clientID is somebody else's: replaced by `restart`, and what is unsaved is to be written again. */
  clientIdTaken(): void;
  /** What one may do has changed. */
  accessChanged(): void;
  /** One may not write any more, and what is in the outbox will not be taken: replaced by `restart`. */
  writeLost(): void;
  /** The replica shows something else than the server has: replaced by `restart`. */
  diverged(): void;
  /** Turned down or closed for good. */
  ended(code: number, reason: string): void;
}
