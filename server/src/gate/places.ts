// In which list the items of one client are, without holding them (G2): it is seldom on the wire, for it is that of an
// item's neighbours. Clocks are kept in runs: in one list, each written right behind the one before. Beside them are those
// clocks that hold a type.
//
// A list is what a type holds in a row, or what was ever under one of its keys. List 0 is nobody's: what has been collected,
// by some or by all, is in it, and so is whatever is put beside it or into it.

/** The list of what has been collected. */
export const NOWHERE = 0;
/** Numbers about types, for each list that is looked for: below it, looking at all of them is cheaper than searching. */
const SEARCHED_FROM = 32;

export class Places {
  /** Flat (first clock, list)s, first clocks rising; a run ends where the next begins. */
  readonly runs: number[] = [];
  /** Flat (clock, number of the type's list)s, clocks rising. */
  readonly types: number[] = [];

  /**
   * @param from where the runs so far end
   * @param follows whether it was written right behind the clock before
   */
  append(from: number, list: number, follows: boolean): void {
    const { runs } = this;
    if (!follows || runs.length === 0 || runs[runs.length - 1] !== list) runs.push(from, list);
  }

  addType(clock: number, list: number): void {
    this.types.push(clock, list);
  }

  /** @param clock within the runs */
  listAt(clock: number): number {
    return this.runs[indexAtOrBelow(this.runs, clock) + 1]!;
  }

  /** Whether the item was written right behind the one with the clock before. */
  follows(clock: number): boolean {
    const index = indexAtOrBelow(this.runs, clock);
    return index >= 0 && this.runs[index] !== clock;
  }

  /** @returns the list of the type that the item with this clock holds, or 0 when it holds none */
  typeAt(clock: number): number {
    const index = indexAtOrBelow(this.types, clock);
    return index >= 0 && this.types[index] === clock ? this.types[index + 1]! : 0;
  }

  /** @param from within the runs, as all clocks before `to` */
  noteLists(from: number, to: number, lists: Set<number>): void {
    const { runs } = this;
    for (let i = indexAtOrBelow(runs, from); i < runs.length && runs[i]! < to; i += 2) lists.add(runs[i + 1]!);
  }

  /** @returns the clocks, rising, of the types that have these lists */
  clocksOfTypes(lists: ReadonlySet<number>): number[] {
    const { types } = this;
    const clocks: number[] = [];
    if (types.length < SEARCHED_FROM * lists.size) {
      for (let i = 0; i < types.length; i += 2) if (lists.has(types[i + 1]!)) clocks.push(types[i]!);
      return clocks;
    }
    for (const list of lists) {
      const clock = this.#clockOfType(list);
      if (clock >= 0) clocks.push(clock);
    }
    return clocks.sort((a, b) => a - b);
  }

  /** Lists are numbered as types come: a client's rise with its clocks. @returns -1 when no type has this list */
  #clockOfType(list: number): number {
    const { types } = this;
    let low = 0;
    let high = types.length / 2;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (types[2 * middle + 1]! < list) low = middle + 1;
      else high = middle;
    }
    return types[2 * low + 1] === list ? types[2 * low]! : -1;
  }

  /** Takes over the runs that come next. @param follow whether the first of them was written right behind what is here */
  addAll({ runs, types }: Places, follow: boolean): void {
    for (let i = 0; i < runs.length; i += 2) this.append(runs[i]!, runs[i + 1]!, follow && i === 0);
    for (const number of types) this.types.push(number);
  }

  copy(): Places {
    const copy = new Places();
    copy.addAll(this, false);
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
