// Where the items of one client are, without holding them (G2): an item's parent is seldom on the wire, for it is that of
// its neighbours. Clocks are kept in runs that are in one place, and beside them those clocks that hold a type.
//
// A place is 2 × the number of a type, and one more for what is under a key of it. Type 0 is nobody's: what has been
// collected, by some or by all, is in it, and so is whatever is put beside it or into it.

/** The place of what has been collected. */
export const NOWHERE = 0;

export class Places {
  /** Flat (first clock, place)s, first clocks rising; a run ends where the next begins. */
  readonly runs: number[] = [];
  /** Flat (clock, number of the type)s, clocks rising. */
  readonly types: number[] = [];

  /** @param from where the runs so far end */
  append(from: number, place: number): void {
    const { runs } = this;
    if (runs.length === 0 || runs[runs.length - 1] !== place) runs.push(from, place);
  }

  addType(clock: number, number: number): void {
    this.types.push(clock, number);
  }

  /** @param clock within the runs */
  at(clock: number): number {
    return this.runs[indexAtOrBelow(this.runs, clock) + 1]!;
  }

  /** @returns the number of the type that the item with this clock holds, or 0 when it holds none */
  typeAt(clock: number): number {
    const index = indexAtOrBelow(this.types, clock);
    return index >= 0 && this.types[index] === clock ? this.types[index + 1]! : 0;
  }

  /** Takes over the runs that follow. */
  addAll({ runs, types }: Places): void {
    for (let i = 0; i < runs.length; i += 2) this.append(runs[i]!, runs[i + 1]!);
    for (const number of types) this.types.push(number);
  }

  copy(): Places {
    const copy = new Places();
    copy.addAll(this);
    return copy;
  }
}

/** @returns index of the last pair that begins with `clock` or less, or -2; looks at the end first, where most questions are */
function indexAtOrBelow(pairs: readonly number[], clock: number): number {
  let high = pairs.length / 2;
  if (high > 0 && pairs[2 * high - 2]! <= clock) return 2 * high - 2;
  let low = 0;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (pairs[2 * middle]! > clock) high = middle;
    else low = middle + 1;
  }
  return 2 * low - 2;
}
