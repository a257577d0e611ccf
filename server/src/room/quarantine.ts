// Channels that a history worker failed on: by an exception, for want of memory, or because it took too long. They live on
// without new checkpoints, and are tried again when something was written and some time has passed, longer each time.
// It is kept in memory alone: a start tries each of them once more, since a newer version may manage, and a failed try costs
// one job that waits for all others.

import { type ChannelId, channelName, type Seq } from '../log/document-log.js';

const FIRST_PAUSE_MS = 60_000;
const PAUSE_FACTOR = 4;
const LONGEST_PAUSE_MS = 6 * 3600_000;
/** The one that failed longest ago is forgotten first, and then tried once more. */
const MAX_CHANNELS = 1000;

interface Case {
  readonly failures: number;
  /** The newest entry when it last failed. */
  readonly head: Seq;
  readonly notBeforeMs: number;
}

export class Quarantine {
  readonly #cases = new Map<string, Case>();

  get size(): number {
    return this.#cases.size;
  }

  /** Whether the worker failed on it, and has not managed since. */
  has(id: ChannelId): boolean {
    return this.#cases.has(channelName(id));
  }

  /** Whether it is to be left alone. @param head its newest entry */
  holds(id: ChannelId, head: Seq, nowMs: number): boolean {
    const known = this.#cases.get(channelName(id));
    return known !== undefined && (head <= known.head || nowMs < known.notBeforeMs);
  }

  /** @returns for how long it is left alone, at least */
  failed(id: ChannelId, head: Seq, nowMs: number): number {
    const key = channelName(id);
    const failures = (this.#cases.get(key)?.failures ?? 0) + 1;
    const pauseMs = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * PAUSE_FACTOR ** (failures - 1));
    this.#cases.delete(key);
    this.#cases.set(key, { failures, head, notBeforeMs: nowMs + pauseMs });
    if (this.#cases.size > MAX_CHANNELS) this.#cases.delete(this.#cases.keys().next().value!);
    return pauseMs;
  }

  /** The worker managed. @returns whether it had failed before */
  managed(id: ChannelId): boolean {
    return this.#cases.delete(channelName(id));
  }
}
