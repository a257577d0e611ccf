// The deleted clocks of one client: half-open ranges, sorted, apart from each other, in one flat array of numbers
// [from, to, from, to, …]. Deleting mostly happens at the end or next to a range, so adding seldom moves anything.

/** From so many bounds on, adding them together is cheaper than one by one. */
const MANY = 32;

export class ClockRanges {
  /** Even places: from; odd places: to. Strictly rising. */
  #bounds: number[];

  constructor(bounds: number[] = []) {
    this.#bounds = bounds;
  }

  /** @param added flat (from, to)s, in any order, overlapping or not */
  static of(added: readonly number[]): ClockRanges {
    const ranges = new ClockRanges();
    ranges.addAll(added);
    return ranges;
  }

  get count(): number {
    return this.#bounds.length / 2;
  }

  /** Adds [from, to), joining what it touches. */
  add(from: number, to: number): void {
    const bounds = this.#bounds;
    const last = bounds.length - 1;
    if (last < 0 || from > bounds[last]!) {
      bounds.push(from, to);
      return;
    }
    if (from >= bounds[last - 1]!) {
      if (to > bounds[last]!) bounds[last] = to;
      return;
    }
    // Bounds within [from, to] go; an end of the new range that lies inside an old one is not a bound.
    const start = firstAbove(bounds, from - 1);
    const end = firstAbove(bounds, to);
    const startsInside = start % 2 === 1;
    const endsInside = end % 2 === 1;
    if (startsInside && end === start) return;
    if (startsInside && endsInside) bounds.splice(start, end - start);
    else if (startsInside) bounds.splice(start, end - start, to);
    else if (endsInside) bounds.splice(start, end - start, from);
    else bounds.splice(start, end - start, from, to);
  }

  /**
   * Adds many at once, in one pass over all there is: one by one, each could move everything behind it.
   *
   * @param added flat (from, to)s, in any order, overlapping or not
   */
  addAll(added: readonly number[]): void {
    if (added.length < MANY) {
      for (let i = 0; i < added.length; i += 2) this.add(added[i]!, added[i + 1]!);
      return;
    }
    const starts = Array.from({ length: added.length / 2 }, (_, i) => 2 * i).sort((a, b) => added[a]! - added[b]!);
    const old = this.#bounds;
    const merged = new ClockRanges();
    let next = 0;
    for (const start of starts) {
      for (; next < old.length && old[next]! < added[start]!; next += 2) merged.add(old[next]!, old[next + 1]!);
      merged.add(added[start]!, added[start + 1]!);
    }
    for (; next < old.length; next += 2) merged.add(old[next]!, old[next + 1]!);
    this.#bounds = merged.#bounds;
  }

  /** The first clock from this one on that is not in here. */
  firstMissing(clock: number): number {
    // An odd number of bounds at or below the clock: it lies within a range.
    const index = firstAbove(this.#bounds, clock);
    return index % 2 === 1 ? this.#bounds[index]! : clock;
  }

  /** Where the clocks before this one end, left without those at the end that are in here. */
  endOfMissing(clock: number): number {
    const index = firstAbove(this.#bounds, clock - 1);
    return index % 2 === 1 ? this.#bounds[index - 1]! : clock;
  }

  forEach(visit: (from: number, to: number) => void): void {
    for (let i = 0; i < this.#bounds.length; i += 2) visit(this.#bounds[i]!, this.#bounds[i + 1]!);
  }

  isEqual(other: ClockRanges): boolean {
    const mine = this.#bounds;
    return mine.length === other.#bounds.length && mine.every((bound, i) => bound === other.#bounds[i]);
  }

  copy(): ClockRanges {
    return new ClockRanges(this.#bounds.slice());
  }
}

/** @returns index of the first bound above `clock`; looks at the end first, where most questions are */
function firstAbove(bounds: readonly number[], clock: number): number {
  let high = bounds.length;
  if (high === 0 || bounds[high - 1]! <= clock) return high;
  let low = 0;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (bounds[middle]! > clock) high = middle;
    else low = middle + 1;
  }
  return low;
}
