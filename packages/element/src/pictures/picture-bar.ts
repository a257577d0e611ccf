// What can be done with the picture that is selected: a bar above it, one stop for the Tab key after the text, arrows inside it
// (WAI-ARIA toolbar). The words for those who cannot see it are typed in the bar itself.

import type { Editor, EditorStatus, SelectedPicture } from '@weft/editor';
import { changePicture, goToCaption, removePicture } from '@weft/editor/pictures';
import * as words from '@weft/words/pictures';
import { html, nothing, type TemplateResult } from 'lit';
import { createRef, ref } from 'lit/directives/ref.js';
import { announce } from '../ui/announce.js';
import { moveInRow } from '../ui/arrow-keys.js';
import { headBottom } from '../ui/float.js';
import { icons } from '../ui/icons.js';
import { LightElement } from '../ui/light-element.js';
import { focusedIn } from '../ui/root.js';
import { NARROWEST_PX } from './picture-frames.js';
import { pictureIcons } from './picture-icons.js';

const GAP_PX = 8;
/** A picture that is so many times as high as the bar has room for it. */
const ROOMY = 4;
/** Of the width of the text. */
const STEP = 0.1;

export class PictureBar extends LightElement {
  static override properties = {
    editor: { attribute: false },
    status: { attribute: false },
    isDescribing: { state: true },
  };
  declare editor: Editor;
  declare status: EditorStatus;
  /** The words for those who cannot see it are being typed. */
  declare private isDescribing: boolean;
  readonly #bar = createRef<HTMLElement>();
  readonly #words = createRef<HTMLInputElement>();
  #listening = new AbortController();
  #frame = 0;
  #shown: number | null = null;
  /** The control that the Tab key comes to; null for the first. */
  #stop: EventTarget | null = null;

  constructor() {
    super();
    this.isDescribing = false;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#listening = new AbortController();
    const options = { signal: this.#listening.signal, passive: true } as const;
    addEventListener('scroll', this.place, { ...options, capture: true });
    addEventListener('resize', this.place, options);
    document.addEventListener('keydown', this.#resizedByKey, { signal: this.#listening.signal, capture: true });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#listening.abort();
    cancelAnimationFrame(this.#frame);
  }

  override updated(): void {
    const position = this.#picture?.position ?? null;
    if (position !== null && this.#shown === null && this.editor.view.hasFocus()) {
      announce(words.selected(this.#picture?.alt ?? ''));
    }
    if (position !== this.#shown) this.#stop = null;
    this.#shown = position;
    this.#leaveOneStop();
    this.place();
  }

  override render(): TemplateResult {
    const picture = this.#picture;
    if (!picture) return html``;
    return html`<div ${ref(this.#bar)} class="picture-bar" role="toolbar" aria-label=${words.picture} @keydown=${this.#keyPressed} @focusin=${this.#focused} @mousedown=${keepCaret}>
      ${this.isDescribing ? this.#describing(picture) : this.#actions(picture)}
    </div>`;
  }

  get #picture(): SelectedPicture | null {
    return this.status.editable ? this.status.picture : null;
  }

  #actions({ alt, isFigure, width }: SelectedPicture): TemplateResult {
    return html`<button
        aria-label=${words.descriptionIs(alt)}
        title=${words.whatItShowsLong}
        @click=${this.#describe}
      >
        ${alt === '' ? pictureIcons.describe : icons.check}<span>${words.description}</span>
      </button>
      ${
        isFigure
          ? html`<button title=${words.lineUnder} @click=${() => goToCaption(this.editor.view)}>
            ${pictureIcons.caption}<span>${words.caption}</span>
          </button>`
          : nothing
      }
      <i></i>
      <button aria-label=${words.narrower} title=${words.narrowerKeys} @click=${() => this.#resize(-1)}>${pictureIcons.narrower}</button>
      <button aria-label=${words.wider} title=${words.widerKeys} @click=${() => this.#resize(1)}>${pictureIcons.wider}</button>
      <button aria-label=${words.asWideAsItIs} title=${words.asWideAsItIs} aria-disabled=${width === null ? 'true' : null} @click=${this.#asItIs}>
        ${pictureIcons.ownSize}
      </button>
      <i></i>
      <button aria-label=${words.replace} title=${words.another} @click=${this.#replace}>${pictureIcons.replace}</button>
      <button aria-label=${words.remove} title=${words.remove} @click=${this.#remove}>${icons.trash}</button>`;
  }

  #describing({ alt }: SelectedPicture): TemplateResult {
    return html`<form @submit=${this.#described}>
      <input
        ${ref(this.#words)}
        type="text"
        autocomplete="off"
        placeholder=${words.whatItShows}
        aria-label=${words.whatItShowsLong}
        .value=${alt}
      />
      <button class="primary">${words.done}</button>
    </form>`;
  }

  /** At the top of the picture, in the part of it that is in the window; above one that it would hide. */
  readonly place = (): void => {
    this.#frame ||= requestAnimationFrame(() => {
      this.#frame = 0;
      const bar = this.#bar.value;
      const frame = this.#drawn;
      const sheet = this.closest('.sheet');
      if (!bar || !frame || !sheet) return;
      const [picture, paper] = [frame.getBoundingClientRect(), sheet.getBoundingClientRect()];
      const head = headBottom(this);
      const lowest = Math.max(picture.top, picture.bottom - bar.offsetHeight - GAP_PX);
      const isRoomy = picture.height > ROOMY * bar.offsetHeight && picture.width > bar.offsetWidth;
      const wanted = isRoomy ? picture.top + GAP_PX : picture.top - bar.offsetHeight - GAP_PX;
      const top = Math.min(lowest, Math.max(wanted, head + GAP_PX));
      const middle = (picture.left + picture.right - bar.offsetWidth) / 2;
      const left = Math.max(GAP_PX, Math.min(middle, innerWidth - bar.offsetWidth - GAP_PX));
      bar.style.top = `${top - paper.top - sheet.clientTop}px`;
      bar.style.left = `${left - paper.left - sheet.clientLeft}px`;
    });
  };

  /** The frame of the picture, as it is drawn. */
  get #drawn(): HTMLElement | null {
    const node = this.#picture ? this.editor.view.nodeDOM(this.#picture.position) : null;
    if (!(node instanceof HTMLElement)) return null;
    return node.matches('.picture') ? node : node.querySelector('.picture');
  }

