// The save state under the title. `data-save-state` is the state itself, at once; the words wait until there is something
// worth saying, and what is bad is said aloud too.

import type { SaveState } from '@weft/provider';
import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { announce } from './announce.js';
import { icons } from './icons.js';
import { LightElement } from './light-element.js';
import { QUIET_SAVING_MS, type SaveSentence, saveSentence } from './save-sentence.js';

const opening: SaveSentence = { text: 'Opening…', tone: 'quiet', icon: null };

class SaveLine extends LightElement {
  static override properties = { state: { attribute: false } };
  /** Null before the document has been opened for the first time. */
  declare state: SaveState | null;
  #said: SaveSentence = opening;
  #quietTimer: ReturnType<typeof setTimeout> | undefined;
  /** What was said aloud and is not known to be over. */
  #trouble: SaveState['kind'] | null = null;

  constructor() {
    super();
    this.state = null;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.#quietTimer);
  }

  override willUpdate(changed: PropertyValues<this>): void {
    clearTimeout(this.#quietTimer);
    const { state } = this;
    this.#said = state === null ? opening : (saveSentence(state, Date.now()) ?? this.#calm(state));
    if (state && changed.has('state')) this.#speak(state);
  }

  /** Says each trouble once, however often it is tried to get out of it, and its end. */
  #speak({ kind }: SaveState): void {
    if (kind === 'saved') {
      if (this.#trouble !== null) announce('Everything is saved.');
      this.#trouble = null;
    } else if (isTrouble(kind) && kind !== this.#trouble) {
      this.#trouble = kind;
      // A refusal has a banner, which speaks for itself.
      if (kind !== 'refused') announce(this.#said.text);
    }
  }

  override render(): TemplateResult {
    const { text, tone, icon } = this.#said;
    return html`<span class="save ${tone}" data-save-state=${this.state?.kind ?? 'loading'}
      >${icon ? icons[icon] : nothing}<span>${text}</span></span
    >`;
  }

  /** What to go on saying in the first moments of saving: never that something is saved which is not known to be for long. */
  #calm(state: SaveState): SaveSentence {
    const waitedMs = state.kind === 'saving' ? Date.now() - state.sinceMs : 0;
    this.#quietTimer = setTimeout(() => this.requestUpdate(), Math.max(0, QUIET_SAVING_MS - waitedMs) + 1);
    return this.#said;
  }
}

const isTrouble = (kind: SaveState['kind']): boolean => kind === 'offline' || kind === 'busy' || kind === 'refused';

customElements.define('weft-save-line', SaveLine);
