// What is typed at once is for the bar or popover that is on its way, and not for the text. Whoever presses Escape meanwhile, or turns
// to something else, has given it up.

import { rootOf } from './root.js';

export class Typing {
  readonly #field = document.createElement('input');
  readonly #listening = new AbortController();
  #entered = 0;
  #isGivenUp = false;

  /**
   * @param what    its name
   * @param goBack  called when it was given up, and nothing else has the focus
   */
  constructor(root: HTMLElement | DocumentFragment, what: string, goBack: () => void) {
    const field = this.#field;
    field.className = 'typing visually-hidden';
    field.ariaLabel = what;
    root.append(field);
    field.focus();
    const { signal } = this.#listening;
    const giveUp = (): void => {
      this.#isGivenUp = true;
      this.end();
    };
    const keyPressed = (event: KeyboardEvent): void => {
      if (event.isComposing) return;
      if (event.key === 'Enter') this.#entered += event.shiftKey ? -1 : 1;
      if (event.key !== 'Escape') return;
      event.preventDefault();
      giveUp();
      goBack();
    };
    const left = ({ relatedTarget }: FocusEvent): void => {
      // It was the window that was left: who comes back to it is in the field again.
      if (rootOf(field).activeElement === field) return;
      giveUp();
      if (relatedTarget === null) goBack();
    };
    field.addEventListener('keydown', keyPressed, { signal });
    field.addEventListener('blur', left, { signal });
  }

  get text(): string {
    return this.#field.value;
  }

  /** How often Enter was pressed, with Shift less: so many matches on from the first. */
  get entered(): number {
    return this.#entered;
  }

  get isGivenUp(): boolean {
    return this.#isGivenUp;
  }

  end(): void {
    this.#listening.abort();
    this.#field.remove();
  }
}
