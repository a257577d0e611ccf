// A failure that crosses a boundary. Callers branch on the code, never on the message; the cause is kept.

export type SyncErrorCode =
  /** The data folder is held by another process. */
  | 'STORE_IN_USE'
  /** There is no room on the disk. */
  | 'STORE_FULL'
  /** The data folder cannot be read or written, or holds something this version does not know. */
  | 'STORE_UNREADABLE'
  /** The database the log is in does not answer. */
  | 'STORE_SILENT'
  /** Writing was given up: nothing more is acknowledged by this instance. */
  | 'LOG_FAILED'
  /** The log or channel was used after it was closed. */
  | 'LOG_CLOSED'
  /** A channel was replaced or erased while it was read, or before what points into it was written. */
  | 'CHANNEL_REPLACED'
  /** A channel has no entry of this number. */
  | 'NO_SUCH_ENTRY'
  | 'NO_SUCH_BLOCK'
  /** A time is before the first entry of a document. */
  | 'BEFORE_BEGINNING'
  /** What was written before some moment of a document was taken out of its past. */
  | 'PAST_TRIMMED'
  /** A document has no version of this id, or its log has lost what that points to. */
  | 'NO_SUCH_VERSION'
  /** What was asked for goes beyond a limit. */
  | 'TOO_LARGE'
  /** A document cannot be brought back to a moment now; nothing was changed. */
  | 'RESTORE_REFUSED'
  /** A document was brought back to a moment, or may have been: it failed when that was to be told. */
  | 'RESTORE_UNKNOWN'
  /** A worker failed on one document; the others live on. */
  | 'WORKER_FAILED'
  /** A file of an export or a backup is damaged, cut short, or something else. */
  | 'ARCHIVE_UNREADABLE'
  /** A file of an export or a backup cannot be written. */
  | 'FILE_NOT_WRITTEN'
  /** A backup would take the place of something that is worth more, or that belongs to somebody else. */
  | 'BACKUP_REFUSED'
  /** Documents cannot be moved to that store, or not from this one. */
  | 'MOVE_REFUSED'
  /** The address cannot be listened on. */
  | 'ADDRESS_UNAVAILABLE'
  /** A command says something that cannot be done as it was said. */
  | 'BAD_USAGE'
  /** It cannot be done while several servers have the store. */
  | 'SEVERAL_SERVERS'
  /** The data folder holds no documents. */
  | 'NO_STORE'
  /** There is a document of this name already. */
  | 'DOCUMENT_EXISTS'
  /** There is no document of this name. */
  | 'NO_SUCH_DOCUMENT'
  /** The operating system does not let this user. */
  | 'NOT_PERMITTED'
  /** A command was told to end before it was done. */
  | 'CANCELLED'
  /** The running server did not answer a command, or is of another version. */
  | 'SERVER_SILENT'
  | 'OTHER_VERSION'
  /** What came over the control socket is not part of its protocol. */
  | 'BAD_REQUEST'
  /** A token, a ticket or a guest identity is not accepted, for whatever reason. */
  | 'UNAUTHORIZED'
  /** Somebody may not do that with a document, or there is none. */
  | 'NO_ACCESS'
  /** A document is in the trash: nobody opens it. */
  | 'IN_TRASH'
  /** A document is not in the trash, or not any more. */
  | 'NOT_IN_TRASH'
  /** So much was asked for that it has to wait. */
  | 'TOO_MANY'
  /** A moment of a document has as many names as one can have. */
  | 'TOO_MANY_NAMES'
  /** A change of who may do what in a document makes no sense as it was asked for. */
  | 'BAD_SHARING';

export class SyncError extends Error {
  override readonly name = 'SyncError';
  readonly code: SyncErrorCode;

  constructor(code: SyncErrorCode, message: string, options: ErrorOptions = {}) {
    super(message, options);
    this.code = code;
  }
}

/** Throws when a rule of the house is broken by our own code. The message carries the values. */
export function invariant(holds: boolean, message: string): asserts holds {
  if (!holds) throw new Error(`invariant: ${message}`);
}

/** What was thrown, in words. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Throws `CANCELLED` once nobody wants the result of some work any more. */
export function throwIfCancelled(signal: AbortSignal): void {
  if (signal.aborted) throw new SyncError('CANCELLED', 'It was ended before it was done.');
}
