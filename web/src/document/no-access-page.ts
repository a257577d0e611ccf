// The page of a document that one may not open, or that there is not: the server does not say which of the two, and neither
// does this page. It says what can be done: sign in, with another account too, or ask whoever owns it. Of one in the trash it says
// that, and who may bring it back does so here.

import { icons } from '@weft/element/ui/icons';
import { LightElement } from '@weft/element/ui/light-element';
import { noticePage } from '@weft/element/ui/notice';
import * as words from '@weft/words/turned-away';
import { html, nothing, type TemplateResult } from 'lit';
import { askForAccess } from '../share/share-api.js';
import type { Me } from '../sign-in/session.js';
import { signInAddress } from '../sign-in/sign-in.js';
import { bringBack, trashOf } from '../trash/trash-api.js';
import { documentExists } from './documents-api.js';

const LOOK_EVERY_MS = 5_000;

type Asking = { readonly kind: 'no' | 'sending' | 'sent' } | { readonly kind: 'failed'; readonly message: string };

class NoAccessPage extends LightElement {
  static override properties = {
    name: { attribute: false },
    me: { attribute: false },
    wasOpen: { attribute: false },
    isSignedOut: { attribute: false },
    unsaved: { attribute: false },
    byHand: { attribute: false },
    asking: { state: true },
    trash: { state: true },
  };
  declare name: string;
  declare me: Me | null;
  /** The sign-in has ended, and with it what one may do. */
  declare isSignedOut: boolean;
  /** It was on the screen until a moment ago. */
  declare wasOpen: boolean;
  /** A control for text that the server did not get; nothing without any. */
  declare unsaved: TemplateResult | null;
  /** That text, where it could not be copied by the control. */
  declare byHand: TemplateResult | null;
  declare private asking: Asking;
  declare private trash: 'none' | 'others' | 'own';

  constructor() {
    super();
    this.wasOpen = false;
    this.isSignedOut = false;
    this.unsaved = null;
    this.byHand = null;
    this.asking = { kind: 'no' };
    this.trash = 'none';
  }

  readonly #listening = new AbortController();
  #timer: ReturnType<typeof setInterval> | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    document.title = 'Weft';
    document.addEventListener('visibilitychange', this.#look, { signal: this.#listening.signal });
    this.#timer = setInterval(this.#look, LOOK_EVERY_MS);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#listening.abort();
    clearInterval(this.#timer);
  }

  /** Whoever was let in meanwhile need not find it out. Text that is on this page only keeps it as it is. */
  readonly #look = async (): Promise<void> => {
    const mayHope = this.wasOpen || this.asking.kind === 'sent';
    if (document.hidden || this.isSignedOut || this.unsaved !== null || !mayHope) return;
    const isThere = await documentExists(this.name).catch(() => false);
    if (isThere && this.isConnected && this.unsaved === null) location.reload();
  };

  /** Not before: a page that was there before its part was loaded has no name until then. */
  override async firstUpdated(): Promise<void> {
    this.trash = await trashOf(this.name);
  }

  override render(): TemplateResult {
    if (this.trash !== 'none' && !this.isSignedOut) return this.#inTrash();
    const { me, asking } = this;
    const isSignedIn = !this.isSignedOut && (me?.kind === 'user' || me?.kind === 'admin');
    const canAsk = !this.isSignedOut && (isSignedIn || me?.kind === 'guest' || me?.signInUrl == null);
    return noticePage({
      title: this.isSignedOut ? words.signedOut : this.wasOpen ? words.noLonger : words.cannotOpen,
      text: html`${
        this.isSignedOut
          ? words.signInEnded
          : this.wasOpen
            ? words.wasChanged
            : isSignedIn || !me?.signInUrl
              ? words.eitherOr
              : words.ifShared
      }
      ${isSignedIn ? words.signedInAs(html`<b dir="auto">${me?.email ?? me?.name ?? words.withoutName}</b>`) : nothing}
      ${this.unsaved ? html` ${words.copyFirst}` : nothing}`,
      actions: html`
        ${this.unsaved ?? nothing}
        ${
          canAsk
            ? html`<button
                class=${isSignedIn ? 'primary' : ''}
                ?disabled=${asking.kind === 'sending' || asking.kind === 'sent'}
                @click=${this.#ask}
              >
                ${asking.kind === 'sent' ? html`${icons.check}${words.asked}` : words.askToBeLetIn}
              </button>`
            : nothing
        }
        ${
          me?.signInUrl
            ? html`<a class="button ${isSignedIn || this.unsaved ? '' : 'primary'}" href=${signInAddress(me.signInUrl, isSignedIn)}>
                ${icons.logIn}${isSignedIn ? words.otherAccount : words.signIn}
              </a>`
            : nothing
        }
      `,
      below: html`${this.byHand}<p class="asked" role="status">${this.#answer()}</p>`,
    });
  }

  #inTrash(): TemplateResult {
    const isOwn = this.trash === 'own';
    return noticePage({
      title: words.inTrash,
      text: html`${isOwn ? words.yoursToBringBack : words.trashMeans} ${this.unsaved ? words.copyFirst : nothing}`,
      actions: html`${this.unsaved ?? nothing}${
        isOwn
          ? html`<button class="primary" ?disabled=${this.asking.kind === 'sending'} @click=${this.#bringBack}>
              ${icons.undo}${words.bringBack}
            </button>`
          : nothing
      }`,
      below: html`${this.byHand}<p class="asked" role="status">${
        this.asking.kind === 'failed' ? words.notBroughtBack(this.asking.message) : nothing
      }</p>`,
    });
  }

  readonly #bringBack = async (): Promise<void> => {
    this.asking = { kind: 'sending' };
    try {
      await bringBack(this.name);
      location.reload();
    } catch (error) {
      this.asking = { kind: 'failed', message: (error as Error).message };
    }
  };

  #answer(): string {
    switch (this.asking.kind) {
      case 'sent':
        return words.wasAsked;
      case 'failed':
        return words.notAsked(this.asking.message);
      default:
        return '';
    }
  }

  readonly #ask = async (): Promise<void> => {
    this.asking = { kind: 'sending' };
    try {
      await askForAccess(this.name);
      this.asking = { kind: 'sent' };
    } catch (error) {
      this.asking = { kind: 'failed', message: (error as Error).message };
    }
  };
}

customElements.define('weft-no-access', NoAccessPage);
