// What a document's page opens beside its text: sharing, finding and replacing, the list of shortcuts. Each is loaded when
// it is first used, and has a place in the page from the beginning.

import type { Editor } from '@weft/editor';
import { html, nothing, type ReactiveController, type ReactiveControllerHost, type TemplateResult } from 'lit';
import { createRef, ref } from 'lit/directives/ref.js';
import type { FindPanel } from './find-panel.js';
import { pageKeyOf } from './key-names.js';
import { LateParts, type Missing } from './late-parts.js';
import type { ShareDialog } from './share-dialog.js';

interface Page extends ReactiveControllerHost, HTMLElement {
  /** Null before there is a text. */
  readonly editor: Editor | null;
}

export class DocumentTools implements ReactiveController {
  readonly #page: Page;
  readonly #late: LateParts;
  readonly #shareDialog = createRef<ShareDialog>();
  readonly #findPanel = createRef<FindPanel>();

  constructor(page: Page) {
    this.#page = page;
    this.#late = new LateParts(page);
    page.addController(this);
  }

  hostConnected(): void {
    document.addEventListener('keydown', this.#keyPressed);
  }

  hostDisconnected(): void {
    document.removeEventListener('keydown', this.#keyPressed);
  }

  /** What was asked for and could not be loaded. */
  get missing(): Missing | null {
    return this.#late.missing;
  }

  readonly share = (): void => {
    void this.#late.use(
      'Sharing',
      () => import('./share-dialog.js'),
      () => void this.#shareDialog.value?.open(),
    );
  };

  readonly find = async (): Promise<void> => {
    const typed = takeTyping();
    const came = await this.#late.use(
      'Find and replace',
      () => import('./find-panel.js'),
      () => void this.#findPanel.value?.open(typed()),
    );
    typed();
    if (!came) this.#page.editor?.focus();
  };

  readonly listShortcuts = (): void => {
    void this.#late.use(
      'The list of shortcuts',
      () => import('./shortcuts-dialog.js'),
      ({ showShortcuts }) => showShortcuts(),
    );
  };

  findBar(isEditable: boolean): TemplateResult | typeof nothing {
    const { editor } = this.#page;
    if (!editor) return nothing;
    return html`<weft-find ${ref(this.#findPanel)} .editor=${editor} .isEditable=${isEditable}></weft-find>`;
  }

  shareDialog(about: Pick<ShareDialog, 'name' | 'documentTitle' | 'ownRole' | 'isOpenServer'>): TemplateResult {
    return html`<weft-share
      ${ref(this.#shareDialog)}
      .name=${about.name}
      .documentTitle=${about.documentTitle}
      .ownRole=${about.ownRole}
      .isOpenServer=${about.isOpenServer}
    ></weft-share>`;
  }

  /** Wherever the caret is: in the text, in the title, or nowhere. */
  readonly #keyPressed = (event: KeyboardEvent): void => {
    const key = pageKeyOf(event);
    if (key === null || !this.#page.editor || document.querySelector('dialog[open]')) return;
    event.preventDefault();
    if (key === 'find') void this.find();
    else this.listShortcuts();
  };
}

/** What is typed at once is for the bar that is on its way, and not for the text. @returns what ends it, and says what was typed */
function takeTyping(): () => string {
  const field = document.createElement('input');
  field.className = 'visually-hidden';
  field.ariaLabel = 'Find';
  document.body.append(field);
  field.focus();
  return () => {
    field.remove();
    return field.value;
  };
}
