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

const MOST_SHOWN = 4;
/** A title and a save line one can read, and controls; and what one picture takes of the rest, so that most of that is the title's as well. */
const KEPT_FREE_PX = 360;
const PX_EACH = 70;
/** Whoever appears this soon after us was here before us: that is no news. */
const ARRIVING_MS = 2_000;

interface Other {
  readonly client: number;
  readonly key: string;
  readonly name: string;
  readonly color: string;
}

export class People extends LightElement {
  static override properties = {
    presence: { attribute: false },
    own: { attribute: false },
    isOnline: { attribute: false },
    writing: { attribute: false },
    others: { state: true },
    room: { state: true },
  };
  declare presence: Presence;
  /** Stands for oneself. */
  declare own: TemplateResult | typeof nothing;
  /** Else nobody can be seen. */
  declare isOnline: boolean;
  /** Clients that are writing at this moment. */
  declare writing: ReadonlySet<number>;
  declare private others: readonly Other[];
  /** Pictures that the row has room for. */
  declare private room: number;
  /** Who was here a moment ago, by their keys. */
  readonly #known = new Map<string, string>();
  readonly #news = new ComingAndGoing(() => this.isOnline, announce);
  #hereSinceMs = Date.now();
  #listenedTo: Presence | null = null;
  /** Of the row it is in, which in a page of somebody else's may be less wide than the window. */
  readonly #sizes = new ResizeObserver(([row]) => {
    this.room = roomIn(row!.contentRect.width);
  });

  constructor() {
    super();
    this.own = nothing;
    this.isOnline = true;
    this.writing = new Set();
    this.others = [];
    this.room = roomIn(0);
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#sizes.observe(this.closest('.top') ?? this);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#sizes.disconnect();
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
    const { room } = this;
    // A "+1" would take the place of the one it hides.
    const shown = this.others.length <= room + 1 ? this.others : this.others.slice(0, room);
    const rest = this.others.slice(shown.length);
    const restWriting = rest.filter(({ client }) => this.writing.has(client)).length;
    const count = this.others.length + 1;
    return html`<div class="avatars" role="group" aria-label=${count === 1 ? words.onlyYou : words.peopleHere(count)}>
        ${shown.map((other) => this.#avatar(other))}
        ${
          rest.length > 0
            ? html`<button
                class="avatar rest ${restWriting > 0 ? 'writing' : ''}"
                popovertarget="everybody"
                aria-label=${words.morePeople(rest.length)}
                aria-description=${restWriting > 0 ? words.areWriting(restWriting) : nothing}
                title=${words.everybody}
              >
                +${rest.length}
              </button>`
            : nothing
        }
        ${this.own}
      </div>
      ${this.#everybody()}`;
  }

  /** Who is writing is there to be read, and not announced: it is different every few seconds. */
  #avatar({ client, name, color }: Other): TemplateResult {
    const isWriting = this.writing.has(client);
    return html`<button
      class="avatar ${isWriting ? 'writing' : ''}"
      title=${name}
      aria-label=${words.followPerson(name)}
      aria-description=${isWriting ? words.isWriting : nothing}
      .style=${`--c: ${color}`}
      @click=${() => this.#follow(client)}
    >
      <span data-drawn=${initials(name)}></span>
    </button>`;
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
              ${this.writing.has(client) ? html`<small>${words.isWriting}</small>` : nothing}
            </button>
          </li>`,
        )}
      </ul>
    </div>`;
  }

  #follow(client: number): void {
    this.dispatchEvent(new CustomEvent('weft-follow', { detail: client, bubbles: true }));
  }

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

const roomIn = (rowPx: number): number =>
  Math.max(0, Math.min(MOST_SHOWN, Math.floor((rowPx - KEPT_FREE_PX) / PX_EACH)));

customElements.define('weft-people', People);
