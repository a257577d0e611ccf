// Which seeds a fuzz of the editor runs: WEFT_SEEDS=1000 asks for the first so many, WEFT_SEEDS=200-400 for those, and
// WEFT_SEED=n for a single one.

export interface Seeds {
  readonly first: number;
  readonly last: number;
}

/** @param usually  how many it runs if nobody asks */
export function seedsAsked(usually: number): Seeds {
  const { WEFT_SEED: only, WEFT_SEEDS: asked = only === undefined ? `${usually}` : `${only}-${only}` } = process.env;
  const [, first = '1', last] = /^(?:(\d+)-)?(\d+)$/.exec(asked) ?? [];
  if (last === undefined) throw new Error(`WEFT_SEEDS is to be a number, or two as in 200-400; it is ${asked}`);
  return { first: Number(first), last: Number(last) };
}

/** What one test runs each. */
export function portionsOf({ first, last }: Seeds, length: number): Seeds[] {
  const portions: Seeds[] = [];
  for (let from = first; from <= last; from += length)
    portions.push({ first: from, last: Math.min(last, from + length - 1) });
  return portions;
}
