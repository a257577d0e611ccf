// Parts of the app that are loaded when they are used. What does not come is told of, with what helps: to try again where there
// is no connection, and to reload the page where there is, for it may be of an older release, and a browser may
// remember for as long as a page lasts that a script did not come.

import * as words from '@weft/words/loading';
import { html, type ReactiveController, type ReactiveControllerHost, type TemplateResult } from 'lit';
import { icons } from './icons.js';

/** Answered by the server that this comes from alone: the service worker keeps all other files of the app. */
const ASKED_FOR = new URL('/service-worker.js', import.meta.url.toString());
/** A server that takes longer is of no use now either. */
const ANSWERED_WITHIN_MS = 5_000;

type Host = ReactiveControllerHost & HTMLElement;

/** What could not be loaded, in words, and what helps. */
export interface Missing {
  readonly title: string;
  readonly text: string;
  readonly controls: TemplateResult;
}

export class LateParts implements ReactiveController {
  readonly #host: Host;
  #missing: Missing | null = null;

  constructor(host: Host) {
    this.#host = host;
    host.addController(this);
  }

  hostConnected(): void {}

  /** Of what was asked for last; null when it came. */
  get missing(): Missing | null {
    return this.#missing;
  }

  dismiss(): void {
    if (this.#missing === null) return;
    this.#missing = null;
    this.#host.requestUpdate();
  }

  /**
   * Loads a part and goes on with it, unless whoever asked for it has gone by then.
   *
   * @param what    its name, which begins a sentence
   * @param spared  what it means for the text that it did not come
   * @returns       whether it came
   */
  async use<Part>(
    what: string,
    load: () => Promise<Part>,
    then: (part: Part) => void,
    spared = words.noDocument,
  ): Promise<boolean> {
    this.dismiss();
    const loaded = await load().then(
      (part) => ({ part }),
      (error: unknown) => console.warn(error),
    );
    if (!loaded) await this.miss(what, () => void this.use(what, load, then, spared), spared);
    else if (this.#host.isConnected) then(loaded.part);
    return loaded !== undefined;
  }

  /** Tells of a part that did not come. */
  async miss(what: string, again: () => void, spared = words.noDocument): Promise<void> {
    this.#missing = missing(what, spared, await isReachable(), again);
    this.#host.requestUpdate();
  }
}

function missing(what: string, spared: string, isReachable: boolean, again: () => void): Missing {
  const title = words.partNotLoaded(what);
  return isReachable
    ? {
        title,
        text: `${spared} ${words.reloadThePage}`,
        controls: html`<button @click=${() => location.reload()}>${icons.retry}${words.reload}</button>`,
      }
    : {
        title,
        text: words.unreachable(spared),
        controls: html`<button @click=${again}>${icons.retry}${words.tryAgain}</button>`,
      };
}

const isReachable = (): Promise<boolean> =>
  fetch(ASKED_FOR, { method: 'HEAD', cache: 'no-store', signal: AbortSignal.timeout(ANSWERED_WITHIN_MS) }).then(
    // Where the scripts were built into another application, its server answers, and has no such file.
    ({ status }) => status < 500,
    () => false,
  );
