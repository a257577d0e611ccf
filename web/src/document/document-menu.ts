// What one seldom does with a document: finding something in it, taking it along as a file, forgetting what this device keeps
// of it. What a file could not hold is said in the menu. Loaded when its button, which is the page's, is first pressed.

import { announce } from '@weft/element/ui/announce';
import { moveInMenu } from '@weft/element/ui/arrow-keys';
import { icon, icons } from '@weft/element/ui/icons';
import { keysInWords, pageKeys } from '@weft/element/ui/key-names';
import { LightElement } from '@weft/element/ui/light-element';
import { openMenu } from '@weft/element/ui/menu';
import { type FileFormat, fileFormats } from '@weft/model';
import type { Role } from '@weft/protocol';
import type { SharedDocument } from '@weft/provider';
import * as words from '@weft/words/document-menu';
import { html, nothing, type TemplateResult } from 'lit';
import { History, Maximize } from 'lucide';
import { HISTORY_PREFIX } from '../past/history-path.js';
import { goTo } from '../shell/navigation.js';
import { mayTrash } from '../trash/may-trash.js';
import { moveToTrash } from '../trash/trash-api.js';
import { pathOf } from './documents-api.js';

const historyIcon = icon(History);

/** As the stylesheet has it. */
const WIDTH_PX = 260;
const MAX_FILE_NAME_LENGTH = 80;

const fullScreenIcon = icon(Maximize);

/** On a window that is less wide the sheet takes all of it anyhow. */
const ROOM_FOR_WIDTHS = '(min-width: 800px)';
const widths = ['normal', 'wide', 'full'] as const;

const formats: readonly FileFormat[] = ['docx', 'markdown', 'html', 'text'];

type Outcome =
  | { readonly kind: 'told'; readonly sentences: readonly string[] }
  | { readonly kind: 'failed' }
  | { readonly kind: 'stays'; readonly reason: string };

/** Says `weft-find`, `weft-shortcuts`, `weft-focus-mode`, `weft-width` with the one that is chosen, and `weft-forget` when this document is to be forgotten on this device. */
export class DocumentMenu extends LightElement {
  static override properties = {
    name: { attribute: false },
    shared: { attribute: false },
    documentTitle: { attribute: false },
    isKept: { attribute: false },
    mayWrite: { attribute: false },
    width: { attribute: false },
    ownRole: { attribute: false },
    isOpenServer: { attribute: false },
    outcome: { state: true },
  };
  declare name: string;
  /** Null before its text is here. */
  declare shared: SharedDocument | null;
  declare documentTitle: string;
  /** There is something of it on this device. */
  declare isKept: boolean;
  declare mayWrite: boolean;
  /** Of the page: '', `wide` or `full`. */
  declare width: string;
  /** Of whoever reads it; null before it is known. */
  declare ownRole: Role | null;
  /** Nobody owns anything there. */
  declare isOpenServer: boolean;
  declare private outcome: Outcome | null;

  constructor() {
    super();
    this.name = '';
    this.shared = null;
    this.documentTitle = '';
    this.isKept = false;
    this.mayWrite = false;
    this.width = '';
    this.ownRole = null;
    this.isOpenServer = false;
    this.outcome = null;
  }

