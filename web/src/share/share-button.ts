// The button of the share dialog. It tells owners that somebody waits to be let in: asked for when the page begins, when it
// is looked at again, and now and then; the dialog says what it has seen or changed.

import { announce } from '@weft/element/ui/announce';
import { icons } from '@weft/element/ui/icons';
import { LightElement } from '@weft/element/ui/light-element';
import * as around from '@weft/words/document';
import * as words from '@weft/words/share';
import { html, nothing, type TemplateResult } from 'lit';

const ASK_EVERY_MS = 30_000;

/** What the dialog tells, as it bubbles up: how many wait. */
export const waitingEvent = (count: number): CustomEvent<number> =>
  new CustomEvent('weft-waiting', { detail: count, bubbles: true });

class ShareButton extends LightElement {
  static override properties = { name: { attribute: false }, mayShare: { attribute: false }, waiting: { state: true } };
  declare name: string;
  /** One is the owner, or an admin: others are not told who waits. */
  declare mayShare: boolean;
  declare private waiting: number;
  #leave = new AbortController();
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor() {
    super();
    this.mayShare = false;
    this.waiting = 0;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#leave = new AbortController();
    const { signal } = this.#leave;
    document.addEventListener('visibilitychange', this.#look, { signal });
    document.addEventListener('weft-waiting', ({ detail }) => this.#know(detail), { signal });
    this.#timer = setInterval(this.#look, ASK_EVERY_MS);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#leave.abort();
    clearInterval(this.#timer);
  }

  override updated(changed: ReadonlyMap<PropertyKey, unknown>): void {
    if (changed.has('mayShare')) this.#look();
  }

  override render(): TemplateResult {
    const count = this.mayShare ? this.waiting : 0;
    return html`<button
      class="primary share-button"
      aria-label=${words.share}
      aria-description=${count > 0 ? around.waitToBeLetIn(count) : nothing}
      title=${count > 0 ? around.waitToBeLetIn(count) : nothing}
      aria-haspopup="dialog"
    >
      ${icons.link}<span class="wide">${words.share}</span>${
        count > 0 ? html`<span class="waiting-count" aria-hidden="true">${count > 99 ? '99+' : count}</span>` : nothing
      }
    </button>`;
  }

  readonly #look = async (): Promise<void> => {
    if (!this.mayShare || document.hidden) return;
    const { signal } = this.#leave;
    try {
      const { readSharing } = await import('./share-api.js');
      const { requests } = await readSharing(this.name, signal);
      if (!signal.aborted) this.#know(requests.length);
    } catch {
      // It is asked for again; whoever opens the dialog is told what is wrong.
    }
  };

  #know(count: number): void {
    if (count > this.waiting) announce(around.waitToBeLetIn(count));
    this.waiting = count;
  }
}

declare global {
  interface DocumentEventMap {
    'weft-waiting': CustomEvent<number>;
  }
}

customElements.define('weft-share-button', ShareButton);
