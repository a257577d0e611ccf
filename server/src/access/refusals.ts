// Why somebody was not let in, for the audit log. Whoever shows a thousand wrong tokens a second does not fill the disk with
// that: some are noted, the rest is counted.

import type { Audit, AuditNote } from './audit.js';

const WINDOW_MS = 60_000;
const NOTES_PER_WINDOW = 60;

export class Refusals {
  readonly #audit: Audit;
  readonly #now: () => number;
  #windowEndsAtMs = 0;
  #inWindow = 0;

  constructor(audit: Audit, now: () => number) {
    this.#audit = audit;
    this.#now = now;
  }

  /**
   * @param why in words, with nothing of what was shown
   * @param about who it was, from where, and what they asked for, as far as that is known
   */
  note(why: string, about: Partial<Pick<AuditNote, 'person' | 'document' | 'address'>> = {}): void {
    const nowMs = this.#now();
    if (nowMs >= this.#windowEndsAtMs) {
      const leftOut = this.#inWindow - NOTES_PER_WINDOW;
      if (leftOut > 0) this.#say(`${leftOut} more were refused in the minute after the last one that is listed`);
      this.#windowEndsAtMs = nowMs + WINDOW_MS;
      this.#inWindow = 0;
    }
    if (++this.#inWindow <= NOTES_PER_WINDOW) this.#say(why, about);
  }

  #say(why: string, about: Partial<AuditNote> = {}): void {
    this.#audit.note({ person: '', ...about, action: 'refused', detail: { why } });
  }
}
