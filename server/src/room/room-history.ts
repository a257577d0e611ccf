// The heavy work a room needs done beside the main thread (I11): what a job is given and gives back. Bytes belong to
// whoever made them: a job neither changes nor keeps those it is given.

/** A state: that of a checkpoint, and the updates after it in the order of the log. */
export interface StateJob {
  /** Raw DEFLATE of a Yjs v1 update, or null when there is no checkpoint yet. */
  readonly checkpointState: Uint8Array | null;
  /** Yjs v1 updates. */
  readonly updates: readonly Uint8Array[];
  /** A worker failed on this document before: the job waits until nobody else's does. */
  readonly isSuspect?: boolean;
}

export interface SyncStep1Job extends StateJob {
  /** `Y.encodeStateVector` of the client's document. */
  readonly stateVector: Uint8Array;
}

/** What the list of documents shows of one. */
export interface Description {
  readonly title: string;
  readonly excerpt: string;
  /** UTF-16 units of text. */
  readonly characters: number;
}

/** A Checkpoint but for what a job is not told (seq, outboxes, authors), and what the list of documents shows. */
export interface BuiltCheckpoint {
  readonly state: Uint8Array;
  /** Of the state, not compressed. */
  readonly stateBytes: number;
  readonly stateVector: Uint8Array;
  readonly deleteSet: Uint8Array;
  /** Of the state as it is read again: that is what those who join show. */
  readonly contentHash: Uint8Array;
  /** For each client that the checkpoint before did not have: the place in the job's updates of the first that has. */
  readonly broughtBy: ReadonlyMap<number, number>;
  readonly description: Description;
}

/** A job rejects with SyncError `WORKER_FAILED` when its document cannot be worked on; other documents never notice. */
export interface RoomHistory {
  buildCheckpoint(job: StateJob): Promise<BuiltCheckpoint>;
  describe(job: StateJob): Promise<Description>;
  /** @param state raw DEFLATE of a Yjs v1 update, which is returned */
  inflateState(state: Uint8Array): Promise<Uint8Array>;
  /** @returns one Yjs v1 update: what the client lacks, and the whole delete set (J1) */
  answerSyncStep1(job: SyncStep1Job): Promise<Uint8Array>;
}
