// Who is here: a few avatars, "+N" for the rest, and whatever stands for oneself.

import { initials, labelColor, safeName } from '@weft/editor';
import type { Presence } from '@weft/provider';
import * as words from '@weft/words/people';
import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { announce } from '../ui/announce.js';
import { LightElement } from '../ui/light-element.js';
import { placeUnderInvoker } from '../ui/popover.js';
import { ComingAndGoing } from './coming-and-going.js';
import { keyOf } from './person-key.js';

const SHOWN = 4;
const SHOWN_ON_PHONE = 2;
/** Whoever appears this soon after us was here before us: that is no news. */
const ARRIVING_MS = 2_000;

interface Other {
  readonly client: number;
  readonly key: string;
  readonly name: string;
  readonly color: string;
}

class People extends LightElement {
  static override properties = {
    presence: { attribute: false },
    own: { attribute: false },
    isOnline: { attribute: false },
    others: { state: true },
    isPhone: { state: true },
  };
  declare presence: Presence;
  /** Stands for oneself. */
  declare own: TemplateResult | typeof nothing;
  /** Else nobody can be seen. */
  declare isOnline: boolean;
  declare private others: readonly Other[];
  declare private isPhone: boolean;
  /** Who was here a moment ago, by their keys. */
  readonly #known = new Map<string, string>();
  readonly #news = new ComingAndGoing(() => this.isOnline, announce);
  #hereSinceMs = Date.now();
  #listenedTo: Presence | null = null;
  readonly #phone = matchMedia('(max-width: 640px)');

  constructor() {
    super();
    this.own = nothing;
    this.isOnline = true;
    this.others = [];
    this.isPhone = this.#phone.matches;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#phone.addEventListener('change', this.#widthChanged);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#phone.removeEventListener('change', this.#widthChanged);
    this.#listenedTo?.off('change', this.#presenceChanged);
    this.#listenedTo = null;
    this.#news.end();
  }

  override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has('presence') || this.#listenedTo === this.presence) return;
    this.#listenedTo?.off('change', this.#presenceChanged);
    this.#listenedTo = this.presence;
    this.#hereSinceMs = Date.now();
    this.presence.on('change', this.#presenceChanged);
    this.others = this.#readOthers();
    this.#known.clear();
    for (const { key, name } of this.others) this.#known.set(key, name);
  }

  override render(): TemplateResult {
    const room = this.isPhone ? SHOWN_ON_PHONE : SHOWN;
    // A "+1" would take the place of the one it hides.
    const shown = this.others.length <= room + 1 ? this.others : this.others.slice(0, room);
    const rest = this.others.length - shown.length;
    const count = this.others.length + 1;
    return html`<div class="avatars" role="group" aria-label=${count === 1 ? words.onlyYou : words.peopleHere(count)}>
        ${shown.map(({ client, name, color }) =>
          avatarButton(name, color, words.followPerson(name), () => this.#follow(client)),
        )}
        ${
          rest > 0
            ? html`<button class="avatar rest" popovertarget="everybody" aria-label=${words.morePeople(rest)} title=${words.everybody}>
              +${rest}
            </button>`
            : nothing
        }
        ${this.own}
      </div>
      ${this.#everybody()}`;
  }

  #everybody(): TemplateResult {
    return html`<div
      id="everybody"
      class="popover everybody"
      popover="auto"
      role="dialog"
      aria-label=${words.everybody}
      @beforetoggle=${placeUnderInvoker(280, 'end')}
    >
      <ul>
        ${this.others.map(
          ({ client, name, color }) => html`<li>
            <button
              @click=${(event: Event) => {
                (event.currentTarget as HTMLElement).closest<HTMLElement>('[popover]')?.hidePopover();
                this.#follow(client);
              }}
            >
              <span class="avatar small" aria-hidden="true" .style=${`--c: ${color}`}>${initials(name)}</span>
              <span class="ellipsis" dir="auto">${name}</span>
            </button>
          </li>`,
        )}
      </ul>
    </div>`;
  }

  #follow(client: number): void {
    this.dispatchEvent(new CustomEvent('weft-follow', { detail: client, bubbles: true }));
  }

  readonly #widthChanged = (): void => {
    this.isPhone = this.#phone.matches;
  };

  readonly #presenceChanged = (): void => {
    const next = this.#readOthers();
    // Carets move all the time; who is here seldom changes.
    if (JSON.stringify(next) !== JSON.stringify(this.others)) this.others = next;
    const known = new Map(this.#known);
    this.#known.clear();
    for (const { key, name } of next) this.#known.set(key, name);
    if (Date.now() - this.#hereSinceMs < ARRIVING_MS) return;
    for (const [key, name] of this.#known) if (!known.has(key)) this.#news.came(key, name);
    for (const [key, name] of known) if (!this.#known.has(key)) this.#news.went(key, name);
  };

  #readOthers(): Other[] {
    return [...this.presence.getStates()]
      .filter(([client]) => client !== this.presence.clientID)
      .map(([client, state]) => {
        const { name, color } = (state.user ?? {}) as { name?: unknown; color?: unknown };
        return { client, key: keyOf(client, state), name: safeName(name), color: labelColor(color) };
      });
  }
}

function avatarButton(name: string, color: string, label: string, click: () => void): TemplateResult {
  return html`<button class="avatar" title=${name} aria-label=${label} .style=${`--c: ${color}`} @click=${click}>
    <span data-drawn=${initials(name)}></span>
  </button>`;
}

customElements.define('weft-people', People);
