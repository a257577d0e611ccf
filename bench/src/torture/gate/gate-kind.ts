// Torture that is counted in updates or frames: what comes to the gate alone, or in frames to a server.

export interface GateKind {
  /** One line of the usage. */
  readonly summary: string;
  /** Updates, when nobody says how many. */
  readonly count: number;
  /**
   * @param options.files what was named on the command line besides
   * @param options.onMark takes a character now and then, for a sign of life
   */
  run(options: {
    readonly count: number;
    readonly seed: number;
    readonly files: readonly string[];
    readonly onMark: (mark: string) => void;
  }): GateOutcome | Promise<GateOutcome>;
}

export interface GateOutcome {
  /** In words. */
  readonly figures: readonly string[];
  /** Everything wrong, in words that say how to have it again. */
  readonly faults: readonly string[];
}

/** After so many the rest would say the same. */
export const MAX_FAULTS = 100;
/** Updates between two signs of life. */
export const MARK_EVERY = 20_000;
