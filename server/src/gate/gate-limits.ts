// What the gate takes at most of one update, and of what a document grows to by it: all that costs everybody who opens it.

export interface GateLimits {
  /** Structs and deleted ranges of one update. Two bytes can hold one, and each costs every reader an object. */
  readonly maxParts: number;
  /**
   * Clients of one update that are not known yet. Each costs everybody a map's entry for ever, so beyond these the update
   * must have `bytesPerNewClient` for each: a document that many have written may come in at once.
   */
  readonly maxNewClients: number;
  readonly bytesPerNewClient: number;
  /** Types within types. Yjs goes through them by recursion. */
  readonly maxDepth: number;
  /** Names that root types may have; null: any. */
  readonly rootNames: ReadonlySet<string> | null;
  /** Root types of one channel: each is kept for ever by everybody. */
  readonly maxRoots: number;
  /** UTF-16 units of the name of a root type. */
  readonly maxRootNameUnits: number;
  /**
   * Items that Yjs looks at to integrate a document, by the estimate of rivals.ts: so many, and `stepsPerItem` more for
   * each item there is. What was written to be seen by others never comes near.
   */
  readonly maxSteps: number;
  readonly stepsPerItem: number;
  /**
   * The update was accepted once: what was known of its places then may have been collected since, and what was
   * collected may be known.
   */
  readonly isPast: boolean;
}

export const defaultGateLimits: GateLimits = {
  maxParts: 200_000,
  maxNewClients: 1_000,
  bytesPerNewClient: 64,
  maxDepth: 64,
  rootNames: null,
  maxRoots: 256,
  maxRootNameUnits: 256,
  maxSteps: 1_000_000,
  stepsPerItem: 8,
  isPast: false,
};

/** For what was accepted once: limits may have been higher then. */
export const noLimits: GateLimits = {
  maxParts: Number.POSITIVE_INFINITY,
  maxNewClients: Number.POSITIVE_INFINITY,
  bytesPerNewClient: 0,
  maxDepth: Number.POSITIVE_INFINITY,
  rootNames: null,
  maxRoots: Number.POSITIVE_INFINITY,
  maxRootNameUnits: Number.POSITIVE_INFINITY,
  maxSteps: Number.POSITIVE_INFINITY,
  stepsPerItem: 0,
  isPast: true,
};
