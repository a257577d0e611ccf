// The time of a document's life as it is played: by what was done. Pauses are cut short, so what is slid along is activity; beside it
// stands when that was.

/** An entry takes so long at least, and a pause at most. */
const SHORTEST_MS = 30;
const LONGEST_MS = 2_000;
/** With these a step ends, which is what an arrow key goes by. */
const STEP_PAUSE_MS = 1_000;
const STEP_ENTRIES = 40;
/** Who pauses for longer has begun anew. */
const SITTING_PAUSE_MS = 10 * 60_000;
const SITTING_ENTRIES = 20_000;

export interface Day {
  /** Midnight before it, here. */
  readonly atMs: number;
  /** The entry it begins with. */
  readonly seq: number;
}

/** A stretch of the axis: how much was done, and by whom most of it, as a place among all people. */
export interface Bar {
  readonly entries: number;
  readonly author: number;
}

export class Timeline {
  /** Of entry 1, 2, 3, … */
  #timesMs = new Float64Array(1024);
  #authors = new Uint32Array(1024);
  /** Where on the axis each is done. */
  #places = new Float64Array(1024);
  #before = 0;
  #last = 0;
  /** The entries that steps and sittings begin with. */
  readonly #steps: number[] = [];
  readonly #sittings: number[] = [];
  readonly days: Day[] = [];
  #nextDayMs = Number.NEGATIVE_INFINITY;

  /** The entry before the first: 0, unless the past was trimmed. Then the first stands for all up to it. */
  get before(): number {
    return this.#before;
  }

  get last(): number {
    return this.#last;
  }

  /** Where the axis ends, in milliseconds of activity; it begins at 0, before the first entry. */
  get length(): number {
    return this.placeOf(this.#last);
  }

  /** @param first  the number of the first of these entries */
  add(timesMs: Float64Array, authors: Uint32Array, first = this.#last + 1): void {
    if (this.#last === 0) {
      this.#before = first - 1;
      this.#last = this.#before;
    }
    const needed = this.#last - this.#before + timesMs.length;
    if (needed > this.#timesMs.length) {
      const size = Math.max(needed, this.#timesMs.length * 2);
      this.#timesMs = longer(this.#timesMs, new Float64Array(size));
      this.#authors = longer(this.#authors, new Uint32Array(size));
      this.#places = longer(this.#places, new Float64Array(size));
    }
    for (const [i, timeMs] of timesMs.entries()) this.#push(timeMs, authors[i]!);
  }

  /** Of an entry; before the first that of the first. */
  timeOf(seq: number): number {
    return this.#timesMs[Math.max(0, seq - 1 - this.#before)]!;
  }

  authorOf(seq: number): number {
    return this.#authors[seq - 1 - this.#before]!;
  }

  placeOf(seq: number): number {
    return seq <= this.#before ? 0 : this.#places[seq - 1 - this.#before]!;
  }

  /** The newest entry at that place or before. */
  seqAt(place: number): number {
    let low = this.#before;
    let high = this.#last;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.placeOf(middle) <= place) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /** The last entry of the step that `seq` is in, or of the one after it or before it. */
  stepFrom(seq: number, by: 1 | -1): number {
    const ends = (place: number): number => (this.#steps[place + 1] ?? this.#last + 1) - 1;
    const at = lastAtMost(this.#steps, seq);
    if (by === -1) return at <= 0 ? this.#before : ends(at - 1);
    return ends(seq === this.#before || seq < ends(at) ? Math.max(0, at) : Math.min(at + 1, this.#steps.length - 1));
  }

  /** The entry that the step begins with. */
  stepOf(seq: number): number {
    return this.#steps[lastAtMost(this.#steps, seq)] ?? this.#before;
  }

  /** The entry that people began with, who have not paused since. */
  sittingOf(seq: number): number {
    return this.#sittings[lastAtMost(this.#sittings, seq)] ?? this.#before;
  }

  /** The day that an entry is of; null before the first. */
  dayOf(seq: number): Day | null {
    return this.days[lastAtMost(this.days, seq, ({ seq: first }) => first)] ?? null;
  }

  bars(count: number): Bar[] {
    const { length } = this;
    const bars: Bar[] = [];
    let seq = this.#before + 1;
    for (let i = 1; i <= count; i++) {
      const end = i === count ? this.#last : this.seqAt((length * i) / count);
      const entries = end - seq + 1;
      const by = new Map<number, number>();
      let author = 0;
      for (; seq <= end; seq++) {
        const one = this.authorOf(seq);
        const done = (by.get(one) ?? 0) + 1;
        by.set(one, done);
        if (done >= (by.get(author) ?? 0)) author = one;
      }
      bars.push({ entries, author });
    }
    return bars;
  }

  #push(timeMs: number, author: number): void {
    const seq = this.#last + 1;
    const isFirst = seq === this.#before + 1;
    const pauseMs = isFirst ? 0 : timeMs - this.timeOf(seq - 1);
    const isOther = isFirst || author !== this.authorOf(seq - 1);
    if (isOther || pauseMs >= STEP_PAUSE_MS || seq - this.#steps.at(-1)! >= STEP_ENTRIES) this.#steps.push(seq);
    if (isFirst || pauseMs >= SITTING_PAUSE_MS || seq - this.#sittings.at(-1)! >= SITTING_ENTRIES) {
      this.#sittings.push(seq);
    }
    if (timeMs >= this.#nextDayMs) {
      this.days.push({ atMs: new Date(timeMs).setHours(0, 0, 0, 0), seq });
      this.#nextDayMs = new Date(timeMs).setHours(24, 0, 0, 0);
    }
    const at = seq - 1 - this.#before;
    this.#places[at] = this.placeOf(seq - 1) + Math.min(LONGEST_MS, Math.max(SHORTEST_MS, pauseMs));
    this.#timesMs[at] = timeMs;
    this.#authors[at] = author;
    this.#last = seq;
  }
}

function longer<Numbers extends Float64Array | Uint32Array>(from: Numbers, into: Numbers): Numbers {
  into.set(from);
  return into;
}

/** Where the last one stands that is not above; -1 where there is none. */
function lastAtMost<T>(row: readonly T[], most: number, numberOf: (one: T) => number = Number): number {
  let low = -1;
  let high = row.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (numberOf(row[middle]!) <= most) low = middle;
    else high = middle - 1;
  }
  return low;
}
