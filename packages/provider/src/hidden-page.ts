// A page that nobody looks at gives up its connection after a while, so that a browser with twenty tabs has as many
// connections as tabs that are seen: one, mostly (S4). Nothing has to be elected for that, and nobody depends on a tab that
// the browser may freeze. It decides when; what may be given up, and how, the connection says.

import type { Rung } from './transport.js';

/** Who looks something up elsewhere comes back sooner, and finds everything as it was. */
const GIVE_UP_AFTER_MS = 60_000;
/** Over HTTP/1.1 a browser has six connections to a server, and a stream of events takes one for as long as it lasts. */
const GIVE_UP_OVER_HTTP_AFTER_MS = 10_000;

export interface HiddenPageOptions {
  /** What carries the connection. */
  rung(): Rung;
  /** Gives up the connection, if nothing has to be sent on it. */
  rest(): void;
}

export class HiddenPage {
  readonly #options: HiddenPageOptions;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: HiddenPageOptions) {
    this.#options = options;
  }

  hidden(): void {
    this.shown();
    const delayMs = this.#options.rung() === 'websocket' ? GIVE_UP_AFTER_MS : GIVE_UP_OVER_HTTP_AFTER_MS;
    this.#timer = setTimeout(() => {
      this.#options.rest();
      // What had to be sent is sent by then; and whoever writes in a hidden page, a script for example, is sent, too.
      this.hidden();
    }, delayMs);
  }

  shown(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
