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
  readonly needsFile: boolean | 'may have one';
  /** @param dataFolder is empty, and removed afterwards */
  measure(init: {
    readonly dataFolder: string;
    readonly file: string;
    /** A small input instead of the full one: to see that it works. */
    readonly isSmall: boolean;
  }): Promise<Figure[]>;
}

/**
 * One line per figure, and whether it meets its aim.
 *
 * @param isJudged false: a small input is for seeing that all works, and its figures are none
 * @returns whether all aims are met
 */
export function printFigures(figures: readonly Figure[], isJudged: boolean): boolean {
  const width = Math.max(...figures.map(({ what }) => what.length));
  for (const { what, value, aim } of figures) {
    const judged = isJudged && aim ? `  (aim: ${aim.text}; ${aim.isMet ? 'met' : 'NOT MET'})` : '';
    process.stdout.write(`${what.padEnd(width)}  ${value}${judged}\n`);
  }
  return !isJudged || figures.every(({ aim }) => aim === undefined || aim.isMet);
}
