// When the local presence is sent: once it differs from what this stay on the wire has sent, the first time at once and
// then at most once per pause. Whoever moves a caret twenty times a second costs a room twenty messages, not two hundred.

import type { Presence } from './presence.js';

const PAUSE_MS = 50;

export class PresenceSender {
  readonly #presence: Presence;
  readonly #wake: () => void;
  #sent = '';
  #pauseTimer: ReturnType<typeof setTimeout> | null = null;

  /** @param wake called at the end of a pause: there may be something to send */
  constructor(presence: Presence, wake: () => void) {
    this.#presence = presence;
    this.#wake = wake;
  }

  /** The state that is due, which then counts as sent; null when there is none. */
  take(): string | null {
    const state = this.#presence.localJson;
    if (state === this.#sent || this.#pauseTimer !== null) return null;
    this.#sent = state;
    this.#pauseTimer = setTimeout(() => {
      this.#pauseTimer = null;
      this.#wake();
    }, PAUSE_MS);
    return state;
  }

  /** The server has forgotten what was sent. */
  reset(): void {
    if (this.#pauseTimer !== null) clearTimeout(this.#pauseTimer);
    this.#pauseTimer = null;
    this.#sent = '';
  }
}