  override render(): TemplateResult {
    const { shared } = this;
    return html`<div
        id="document-menu"
        class="menu document-menu"
        popover="auto"
        role="menu"
        aria-label=${words.more}
        @beforetoggle=${this.#toggles}
        @keydown=${moveInMenu}
      >
        ${shared ? html`${this.#ways()}${this.#downloads(shared)}` : nothing}
        ${
          this.isKept
            ? html`<button role="menuitem" @click=${() => this.#ask('weft-forget')}>
              <span>${words.forget}</span>${icons.device}
            </button>`
            : nothing
        }
        ${
          this.#mayTrash
            ? html`<button role="menuitem" @click=${this.#moveToTrash}><span>${words.moveToTrash}</span>${icons.trash}</button>`
            : nothing
        }
        ${this.#told()}
      </div>`;
  }

  /** @param button  which opens it by itself from now on */
  async open(button: HTMLElement): Promise<void> {
    await this.updateComplete;
    this.#popover?.showPopover({ source: button });
  }

  get #mayTrash(): boolean {
    return mayTrash(this.ownRole, this.isOpenServer);
  }

  /** The page is told by the server then, as everybody's is, and offers to bring it back. */
  readonly #moveToTrash = async (): Promise<void> => {
    this.outcome = null;
    try {
      await moveToTrash(this.name);
      this.#close();
    } catch (error) {
      this.outcome = { kind: 'stays', reason: (error as Error).message };
    }
  };

  #ways(): TemplateResult {
    return html`<button role="menuitem" @click=${() => this.#ask('weft-find')}>
        <span>${this.mayWrite ? words.findAndReplace : words.find}</span><kbd>${keysInWords(pageKeys.find)}</kbd>
      </button>
      ${
        this.mayWrite
          ? html`<button role="menuitem" @click=${this.#openHistory}><span>${words.history}</span>${historyIcon}</button>`
          : nothing
      }
      <button role="menuitem" @click=${() => this.#ask('weft-shortcuts')}>
        <span>${words.shortcuts}</span><kbd>${keysInWords(pageKeys.shortcuts)}</kbd>
      </button>
      <button role="menuitem" @click=${() => this.#ask('weft-focus-mode')}>
        <span>${words.focusMode}</span><kbd>${keysInWords(pageKeys.focus)}</kbd>
      </button>
      ${
        document.fullscreenEnabled
          ? html`<button role="menuitemcheckbox" aria-checked=${String(document.fullscreenElement !== null)} @click=${this.#toggleFullScreen}>
              <span>${words.fullScreen}</span>${fullScreenIcon}
            </button>`
          : nothing
      }
      ${matchMedia(ROOM_FOR_WIDTHS).matches ? this.#widths() : nothing}
      <hr />`;
  }

  #widths(): TemplateResult {
    return html`<p class="menu-label" aria-hidden="true">${words.pageWidth}</p>
      <div class="widths" role="group" aria-label=${words.pageWidth}>
        ${widths.map(
          (width) => html`<button
            role="menuitemradio"
            aria-checked=${String((this.width || 'normal') === width)}
            @click=${() => this.#ask('weft-width', width === 'normal' ? '' : width)}
          >
            ${words.widths[width]}
          </button>`,
        )}
      </div>`;
  }

  #downloads(shared: SharedDocument): TemplateResult {
    return html`<p class="menu-label" aria-hidden="true">${words.downloadAs}</p>
      ${formats.map(
        (format) => html`<button
          role="menuitem"
          aria-label=${words.downloadAsFormat(words.formats[format], fileFormats[format].endings[0]!)}
          @click=${() => this.#download(format, shared)}
        >
          ${words.formats[format]}<small data-drawn=${fileFormats[format].endings[0]!}></small>
        </button>`,
      )}
      ${this.isKept ? html`<hr />` : nothing}`;
  }

  /** It is left by Escape as well, or by what the browser has for it. */
  readonly #toggleFullScreen = async (): Promise<void> => {
    this.#close();
    // From now on, once: it may be left without the menu.
    document.addEventListener('fullscreenchange', sayWhetherFull);
    try {
      await (document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen());
    } catch (error) {
      console.warn(error);
    }
  };

  readonly #openHistory = (): void => {
    this.#close();
    goTo(HISTORY_PREFIX + pathOf(this.name));
  };

  /** The document's page does it. */
  #ask(
    event: 'weft-find' | 'weft-shortcuts' | 'weft-focus-mode' | 'weft-width' | 'weft-forget',
    detail?: string,
  ): void {
    this.#close();
    this.dispatchEvent(new CustomEvent(event, { bubbles: true, detail }));
  }

  #close(): void {
    this.#popover?.hidePopover();
  }

  get #popover(): HTMLElement | null {
    return this.querySelector('#document-menu');
  }

  #told(): TemplateResult | typeof nothing {
    if (this.outcome === null) return nothing;
    if (this.outcome.kind === 'stays') {
      return html`<p class="menu-note" role="alert"><b>${words.notMoved}</b> ${this.outcome.reason}</p>`;
    }
    if (this.outcome.kind === 'failed') {
      return html`<p class="menu-note" role="alert">
        <b>${words.notMade}</b> ${words.asItWas}
      </p>`;
    }
    const { sentences } = this.outcome;
    return html`<div class="menu-note" role="status">
      <b>${words.couldNotHold}</b>
      <ul lang="en">${sentences.map((sentence) => html`<li>${sentence}</li>`)}</ul>
    </div>`;
  }

  async #download(format: FileFormat, shared: SharedDocument): Promise<void> {
    this.outcome = null;
    try {
      const { fileOf } = await import('./convert.js');
      const { bytes, warnings } = await fileOf(format, shared.doc);
      const { mediaType, endings } = fileFormats[format];
      save(new Blob([bytes], { type: mediaType }), fileName(this.documentTitle) + endings[0]);
      if (warnings.length > 0) this.outcome = { kind: 'told', sentences: warnings };
      else {
        this.#close();
        announce(words.isDownloaded);
      }
    } catch (error) {
      this.outcome = { kind: 'failed' };
      console.warn(error);
    }
  }

  readonly #toggles = (event: ToggleEvent): void => {
    if (event.newState === 'closed') this.outcome = null;
    // There may be more room than before, or less.
    else this.requestUpdate();
    openMenu(WIDTH_PX, 'end')(event);
  };
}

const sayWhetherFull = (): void => announce(document.fullscreenElement ? words.inFullScreen : words.noFullScreen);

/** What every system takes for a name. */
function fileName(title: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
  const name = title.replace(/[\\/:*?"<>|\u0000-\u001f\u007f]+/g, ' ').replace(/^[\s.]+/, '');
  return [...name].slice(0, MAX_FILE_NAME_LENGTH).join('').trim() || words.untitled;
}

function save(file: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  // By then the browser has taken it.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

customElements.define('weft-document-menu', DocumentMenu);
