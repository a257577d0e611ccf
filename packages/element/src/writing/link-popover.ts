// Where a link is made, changed, opened and removed: a small popover at the text it belongs to.

import type { Editor } from '@weft/editor';
import * as words from '@weft/words/tools';
import * as writing from '@weft/words/writing';
import { html, nothing, type TemplateResult } from 'lit';
import { createRef, ref } from 'lit/directives/ref.js';
import { ExternalLink, Unlink } from 'lucide';
import { icon } from '../ui/icons.js';
import { LightElement } from '../ui/light-element.js';
import { placePopover } from '../ui/popover.js';
import type { Typing } from '../ui/typing.js';

const openIcon = icon(ExternalLink);
const unlinkIcon = icon(Unlink);

const WIDTH_PX = 340;

export class LinkPopover extends LightElement {
  static override properties = { editor: { attribute: false }, address: { state: true }, refused: { state: true } };
  declare editor: Editor;
  declare private address: string;
  declare private refused: boolean;
  readonly #popover = createRef<HTMLElement>();
  readonly #input = createRef<HTMLInputElement>();

  constructor() {
    super();
    this.address = '';
    this.refused = false;
  }

  /**
   * @param takeFocus  false when a link was merely clicked: one may want to go on writing
   * @param typed      before this was here
   */
  async open(takeFocus: boolean, typed?: Typing): Promise<void> {
    const { view, status } = this.editor;
    if (!status.editable) return;
    this.address = typed?.text || status.link?.href || '';
    this.refused = false;
    // Where the focus comes back to.
    if (typed) view.focus();
    await this.updateComplete;
    const start = view.coordsAtPos(view.state.selection.from);
    const popover = this.#popover.value!;
    placePopover(popover, new DOMRect(start.left, start.top, 0, start.bottom - start.top), WIDTH_PX, 'start');
    if (!popover.matches(':popover-open')) popover.showPopover();
    if (takeFocus || this.address === '') this.#input.value?.select();
    else view.focus();
    if (!typed?.text) return;
    const end = typed.text.length;
    this.#input.value?.setSelectionRange(end, end);
    if (typed.entered > 0) this.#input.value?.form?.requestSubmit();
  }

  override render(): TemplateResult {
    const link = this.editor.status.link;
    return html`<div ${ref(this.#popover)} class="popover link-popover" popover="auto" role="dialog" aria-label=${writing.link}>
      <form @submit=${this.#apply}>
        <input
          ${ref(this.#input)}
          type="text"
          inputmode="url"
          autocomplete="off"
          spellcheck="false"
          placeholder=${words.typeAddress}
          aria-label=${words.address}
          aria-invalid=${String(this.refused)}
          .value=${this.address}
          @input=${(event: InputEvent) => {
            this.address = (event.target as HTMLInputElement).value;
            this.refused = false;
          }}
        />
        <button class="primary" ?disabled=${this.address.trim() === ''}>${link ? words.change : words.add}</button>
      </form>
      ${this.refused ? html`<p class="hint bad" role="alert">${words.noSuchAddress}</p>` : nothing}
      ${
        link
          ? html`<div class="link-actions">
            ${
              link.target === null
                ? nothing
                : html`<a class="button quiet" href=${link.target} target="_blank" rel="noopener noreferrer"
                  >${openIcon}${words.open}</a
                >`
            }
            <button class="quiet" @click=${this.#remove}>${unlinkIcon}${words.removeLink}</button>
          </div>`
          : nothing
      }
    </div>`;
  }

  readonly #apply = (event: Event): void => {
    event.preventDefault();
    // The focus comes back to the text when the popover goes, then the command changes it.
    if (this.editor.commands.setLink(this.address)) this.#popover.value?.hidePopover();
    else {
      this.refused = true;
      this.#input.value?.focus();
    }
  };

  readonly #remove = (): void => {
    this.#popover.value?.hidePopover();
    this.editor.commands.removeLink();
  };
}

customElements.define('weft-link-popover', LinkPopover);
