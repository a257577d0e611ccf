// The heavy work a room needs done beside the main thread (I11), as it asks for it.

/** A state: that of a checkpoint, and the updates after it. */
export interface StateJob {
  /** Raw DEFLATE of a Yjs v1 update. */
  readonly checkpointState: Uint8Array | null;
  readonly updates: readonly Uint8Array[];
}

export interface Description {
  readonly title: string;
  readonly excerpt: string;
  readonly characters: number;
}

export interface BuiltState {
  readonly state: Uint8Array;
  readonly stateVector: Uint8Array;
  readonly deleteSet: Uint8Array;
  readonly description: Description;
}

/** A job rejects when its document cannot be worked on. */
export interface RoomHistory {
  buildCheckpoint(job: StateJob): Promise<BuiltState>;
  describe(job: StateJob): Promise<Description>;
  answerSyncStep1(job: StateJob & { readonly stateVector: Uint8Array }): Promise<Uint8Array>;
}
