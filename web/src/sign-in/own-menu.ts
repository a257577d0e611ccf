// Oneself: an avatar that opens who one is here. A guest chooses name and colour; somebody who is signed in has a name
// already, and can leave.

import { initials, labelColor, safeName } from '@weft/editor';
import { icons } from '@weft/element/ui/icons';
import { LightElement } from '@weft/element/ui/light-element';
import { placeUnderInvoker } from '@weft/element/ui/popover';
import type { Person } from '@weft/provider';
import { html, nothing, type TemplateResult } from 'lit';
import { personColors } from './identity.js';
import type { Me } from './session.js';
import { signInAddress } from './sign-in.js';

const MAX_NAME_LENGTH = 64;
const WIDTH_PX = 280;

class OwnMenu extends LightElement {
  static override properties = {
    person: { attribute: false },
    me: { attribute: false },
    hasUnsaved: { attribute: false },
    isWarned: { state: true },
  };
  declare person: Person;
  /** Null until the server has said it. */
  declare me: Me | null;
  /** Signing out would lose something. */
  declare hasUnsaved: () => Promise<boolean>;
  /** Signing out was asked for while something was not saved. */
  declare private isWarned: boolean;

  constructor() {
    super();
    this.me = null;
    this.hasUnsaved = async () => false;
    this.isWarned = false;
  }

  override render(): TemplateResult {
    const { name, color } = this.person;
    const change = this.#isSignedIn ? 'your account' : 'change name or colour';
    return html`<button
        class="avatar own"
        popovertarget="own-person"
        aria-label="${safeName(name)} (you): ${change}"
        title="${safeName(name)} (you)"
        .style=${`--c: ${labelColor(color)}`}
      >
        <span data-drawn=${initials(name)}></span>
      </button>
      <div
        id="own-person"
        class="popover own-person"
        popover="auto"
        role="dialog"
        aria-label="You"
        @beforetoggle=${placeUnderInvoker(WIDTH_PX, 'end')}
        @toggle=${() => {
          this.isWarned = false;
        }}
      >
        <form
          @submit=${(event: Event) => {
            event.preventDefault();
            (event.currentTarget as HTMLElement).closest<HTMLElement>('[popover]')?.hidePopover();
          }}
        >
          ${this.#isSignedIn ? this.#account() : this.#nameField()}
          ${this.me?.color == null ? this.#swatches() : nothing}
          <p class="hint">${this.#hint()}</p>
          <div class="actions">${this.#wayInOrOut()}<button class="primary">Done</button></div>
          <button type="button" class="quiet forget" @click=${this.#forgetAll}>
            ${icons.device}Forget all on this device…
          </button>
        </form>
      </div>`;
  }

  get #isSignedIn(): boolean {
    return this.me?.kind === 'user' || this.me?.kind === 'admin';
  }

  #account(): TemplateResult {
    const email = this.me?.email;
    return html`<p class="account">
      <b class="ellipsis" dir="auto">${safeName(this.person.name)}</b>${
        email ? html`<small class="ellipsis">${email}</small>` : nothing
      }
    </p>`;
  }

  #nameField(): TemplateResult {
    const { name, color } = this.person;
    return html`<label for="own-name">Your name</label>
      <input
        id="own-name"
        type="text"
        maxlength=${MAX_NAME_LENGTH}
        autocomplete="nickname"
        .value=${name}
        @change=${(event: Event) => this.#change({ name: (event.target as HTMLInputElement).value.trim() || name, color })}
      />`;
  }

  #swatches(): TemplateResult {
    const { name, color } = this.person;
    return html`<fieldset>
      <legend>Your colour</legend>
      <div class="swatches">
        ${personColors.map(
          ([label, value]) => html`<label class="swatch" title=${label} .style=${`--c: ${value}`}>
            <input
              type="radio"
              name="own-color"
              aria-label=${label}
              .checked=${value === color}
              @change=${() => this.#change({ name, color: value })}
            />
            ${icons.check}
          </label>`,
        )}
      </div>
    </fieldset>`;
  }

  #hint(): string {
    if (this.isWarned) return 'Some of what you wrote is not saved yet, and leaves this browser with you.';
    if (this.#isSignedIn) return 'Others see your name at your cursor.';
    const isRemembered = 'Others see your name and colour at your cursor. Both are remembered in this browser.';
    return this.me?.signInUrl
      ? `${isRemembered} What you write as a guest stays yours when you sign in.`
      : isRemembered;
  }

  #wayInOrOut(): TemplateResult {
    const url = this.me?.signInUrl;
    if (this.#isSignedIn) {
      return html`<button type="button" class="framed" @click=${this.#signOut}>
        ${icons.logOut}${this.isWarned ? 'Sign out anyway' : 'Sign out'}
      </button>`;
    }
    return url ? html`<a class="button framed" href=${signInAddress(url, false)}>${icons.logIn}Sign in</a>` : html``;
  }

  #change(person: Person): void {
    this.dispatchEvent(new CustomEvent('weft-person', { detail: person, bubbles: true }));
  }

  readonly #forgetAll = (event: Event): void => {
    (event.currentTarget as HTMLElement).closest<HTMLElement>('[popover]')?.hidePopover();
    this.dispatchEvent(new CustomEvent('weft-forget-all', { bubbles: true }));
  };

  readonly #signOut = async (): Promise<void> => {
    if (!this.isWarned && (await this.hasUnsaved())) this.isWarned = true;
    else this.dispatchEvent(new CustomEvent('weft-sign-out', { bubbles: true }));
  };
}

customElements.define('weft-own-menu', OwnMenu);
