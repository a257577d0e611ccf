// A failure that crosses a boundary. Callers branch on the code, never on the message; the cause is kept.

export type SyncErrorCode =
  /** The data folder is held by another process. */
  | 'STORE_IN_USE'
  /** The data folder cannot be read or written, or holds something this version does not know. */
  | 'STORE_UNREADABLE'
  /** A write or a sync failed: nothing more is acknowledged by this instance. */
  | 'LOG_FAILED'
  /** The log or channel was used after it was closed. */
  | 'LOG_CLOSED'
  /** A channel was replaced or erased while it was read. */
  | 'CHANNEL_REPLACED'
  /** A worker failed on one document; the others live on. */
  | 'WORKER_FAILED'
  /** A file of an export or a backup is damaged, cut short, or something else. */
  | 'ARCHIVE_UNREADABLE'
  /** The address cannot be listened on. */
  | 'ADDRESS_UNAVAILABLE';

export class SyncError extends Error {
  override readonly name = 'SyncError';
  readonly code: SyncErrorCode;

  constructor(code: SyncErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** Throws when a rule of the house is broken by our own code. The message carries the values. */
export function invariant(holds: boolean, message: string): asserts holds {
  if (!holds) throw new Error(`invariant: ${message}`);
}
