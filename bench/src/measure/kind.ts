// What a measurement is and gives.

export interface Figure {
  readonly what: string;
  readonly value: string;
  /** What it should be; without one the figure is there to be read. */
  readonly aim?: { readonly text: string; readonly isMet: boolean };
}

export interface Kind {
  readonly summary: string;
  /** Whether it needs a recording to type. */
  readonly needsFile: boolean;
  /** @param dataFolder is empty, and removed afterwards */
  measure(init: {
    readonly dataFolder: string;
    readonly file: string;
    /** A small input instead of the full one: to see that it works. */
    readonly isSmall: boolean;
  }): Promise<Figure[]>;
}
