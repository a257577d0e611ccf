// What becomes of the page around a connection, and what follows for it: the one place that knows whether anybody sees the page.
// In one that nobody sees a worker keeps the time, what is unsaved is kept at once, and the connection is given up after a
// while; one that the browser freezes leaves what it has not sent to others.

import { BackgroundClock } from './background-clock.js';
import { HiddenPage, type HiddenPageOptions } from './hidden-page.js';
import { listenForWake } from './wake.js';

/** What of a page is shown, and has something to lose. */
interface Shown {
  hide(): void;
  freeze(): void;
  thaw(): void;
}

export interface PageLifeOptions extends HiddenPageOptions {
  /** Whether the connection stays also when nobody sees the page. */
  readonly staysWhenHidden: boolean;
  shown(): Iterable<Shown>;
  /** A moment has come that was asked for by `remind`, or the page has just been hidden. */
  tick(): void;
  /** Something may have been missed: what waits is tried now, what stands is looked at. */
  lookNow(): void;
  /** Somebody sees the page again: it needs a connection. */
  isSeen(): void;
  cameOnline(): void;
  wentOffline(): void;
}

export class PageLife {
  readonly #options: PageLifeOptions;
  readonly #clock: BackgroundClock;
  readonly #hiddenPage: HiddenPage;
  #end: (() => void) | null = null;

  constructor(options: PageLifeOptions) {
    this.#options = options;
    this.#clock = new BackgroundClock({ tick: () => options.tick() });
    this.#hiddenPage = new HiddenPage(options);
  }

  begin(): void {
    const { staysWhenHidden, shown, rest, lookNow, isSeen, cameOnline, wentOffline } = this.#options;
    this.#end = listenForWake({
      cameOnline,
      wentOffline,
      shownAgain: () => {
        this.#clock.shown();
        this.#hiddenPage.shown();
        isSeen();
      },
      hidden: () => {
        this.#clock.hidden();
        for (const each of shown()) each.hide();
        if (!staysWhenHidden) this.#hiddenPage.hidden();
      },
      frozen: () => {
        if (!staysWhenHidden) rest();
        for (const each of shown()) each.freeze();
      },
      resumed: () => {
        for (const each of shown()) each.thaw();
        lookNow();
      },
    });
  }

  /** See BackgroundClock. */
  remind(afterMs: number): void {
    this.#clock.remind(afterMs);
  }

  end(): void {
    this.#end?.();
    this.#clock.shown();
    this.#hiddenPage.shown();
  }
}
