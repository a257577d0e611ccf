// Where the bytes of files are that belong to documents: each once, under the SHA-256 of its bytes, whole or not there. Whose they are
// say records of the table `asset`. A file is there before a record names it, and goes when no record does any more; whatever is cut
// short on the way is put in order by who comes next.

import type { Readable } from 'node:stream';

export interface FileStore {
  /** A file that is to come, and is nobody's until it is kept. @throws what the storage has against it, as all that follows */
  begin(): Promise<IncomingFile>;

  /** Removes what was coming to somebody who has ended; in a database beside what else is done. For who begins. */
  discardLeft(): Promise<void>;

  /** Notes that records which name these are about to go. */
  suspect(ids: readonly string[]): Promise<void>;

  /** Removes files that were suspected and that no record names. */
  settle(named: () => AsyncIterable<string>): Promise<void>;

  /** @throws SyncError `STORE_UNREADABLE` when it is not there */
  open(id: string): Promise<StoredFile>;

  /** For sentences; in a folder its path. */
  whereIs(id: string): string;

  /** All files that are in their places. */
  list(): AsyncIterable<string>;

  /** Those of which it is not known whether a record names them. */
  suspects(): Promise<readonly string[]>;
}

export interface IncomingFile {
  write(piece: Uint8Array): Promise<void>;
  /** So many bytes of what was written; fewer at its end. */
  read(at: number, length: number): Promise<Buffer>;
  /** All of it has come; resolves once it is on disk. */
  end(id: string): Promise<void>;
  /**
   * Puts it in its place, and has `note` write the record that names it; resolves once both are on disk. Of one that is there the
   * bytes are the same, or damaged: it is replaced. In a database a record of a document that is gone by then is left out, and the
   * file with it.
   */
  keep(note: () => Promise<void>): Promise<void>;
  /** Nothing of it stays, unless it was kept. */
  discard(): Promise<void>;
}

/** To be streamed or closed. */
export interface StoredFile {
  readonly bytes: number;
  /** From the byte `first` to the byte `last`, both in it, a piece at a time. An empty file has none. */
  stream(range?: { readonly first: number; readonly last: number }): Readable;
  close(): Promise<void>;
}
