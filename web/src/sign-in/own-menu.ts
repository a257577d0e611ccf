// Oneself: an avatar that opens who one is here. What it opens is loaded when it is first opened.

import { initials, labelColor, safeName } from '@weft/editor';
import { LateParts, type Missing } from '@weft/element/ui/late-parts';
import { LightElement } from '@weft/element/ui/light-element';
import { placeUnderInvoker } from '@weft/element/ui/popover';
import type { Person } from '@weft/provider';
import * as words from '@weft/words/own-menu';
import { html, nothing, type TemplateResult } from 'lit';
import type { Me } from './session.js';

const WIDTH_PX = 280;

const load = () => import('./own-person.js');
/** Whoever comes near may open it. What does not come is said then. */
const prepare = (): void => void load().catch(() => {});

class OwnMenu extends LightElement {
  static override properties = {
    person: { attribute: false },
    me: { attribute: false },
    hasUnsaved: { attribute: false },
    isOpen: { state: true },
  };
  declare person: Person;
  /** Null until the server has said it. */
  declare me: Me | null;
  /** Signing out would lose something. */
  declare hasUnsaved: () => Promise<boolean>;
  declare private isOpen: boolean;
  readonly #late = new LateParts(this);

  constructor() {
    super();
    this.me = null;
    this.hasUnsaved = async () => false;
    this.isOpen = false;
  }

  override render(): TemplateResult {
    const { person, me } = this;
    const called = safeName(person.name);
    const { missing } = this.#late;
    return html`<button
        class="avatar own"
        popovertarget="own-person"
        aria-label=${me?.kind === 'user' || me?.kind === 'admin' ? words.opensAccount(called) : words.opensGuest(called)}
        title=${words.isYou(called)}
        .style=${`--c: ${labelColor(person.color)}`}
        @focus=${prepare}
        @pointerenter=${prepare}
      >
        <span data-drawn=${initials(person.name)}></span>
      </button>
      <div
        id="own-person"
        class="popover own-person"
        popover="auto"
        role="dialog"
        aria-label=${words.you}
        @beforetoggle=${placeUnderInvoker(WIDTH_PX, 'end')}
        @toggle=${this.#toggled}
      >
        ${missing ? notice(missing) : this.isOpen ? this.#content() : nothing}
      </div>`;
  }

  /** Made anew each time it is opened: it was warned of nothing yet. */
  #content(): TemplateResult {
    const { person, me, hasUnsaved } = this;
    return html`<weft-own-person .person=${person} .me=${me} .hasUnsaved=${hasUnsaved}></weft-own-person>`;
  }

  readonly #toggled = ({ newState }: ToggleEvent): void => {
    this.isOpen = newState === 'open';
    if (this.isOpen) void this.#late.use(words.thisMenu, load, () => {});
  };
}

const notice = ({ title, text, controls }: Missing): TemplateResult =>
  html`<p>${title}. ${text}</p>
    <div class="actions">${controls}</div>`;

customElements.define('weft-own-menu', OwnMenu);
