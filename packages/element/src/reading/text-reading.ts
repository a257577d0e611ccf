// What a page tells of its text, words and headings, and of where in it one is: worth knowing, not worth a key press. It is read
// when the browser has nothing else to do.

import type { Reading } from '@weft/editor';
import type { ReactiveController, ReactiveControllerHost } from 'lit';
import { whenIdle } from '../ui/when-idle.js';
import { nowhere, type Place } from './place-in-text.js';

interface Page extends ReactiveControllerHost {
  /** Null where there is nothing to read any more. */
  read(before: Reading | null): Reading | null;
  readPlace(): Place;
  /** It says something else than before. */
  wasRead(): void;
}

export class TextReading implements ReactiveController {
  readonly #page: Page;
  #latest: Reading | null = null;
  #place = nowhere;
  #isDue = false;

  constructor(page: Page) {
    this.#page = page;
    page.addController(this);
  }

  hostConnected(): void {
    // Whatever it is that scrolls.
    addEventListener('scroll', this.soon, { capture: true, passive: true });
    document.addEventListener('selectionchange', this.soon);
  }

  hostDisconnected(): void {
    removeEventListener('scroll', this.soon, { capture: true });
    document.removeEventListener('selectionchange', this.soon);
  }

  /** Of the text as it was a moment ago; null before there was one. */
  get latest(): Reading | null {
    return this.#latest;
  }

  get place(): Place {
    return this.#place;
  }

  readonly soon = (): void => {
    if (this.#isDue) return;
    this.#isDue = true;
    whenIdle(() => {
      this.#isDue = false;
      const reading = this.#page.read(this.#latest);
      if (!reading) return;
      const place = this.#page.readPlace();
      const isSame =
        reading.words === this.#latest?.words &&
        reading.outline === this.#latest.outline &&
        reading.title === this.#latest.title &&
        place.entry === this.#place.entry &&
        place.selected === this.#place.selected;
      this.#latest = reading;
      this.#place = place;
      if (!isSame) this.#page.wasRead();
    });
  };
}