  readonly #describe = async (): Promise<void> => {
    this.isDescribing = true;
    await this.updateComplete;
    this.#words.value?.select();
  };

  readonly #described = (event: Event): void => {
    event.preventDefault();
    const alt = this.#words.value?.value.trim() ?? '';
    this.isDescribing = false;
    changePicture(this.editor.view, { alt });
    this.editor.focus();
    announce(alt === '' ? words.notDescribed : words.isDescribed);
  };

  #resize(direction: 1 | -1): void {
    const drawn = this.#drawn;
    const image = drawn?.querySelector('img');
    const widest = drawn?.parentElement?.clientWidth;
    if (!image || !widest) return;
    const wanted = image.getBoundingClientRect().width + direction * widest * STEP;
    const width = Math.round(Math.max(NARROWEST_PX, Math.min(wanted, widest)));
    changePicture(this.editor.view, { width });
    announce(width === widest ? words.wideAsText : words.pixelsWide(width));
  }

  readonly #asItIs = (): void => {
    if (this.#picture?.width == null) return;
    changePicture(this.editor.view, { width: null });
    announce(words.isAsWide);
  };

  readonly #replace = (): void => {
    this.dispatchEvent(new CustomEvent('weft-replace-picture', { bubbles: true }));
  };

  readonly #remove = (): void => {
    removePicture(this.editor.view);
    announce(words.isRemoved);
  };

  readonly #resizedByKey = (event: KeyboardEvent): void => {
    const direction = { ArrowLeft: -1, ArrowRight: 1 }[event.key] as 1 | -1 | undefined;
    const isHere = this.editor.view.hasFocus() || this.contains(focusedIn(this));
    if (!direction || !event.altKey || !event.shiftKey || event.ctrlKey || event.metaKey || !this.#picture || !isHere)
      return;
    event.preventDefault();
    event.stopPropagation();
    this.#resize(direction);
  };

  readonly #focused = ({ target }: FocusEvent): void => {
    this.#stop = target;
    this.#leaveOneStop();
  };

  #leaveOneStop(): void {
    if (this.isDescribing) return;
    const controls = this.#controls;
    const stop = controls.find((control) => control === this.#stop) ?? controls[0];
    for (const control of controls) control.tabIndex = control === stop ? 0 : -1;
  }

  get #controls(): HTMLElement[] {
    return [...this.querySelectorAll<HTMLElement>('button')];
  }

  readonly #keyPressed = (event: KeyboardEvent): void => {
    if (event.key === 'Escape') {
      event.preventDefault();
      this.isDescribing = false;
      return this.editor.focus();
    }
    if (this.isDescribing) return;
    if (event.key === 'Tab' && event.shiftKey) {
      // Back to the picture, and not to what else can be pressed in the text.
      event.preventDefault();
      return this.editor.focus();
    }
    moveInRow(event, this.#controls);
  };
}

/** The picture stays selected in the text; only a field takes the focus. */
const keepCaret = (event: Event): void => {
  if (!(event.target instanceof HTMLInputElement)) event.preventDefault();
};

customElements.define('weft-picture-bar', PictureBar);
