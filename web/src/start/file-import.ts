// Making a document of a file on the start page: one chooses it, or lets it go over the page.

import { icon, icons } from '@weft/element/ui/icons';
import * as words from '@weft/words/start';
import { html, nothing, type ReactiveController, type ReactiveControllerHost, type TemplateResult } from 'lit';
import { createRef, ref } from 'lit/directives/ref.js';
import { FileUp } from 'lucide';
import { createDocument, pathOf } from '../document/documents-api.js';
import { acceptedFiles, keepImport, readImport } from '../document/import-files.js';
import { goTo } from '../shell/navigation.js';

const importIcon = icon(FileUp);

interface Page extends ReactiveControllerHost {
  /** Files are taken now. */
  readonly mayImport: boolean;
}

export class FileImport implements ReactiveController {
  readonly #page: Page;
  /** The name of the file that is being read. */
  #reading: string | null = null;
  #failure: { readonly fileName: string; readonly message: string } | null = null;
  /** A file is held over the page. */
  #isDropping = false;
  readonly #chooser = createRef<HTMLInputElement>();
  #listening = new AbortController();

  constructor(page: Page) {
    this.#page = page;
    page.addController(this);
  }

  hostConnected(): void {
    this.#listening = new AbortController();
    const { signal } = this.#listening;
    document.addEventListener('dragover', this.#dragged, { signal });
    document.addEventListener('dragleave', this.#draggedAway, { signal });
    document.addEventListener('drop', this.#dropped, { signal });
  }

  hostDisconnected(): void {
    this.#listening.abort();
  }

  get isReading(): boolean {
    return this.#reading !== null;
  }

  button(): TemplateResult {
    return html`<button class="framed import" title=${words.importWhat} ?disabled=${!this.#page.mayImport} @click=${this.#choose}>
      ${importIcon}<span>${words.importFile}</span>
    </button>`;
  }

  /** What is under way, and what went wrong. */
  render(): TemplateResult {
    return html`<input
        ${ref(this.#chooser)}
        type="file"
        hidden
        accept=${acceptedFiles}
        aria-label=${words.fileToImport}
        @change=${this.#chosen}
      />
      ${
        this.#isDropping
          ? html`<div class="drop-here" aria-hidden="true"><p>${importIcon}${words.dropHere}</p></div>`
          : nothing
      }
      ${this.#reading === null ? nothing : html`<p class="hint" role="status">${words.reading(this.#reading)}</p>`}
      ${
        this.#failure
          ? html`<div class="banner bad" role="alert">
            ${icons.warning}
            <p><b>${words.notImported(this.#failure.fileName)}</b> ${this.#failure.message}</p>
            <div class="actions">
              <button @click=${this.#choose}>${words.chooseAnother}</button>
              <button class="quiet" @click=${this.#dismissFailure}>${words.dismiss}</button>
            </div>
          </div>`
          : nothing
      }`;
  }

  readonly #choose = (): void => this.#chooser.value?.click();

  readonly #dismissFailure = (): void => {
    this.#failure = null;
    this.#page.requestUpdate();
  };

  readonly #chosen = (event: Event): void => {
    const chooser = event.target as HTMLInputElement;
    const file = chooser.files?.[0];
    if (file) void this.#import(file);
    // The same file may be chosen again, once it was mended.
    chooser.value = '';
  };

  async #import(file: File): Promise<void> {
    this.#reading = file.name;
    this.#failure = null;
    this.#page.requestUpdate();
    try {
      const imported = await readImport(file);
      const name = await createDocument();
      keepImport(name, imported);
      goTo(`/d/${pathOf(name)}`);
    } catch (error) {
      this.#failure = { fileName: file.name, message: (error as Error).message };
    } finally {
      this.#reading = null;
      this.#page.requestUpdate();
    }
  }

  /** Elsewhere a file that is let go over a page takes its place; here it never does. */
  readonly #dragged = (event: DragEvent): void => {
    if (!event.dataTransfer?.types.includes('Files')) return;
    event.preventDefault();
    const mayDrop = this.#page.mayImport;
    event.dataTransfer.dropEffect = mayDrop ? 'copy' : 'none';
    this.#setDropping(mayDrop);
  };

  readonly #draggedAway = (event: DragEvent): void => {
    if (event.relatedTarget === null) this.#setDropping(false);
  };

  readonly #dropped = (event: DragEvent): void => {
    const file = event.dataTransfer?.files[0];
    if (!file) return;
    event.preventDefault();
    const mayDrop = this.#isDropping;
    this.#setDropping(false);
    if (mayDrop) void this.#import(file);
  };

  #setDropping(isDropping: boolean): void {
    if (this.#isDropping === isDropping) return;
    this.#isDropping = isDropping;
    this.#page.requestUpdate();
  }
}
