// When a room tells those in it what is new: at once while the process has time and the room is small; as either changes,
// further apart, so that what is written meanwhile shares one frame, and one write to each socket (docs/adr/0017).

import type { Load } from '../load.js';
import { FlushTimer } from './flush-timer.js';

/** Between two flushes of a room at most: what a reader hardly sees. */
const WIDEST_MS = 40;
/** Up to so many members a flush costs less than waiting for it is worth. */
const SMALL_ROOM_SEATS = 8;
/** From so many on a room flushes as seldom as it may. */
const LARGE_ROOM_SEATS = 50;
/** Of the event loop's time. Below it the process has time, from the other on it has none. */
const CALM_UTILISATION = 0.75;
const BUSY_UTILISATION = 0.95;

/** Milliseconds from one flush of a room to the next, at least. */
export function flushEveryMs(seats: number, utilisation: number): number {
  const bySize = (seats - SMALL_ROOM_SEATS) / (LARGE_ROOM_SEATS - SMALL_ROOM_SEATS);
  const byLoad = (utilisation - CALM_UTILISATION) / (BUSY_UTILISATION - CALM_UTILISATION);
  return WIDEST_MS * Math.min(1, Math.max(0, bySize, byLoad));
}

/** One for all rooms of a process. */
export class Cadence {
  readonly timer = new FlushTimer();
  readonly #load: Load;

  constructor(load: Load) {
    this.#load = load;
  }

  flushEveryMs(seats: number): number {
    return flushEveryMs(seats, this.#load.utilisation);
  }
}
