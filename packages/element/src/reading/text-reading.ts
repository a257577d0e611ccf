// What a page tells of its text, words and headings: worth knowing, not worth a key press. It is read when the browser has
// nothing else to do.

import type { Reading } from '@weft/editor';
import type { ReactiveController, ReactiveControllerHost } from 'lit';
import { whenIdle } from '../ui/when-idle.js';

interface Page extends ReactiveControllerHost {
  /** Null where there is nothing to read any more. */
  read(before: Reading | null): Reading | null;
  /** It says something else than before. */
  wasRead(): void;
}

export class TextReading implements ReactiveController {
  readonly #page: Page;
  #latest: Reading | null = null;
  #isDue = false;

  constructor(page: Page) {
    this.#page = page;
    page.addController(this);
  }

  hostConnected(): void {}

  /** Of the text as it was a moment ago; null before there was one. */
  get latest(): Reading | null {
    return this.#latest;
  }

  soon(): void {
    if (this.#isDue) return;
    this.#isDue = true;
    whenIdle(() => {
      this.#isDue = false;
      const reading = this.#page.read(this.#latest);
      if (!reading) return;
      const isSame = reading.words === this.#latest?.words && reading.outline === this.#latest.outline;
      this.#latest = reading;
      if (!isSame) this.#page.wasRead();
    });
  }
}
