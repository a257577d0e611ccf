// Finding and replacing, in a bar above the text. Loaded when somebody first looks for something.

import type { Editor } from '@weft/editor';
import { Find, type Found } from '@weft/editor/find';
import * as words from '@weft/words/finding';
import { html, nothing, type TemplateResult } from 'lit';
import { createRef, ref } from 'lit/directives/ref.js';
import { CaseSensitive } from 'lucide';
import { announce } from '../ui/announce.js';
import { icon, icons } from '../ui/icons.js';
import { LightElement } from '../ui/light-element.js';

const matchCaseIcon = icon(CaseSensitive);

/** What is selected is looked for, unless it is longer than what anybody looks for. */
const MAX_SELECTED_LENGTH = 100;
const MARGIN_PX = 12;

export class FindPanel extends LightElement {
  static override properties = {
    editor: { attribute: false },
    isEditable: { attribute: false },
    wanted: { state: true },
    replacement: { state: true },
    isCaseKept: { state: true },
    found: { state: true },
    replaced: { state: true },
  };
  declare editor: Editor;
  declare isEditable: boolean;
  declare private wanted: string;
  declare private replacement: string;
  declare private isCaseKept: boolean;
  declare private found: Found;
  /** How many were replaced by the last thing that was done; null when it was something else. */
  declare private replaced: number | null;
  #find: Find | null = null;
  readonly #field = createRef<HTMLInputElement>();
  readonly #undoButton = createRef<HTMLButtonElement>();

  constructor() {
    super();
    this.wanted = '';
    this.replacement = '';
    this.isCaseKept = false;
    this.found = { count: 0, at: 0 };
    this.replaced = null;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#find?.close();
    this.#find = null;
  }

