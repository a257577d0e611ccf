// What a room knows of those in it. Sessions implement Member; dialects implement Dialect; the room sees neither bytes of
// a wire nor sockets.

import type { CloseCode } from '@weft/protocol';
import { giveBack } from '../give-back.js';
import type { Seq } from '../log/document-log.js';

/**
 * Something to send: each message is one frame of the transport, in order. One Outgoing is shared by everybody it goes
 * to; a transport may keep what it made of it in `wire`, so that framing is done once.
 */
export interface Outgoing {
  readonly messages: readonly Uint8Array[];
  wire?: Uint8Array;
}

/** To be called by whoever made it, when everybody it went to has taken it. */
export function giveBackSent({ messages, wire }: Outgoing): void {
  for (const message of messages) giveBack(message);
  if (wire) giveBack(wire);
}

/** What happened in a room, entries before the carets that may be in them. */
export interface News {
  /** Of the first of `updates`, which reach to the head of the room. */
  readonly firstSeq: Seq;
  readonly updates: readonly Uint8Array[];
  /** An awareness update in the encoding of y-protocols; null when nobody moved. */
  readonly presence: Uint8Array | null;
}

/** How one wire protocol writes what a room has to say. The results are the same for every member of the dialect. */
export interface Dialect {
  /** Whether an author is sent news that are wholly their own (stock clients take it as their acknowledgement). */
  readonly echoes: boolean;
  /** Whether its clients drop people, and the connection, after half a minute without a word. */
  readonly forgetsTheQuiet: boolean;
  news(room: RoomOnWire, news: News): Outgoing;
  /** What whoever has every entry up to `seq`, and nothing else, has to show (G3); null when its clients do not compare. */
  contentHash(room: RoomOnWire, seq: Seq, hash: Uint8Array): Outgoing | null;
}

/** What a dialect tells of a room itself. */
export interface RoomOnWire {
  /** Unique in this process. */
  readonly number: number;
  /** What a client shows later for having been told of everything up to the head (L3); made when it is read. */
  readonly proof: Uint8Array;
}

export interface Member {
  readonly dialect: Dialect;
  /** Whether it can be sent what happens; while not, its seat falls behind. */
  readonly hasRoom: boolean;
  send(out: Outgoing): void;
  /** From here on it is sent nothing until it has caught up with the log: it has every entry up to `seq`. */
  fellBehind(seq: Seq): void;
  /** Everything this member submitted up to `clientSeq` is on disk, and every entry up to the head was sent before. */
  saved(clientSeq: number, head: Seq, timeMs: number): void;
  /** The room closes under it, and its seat is gone: it may come back. Everything it was acknowledged was told before. */
  dismissed(code: CloseCode, reason: string): void;
}
