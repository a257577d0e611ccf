// What a room knows of those in it. Sessions implement Member; dialects implement Dialect; the room sees neither bytes of
// a wire nor sockets.

import type { CloseCode } from '@weft/protocol';
import type { Seq } from '../log/document-log.js';

/**
 * Something to send: each message is one frame of the transport, in order. One Outgoing is shared by everybody it goes
 * to; a transport may keep what it made of it in `wire`, so that framing is done once.
 */
export interface Outgoing {
  readonly messages: readonly Uint8Array[];
  wire?: Uint8Array;
}

/** How one wire protocol writes what a room has to say. The results are the same for every member of the dialect. */
export interface Dialect {
  /** Whether an author is sent a group that is wholly their own (stock clients take it as their acknowledgement). */
  readonly echoes: boolean;
  /** Whether its clients drop people, and the connection, after half a minute without a word. */
  readonly forgetsTheQuiet: boolean;
  /** @param room number of the room, unique in this process */
  entries(room: number, firstSeq: Seq, updates: readonly Uint8Array[]): Outgoing;
  /** @param update an awareness update in the encoding of y-protocols */
  presence(room: number, update: Uint8Array): Outgoing;
}

export interface Member {
  readonly dialect: Dialect;
  send(out: Outgoing): void;
  /** Everything this member submitted up to `clientSeq` is on disk, and every entry up to `seq` was sent before. */
  saved(clientSeq: number, seq: Seq, timeMs: number): void;
  /** The room closes under it, and its seat is gone: it may come back. Everything it was acknowledged was told before. */
  dismissed(code: CloseCode, reason: string): void;
}
