// Going along with somebody: the window stays where their caret is, by its place in the text, however wide each window is. It ends as
// soon as one scrolls, presses a key that does, writes or clicks into the text oneself, with Escape, and when they leave.

import { type Editor, initials, labelColor, safeName } from '@weft/editor';
import type { Presence, SharedDocument } from '@weft/provider';
import * as words from '@weft/words/following';
import { html, render } from 'lit';
import { announce } from '../ui/announce.js';
import { headBottom } from '../ui/float.js';
import { focusedIn, layerOf, rootOf, targetOf } from '../ui/root.js';
import { keyOf } from './person-key.js';

/** Of the window, above and below where a caret is read with ease. */
const MARGIN_PX = 96;
const SCROLLING = ['ArrowUp', 'ArrowDown', 'PageUp', 'PageDown', 'Home', 'End', ' '];

interface Page {
  readonly editor: Editor | null;
  readonly shared: SharedDocument;
}

/** One at a time. */
let current: Following | null = null;

/** @param client  one of theirs; with another of their tabs it is another */
export function follow(page: Page, client: number): void {
  const { editor, shared } = page;
  if (!editor || !shared.presence.getStates().has(client)) return;
  current?.end(null);
  current = new Following(editor, shared.presence, client);
}

class Following {
  readonly #editor: Editor;
  readonly #presence: Presence;
  readonly #key: string;
  readonly #name: string;
  readonly #note = document.createElement('div');
  readonly #listening = new AbortController();
  #frame = 0;

  constructor(editor: Editor, presence: Presence, client: number) {
    this.#editor = editor;
    this.#presence = presence;
    const state = presence.getStates().get(client);
    const { name, color } = (state?.user ?? {}) as { name?: unknown; color?: unknown };
    this.#key = keyOf(client, state);
    this.#name = safeName(name);
    this.#draw(labelColor(color));
    layerOf(editor.view.dom).append(this.#note);
    presence.on('change', this.#look);
    this.#listen(this.#listening.signal);
    announce(this.#caret ? words.youFollow(this.#name) : words.isReading(this.#name));
    this.#goAlong();
  }

  /** @param why  said to whoever does not see it; null when something else is said instead */
  end(why: string | null = words.noMore(this.#name)): void {
    if (this.#listening.signal.aborted) return;
    this.#listening.abort();
    this.#presence.off('change', this.#look);
    cancelAnimationFrame(this.#frame);
    const isShown = this.#note.isConnected;
    const hadFocus = this.#note.contains(focusedIn(this.#note));
    this.#note.remove();
    if (hadFocus) this.#editor.focus();
    // The page may be another by now.
    if (why !== null && isShown) announce(why);
  }

  #listen(signal: AbortSignal): void {
    const end = (): void => this.end();
    const text = this.#editor.view.dom;
    for (const type of ['wheel', 'touchmove'] as const) addEventListener(type, end, { signal, passive: true });
    for (const type of ['pointerdown', 'beforeinput', 'paste', 'drop'] as const)
      text.addEventListener(type, end, { signal });
    addEventListener('keydown', this.#keyPressed, { signal });
    // On the bar that scrolls the window.
    addEventListener('pointerdown', ({ target }) => target === document.documentElement && end(), { signal });
  }

  readonly #keyPressed = (event: KeyboardEvent): void => {
    if (event.defaultPrevented || rootOf(this.#note).querySelector('dialog[open], :popover-open')) return;
    const isControl = targetOf(event)?.closest('button, input, select, a') != null;
    if (event.key === 'Escape') event.preventDefault();
    if (event.key === 'Escape' || (!isControl && SCROLLING.includes(event.key))) this.end();
  };

  /** With their text comes where they are; both are drawn by then. */
  readonly #look = (): void => {
    if (!this.#note.isConnected) return this.end(null);
    if (this.#client === undefined) return this.end(words.hasLeft(this.#name));
    if (this.#frame !== 0) return;
    this.#frame = requestAnimationFrame(() => {
      this.#frame = requestAnimationFrame(() => {
        this.#frame = 0;
        this.#goAlong();
      });
    });
  };

  get #client(): number | undefined {
    for (const [client, state] of this.#presence.getStates()) if (keyOf(client, state) === this.#key) return client;
    return undefined;
  }

  get #caret(): Element | null {
    return this.#editor.view.dom.querySelector(`.weft-caret[data-client="${this.#client}"]`);
  }

  #goAlong(): void {
    const box = this.#caret?.getBoundingClientRect();
    if (!box) return;
    const top = headBottom(this.#editor.view.dom) + MARGIN_PX / 2;
    const bottom = innerHeight - MARGIN_PX;
    if (box.top >= top && box.bottom <= bottom) return;
    const isStill = matchMedia('(prefers-reduced-motion: reduce)').matches;
    scrollBy({ top: box.top - (top + bottom) / 2, behavior: isStill ? 'instant' : 'smooth' });
  }

  #draw(color: string): void {
    this.#note.className = 'following';
    this.#note.style.setProperty('--c', color);
    render(
      html`<span class="avatar small" aria-hidden="true">${initials(this.#name)}</span>
        <span class="ellipsis">${words.following(html`<b dir="auto">${this.#name}</b>`)}</span>
        <button @click=${() => this.end()} aria-label=${words.stopFollowing}>${words.stop}<kbd aria-hidden="true">Esc</kbd></button>`,
      this.#note,
    );
  }
}
