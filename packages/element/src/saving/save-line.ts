// The save state under the title. `data-save-state` is the state itself, at once; the words wait until there is something
// worth saying, and what is bad is said aloud too.

import type { Role } from '@weft/protocol';
import type { LocalState, SaveState } from '@weft/provider';
import * as words from '@weft/words/save';
import { html, nothing, type TemplateResult } from 'lit';
import { announce } from '../ui/announce.js';
import { icons } from '../ui/icons.js';
import { LightElement } from '../ui/light-element.js';
import { QUIET_SAVING_MS, type SaveSentence, SLOW_SAVING_MS, saveSentence, spokenTrouble } from './save-sentence.js';

const opening: SaveSentence = { text: words.opening, tone: 'quiet', icon: null };

export class SaveLine extends LightElement {
  static override properties = {
    state: { attribute: false },
    local: { attribute: false },
    isBlank: { attribute: false },
    ownRole: { attribute: false },
  };
  /** Null before the document has been opened for the first time. */
  declare state: SaveState | null;
  /** What becomes of unsaved text when the tab is closed. */
  declare local: LocalState;
  /** There is nothing in the document. */
  declare isBlank: boolean;
  declare ownRole: Role | null;
  #said: SaveSentence = opening;
  #savingTimer: ReturnType<typeof setTimeout> | undefined;
  /** What was said aloud and is not known to be over. */
  #trouble: SaveState['kind'] | null = null;

  constructor() {
    super();
    this.state = null;
    this.local = 'none';
    this.isBlank = false;
    this.ownRole = null;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.#savingTimer);
  }

  override willUpdate(): void {
    clearTimeout(this.#savingTimer);
    const { state } = this;
    // In the first moments of saving it goes on saying what it said: never that something is saved which is not known to
    // be for long.
    const said = state && saveSentence(state, Date.now(), this.isBlank, this.ownRole, this.local);
    this.#said = state === null ? opening : (said ?? this.#said);
    if (state?.kind === 'saving') this.#lookAgain(Date.now() - state.sinceMs);
    if (state) this.#speak(state);
  }

  /** Says each trouble once, however often it is tried to get out of it, and its end. */
  #speak(state: SaveState): void {
    const { kind } = state;
    if (kind === 'saved') {
      if (this.#trouble !== null) announce(words.everythingSaved);
      this.#trouble = null;
    } else if ((isTrouble(kind) || this.#said.tone === 'warn') && kind !== this.#trouble) {
      this.#trouble = kind;
      const spoken = spokenTrouble(state, this.#said, this.local);
      if (spoken !== null) announce(spoken);
    }
  }

  override render(): TemplateResult {
    const { text, tone, icon } = this.#said;
    return html`<span class="save ${tone}" data-save-state=${this.state?.kind ?? 'loading'}
      >${icon ? icons[icon] : nothing}<span>${text}</span></span
    >`;
  }

  /** Saving has other words the longer it takes. */
  #lookAgain(waitedMs: number): void {
    const next = [QUIET_SAVING_MS, SLOW_SAVING_MS].find((limitMs) => waitedMs <= limitMs);
    if (next !== undefined) this.#savingTimer = setTimeout(() => this.requestUpdate(), next - waitedMs + 1);
  }
}

const isTrouble = (kind: SaveState['kind']): boolean => kind === 'offline' || kind === 'busy' || kind === 'refused';

customElements.define('weft-save-line', SaveLine);
