// Who one is here: a guest chooses name and colour; somebody who is signed in has a name already, and can leave. And in
// which language.

import { safeName } from '@weft/editor';
import { announce } from '@weft/element/ui/announce';
import { icon, icons } from '@weft/element/ui/icons';
import { LightElement } from '@weft/element/ui/light-element';
import type { Person } from '@weft/provider';
import { type Language, languages } from '@weft/words';
import * as words from '@weft/words/own-menu';
import { html, nothing, type TemplateResult } from 'lit';
import { LogOut } from 'lucide';
import { chooseLanguage } from '../shell/language.js';
import { personColors } from './identity.js';
import type { Me } from './session.js';
import { signInAddress } from './sign-in.js';

const signOutIcon = icon(LogOut);

const MAX_NAME_LENGTH = 64;

class OwnPerson extends LightElement {
  static override properties = {
    person: { attribute: false },
    me: { attribute: false },
    hasUnsaved: { attribute: false },
    isWarned: { state: true },
    language: { state: true },
  };
  declare person: Person;
  /** Null until the server has said it. */
  declare me: Me | null;
  /** Signing out would lose something. */
  declare hasUnsaved: () => Promise<boolean>;
  /** Signing out was asked for while something was not saved. */
  declare private isWarned: boolean;
  /** The one that is chosen here, and not taken yet. */
  declare private language: string;

  constructor() {
    super();
    this.me = null;
    this.hasUnsaved = async () => false;
    this.isWarned = false;
    this.language = document.documentElement.lang;
  }

  override render(): TemplateResult {
    return html`<form
      @submit=${(event: Event) => {
        event.preventDefault();
        (event.currentTarget as HTMLElement).closest<HTMLElement>('[popover]')?.hidePopover();
        if (this.#isOtherLanguage) chooseLanguage(this.language as Language);
      }}
    >
      ${this.#isSignedIn ? this.#account() : this.#nameField()}
      ${this.me?.color == null ? this.#swatches() : nothing}
      <p class="hint">${this.#hint()}</p>
      <label class="language">${words.language} ${this.#languageChooser()}</label>
      <p class="hint" ?hidden=${!this.#isOtherLanguage}>${this.#isOtherLanguage ? words.languageThen : nothing}</p>
      <div class="actions">${this.#wayInOrOut()}<button class="primary">${words.done}</button></div>
      <button type="button" class="quiet forget" @click=${this.#forgetAll}>
        ${icons.device}${words.forgetAll}
      </button>
    </form>`;
  }

  get #isSignedIn(): boolean {
    return this.me?.kind === 'user' || this.me?.kind === 'admin';
  }

  get #isOtherLanguage(): boolean {
    return this.language !== document.documentElement.lang;
  }

  /** Taken with the rest of the form: to go through a list of languages with the keys is not to choose one. */
  #languageChooser(): TemplateResult {
    return html`<select
      @change=${(event: Event) => {
        this.language = (event.target as HTMLSelectElement).value;
        // A line that comes with its words already in it is not always read aloud.
        if (this.#isOtherLanguage) announce(words.languageThen);
      }}
    >
      ${Object.entries(languages).map(
        ([code, name]) =>
          html`<option value=${code} lang=${code} ?selected=${code === document.documentElement.lang}>${name}</option>`,
      )}
    </select>`;
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
    return html`<label for="own-name">${words.yourName}</label>
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
      <legend>${words.yourColour}</legend>
      <div class="swatches">
        ${personColors.map(
          ([label, value]) => html`<label class="swatch" title=${words.colours[label]} .style=${`--c: ${value}`}>
            <input
              type="radio"
              name="own-color"
              aria-label=${words.colours[label]}
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
    if (this.isWarned) return words.leavesUnsaved;
    if (this.#isSignedIn) return words.othersSeeName;
    return this.me?.signInUrl ? `${words.othersSeeBoth} ${words.staysYours}` : words.othersSeeBoth;
  }

  #wayInOrOut(): TemplateResult {
    const url = this.me?.signInUrl;
    if (this.#isSignedIn) {
      return html`<button type="button" class="framed" @click=${this.#signOut}>
        ${signOutIcon}${this.isWarned ? words.signOutAnyway : words.signOut}
      </button>`;
    }
    return url
      ? html`<a class="button framed" href=${signInAddress(url, false)}>${icons.logIn}${words.signIn}</a>`
      : html``;
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

customElements.define('weft-own-person', OwnPerson);
