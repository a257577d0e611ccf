// One quiet sentence about many blocks that others changed, with a way to them. It takes no focus, and goes by itself unless somebody
// is at it.

import * as words from '@weft/words/edits';
import { html, render } from 'lit';
import { announce } from '../ui/announce.js';
import { icons } from '../ui/icons.js';
import { focusedIn, layerOf } from '../ui/root.js';

const SHOWN_FOR_MS = 20_000;

export class ChangesNotice {
  readonly #text: HTMLElement;
  readonly #note = document.createElement('div');
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(text: HTMLElement) {
    this.#text = text;
    this.#note.className = 'following changes';
  }

  /** @param isAway  it came with a connection that had been lost  @param show  leads to them */
  tell(count: number, isAway: boolean, show: () => void): void {
    const sentence = isAway ? words.manyMeanwhile(count) : words.manyEdited(count);
    const leave = (then?: () => void) => (): void => {
      const hadFocus = this.#note.contains(focusedIn(this.#note));
      this.end();
      if (hadFocus) this.#text.focus({ preventScroll: true });
      then?.();
    };
    render(
      html`<span>${sentence}</span>
        <button @click=${leave(show)}>${words.showThem}</button>
        <button class="quiet" aria-label=${words.close} @click=${leave()}>${icons.close}</button>`,
      this.#note,
    );
    layerOf(this.#text).append(this.#note);
    announce(sentence);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(this.#goIfAlone, SHOWN_FOR_MS);
  }

  end(): void {
    clearTimeout(this.#timer);
    this.#note.remove();
  }

  readonly #goIfAlone = (): void => {
    if (this.#note.matches(':hover, :focus-within')) this.#timer = setTimeout(this.#goIfAlone, SHOWN_FOR_MS);
    else this.end();
  };
}