  /**
   * @param typed      what is to be found; '' for what was selected, or what was found last
   * @param matchesOn  how many matches on from the first; less than 0 for one before it
   */
  async open(typed: string, matchesOn: number): Promise<void> {
    const { state } = this.editor.view;
    const { from, to } = state.selection;
    const selected = to - from > MAX_SELECTED_LENGTH ? '' : state.doc.textBetween(from, to, '\n');
    if (typed !== '') this.wanted = typed;
    else if (selected !== '' && !selected.includes('\n')) this.wanted = selected;
    this.#find ??= new Find(this.editor, (found) => {
      this.found = found;
    });
    this.requestUpdate();
    await this.updateComplete;
    this.#look();
    for (let gone = 0; gone < Math.abs(matchesOn); gone++) this.#go(matchesOn < 0 ? 'previous' : 'next');
    this.#field.value?.focus();
    // Whoever has begun to type goes on.
    if (typed === '') this.#field.value?.select();
    else this.#field.value?.setSelectionRange(typed.length, typed.length);
  }

  override render(): TemplateResult {
    if (!this.#find) return html``;
    const { count } = this.found;
    const label = this.isEditable ? words.findAndReplace : words.find;
    return html`<div class="find" role="search" aria-label=${label} @keydown=${this.#keyPressed}>
      <div class="find-row">
        <div class="find-field">
          <input
            ${ref(this.#field)}
            type="text"
            autocomplete="off"
            spellcheck="false"
            placeholder=${words.find}
            aria-label=${words.find}
            .value=${this.wanted}
            @input=${(event: InputEvent) => {
              this.wanted = (event.target as HTMLInputElement).value;
              this.#look();
            }}
            @keydown=${(event: KeyboardEvent) => {
              if (event.key !== 'Enter' || event.isComposing) return;
              event.preventDefault();
              this.#go(event.shiftKey ? 'previous' : 'next');
            }}
          />
          <span class="count" role="status">${this.#countInWords()}</span>
        </div>
        <button
          aria-label=${words.matchCase}
          title=${words.matchCase}
          aria-pressed=${String(this.isCaseKept)}
          @click=${() => {
            this.isCaseKept = !this.isCaseKept;
            this.#look();
          }}
        >
          ${matchCaseIcon}
        </button>
        <button aria-label=${words.previous} title=${words.previousKeys} ?disabled=${count === 0} @click=${() => this.#go('previous')}>
          ${icons.chevronUp}
        </button>
        <button aria-label=${words.next} title=${words.nextKeys} ?disabled=${count === 0} @click=${() => this.#go('next')}>
          ${icons.chevronDown}
        </button>
      </div>
      ${this.isEditable ? this.#replaceRow(count) : nothing}
      <button class="quiet find-close" aria-label=${words.close} title=${words.closeKeys} @click=${this.#close}>${icons.close}</button>
    </div>`;
  }

  #replaceRow(count: number): TemplateResult {
    return html`<div class="find-row">
      <input
        type="text"
        autocomplete="off"
        placeholder=${words.replaceWith}
        aria-label=${words.replaceWith}
        .value=${this.replacement}
        @input=${(event: InputEvent) => {
          this.replacement = (event.target as HTMLInputElement).value;
        }}
        @keydown=${(event: KeyboardEvent) => {
          if (event.key !== 'Enter' || event.isComposing) return;
          event.preventDefault();
          this.#replace();
        }}
      />
      <button class="framed" ?disabled=${count === 0} @click=${this.#replace}>${words.replace}</button>
      <button class="framed" ?disabled=${count === 0} @click=${this.#replaceAll}>${words.replaceAll}</button>
      ${
        this.replaced
          ? html`<button ${ref(this.#undoButton)} class="framed" @click=${this.#takeBack}>${words.undo}</button>`
          : nothing
      }
    </div>`;
  }

  #countInWords(): string {
    const { count, at } = this.found;
    if (this.replaced !== null) return words.replaced(this.replaced);
    if (this.wanted === '') return '';
    if (count === 0) return words.notFound;
    return at === 0 ? words.found(count) : words.foundAt(at, count);
  }

  #look(): void {
    this.replaced = null;
    this.#find?.look(this.wanted, this.isCaseKept);
    this.#reveal();
  }

  #go(where: 'next' | 'previous'): void {
    this.replaced = null;
    this.#find?.[where]();
    this.#reveal();
  }

  readonly #replace = (): void => {
    this.replaced = null;
    this.#find?.replace(this.replacement);
    this.#reveal();
  };

  readonly #replaceAll = async (): Promise<void> => {
    this.replaced = this.#find?.replaceAll(this.replacement) ?? null;
    announce(words.allReplaced);
    // Whoever goes back to the text may do there what would be undone in place of this.
    const back = (): void => {
      this.replaced = null;
    };
    this.editor.view.dom.addEventListener('focus', back, { once: true });
    await this.updateComplete;
    // The button that was pressed may have nothing to do any more, and would take the focus with it.
    this.#undoButton.value?.focus();
  };

  readonly #takeBack = (): void => {
    this.replaced = null;
    this.editor.commands.undo();
    this.#field.value?.focus();
  };

  readonly #keyPressed = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape' || event.isComposing) return;
    event.preventDefault();
    this.#close();
  };

  readonly #close = (): void => {
    this.#find?.close();
    this.#find = null;
    this.requestUpdate();
    // The match one was at is selected there.
    this.editor.focus();
  };

  /** The match one is at comes into the part of the window that nothing covers. */
  #reveal(): void {
    const match = this.#find?.match;
    if (!match) return;
    const { top, bottom } = this.editor.view.coordsAtPos(match.from);
    const head = this.closest('.head')?.getBoundingClientRect().bottom ?? 0;
    if (top >= head + MARGIN_PX && bottom <= innerHeight - MARGIN_PX) return;
    scrollBy({ top: (top + bottom) / 2 - (head + innerHeight) / 2, behavior: 'instant' });
  }
}

customElements.define('weft-find', FindPanel);
