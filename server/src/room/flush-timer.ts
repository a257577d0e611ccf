// One timer for what all rooms put off by some milliseconds. What is due within a few of them is done together: the process
// wakes once for many rooms, and not at all while none has something to tell.

/** Wakings are at multiples of this. */
const TICK_MS = 2;

export interface Deferred {
  /** By the clock of `performance.now`; Infinity when nothing is. Moved by its owner, who then says so to the timer. */
  readonly dueAtMs: number;
  /** Must not throw. */
  due(nowMs: number): void;
}

export class FlushTimer {
  readonly #waiting = new Set<Deferred>();
  #wakesAtMs = Number.POSITIVE_INFINITY;
  #timer: NodeJS.Timeout | undefined;
  #immediate: NodeJS.Immediate | undefined;

  /** Calls back when it is due: in time, or at the end of this turn where that has passed. */
  add(deferred: Deferred): void {
    this.#waiting.add(deferred);
    this.#wakeAt(deferred.dueAtMs);
  }

  /** It waits for nothing any more. With nobody left to wait for, no timer stays. */
  remove(deferred: Deferred): void {
    this.#waiting.delete(deferred);
    if (this.#waiting.size > 0) return;
    clearTimeout(this.#timer);
    clearImmediate(this.#immediate);
    this.#immediate = undefined;
    this.#wakesAtMs = Number.POSITIVE_INFINITY;
  }

  #wakeAt(dueAtMs: number): void {
    if (dueAtMs >= this.#wakesAtMs) return;
    clearTimeout(this.#timer);
    const nowMs = performance.now();
    if (dueAtMs <= nowMs) {
      this.#wakesAtMs = Number.NEGATIVE_INFINITY;
      this.#immediate ??= setImmediate(this.#wake);
    } else {
      this.#wakesAtMs = Math.ceil(dueAtMs / TICK_MS) * TICK_MS;
      this.#timer = setTimeout(this.#wake, Math.ceil(this.#wakesAtMs - nowMs));
    }
  }

  readonly #wake = (): void => {
    // A timer may be a little early by this clock.
    const nowMs = Math.max(performance.now(), this.#wakesAtMs);
    clearTimeout(this.#timer);
    this.#immediate = undefined;
    this.#wakesAtMs = Number.POSITIVE_INFINITY;
    let nextMs = Number.POSITIVE_INFINITY;
    const due: Deferred[] = [];
    for (const deferred of this.#waiting) {
      if (deferred.dueAtMs <= nowMs) due.push(deferred);
      else if (deferred.dueAtMs < nextMs) nextMs = deferred.dueAtMs;
      if (deferred.dueAtMs <= nowMs || deferred.dueAtMs === Number.POSITIVE_INFINITY) this.#waiting.delete(deferred);
    }
    for (const deferred of due) deferred.due(nowMs);
    this.#wakeAt(nextMs);
  };
}
