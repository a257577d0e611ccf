// What a document's page opens beside its text. Each is loaded when it is first used, and has a place in the page from the beginning.

import { html, type ReactiveControllerHost, type TemplateResult } from 'lit';
import { createRef, ref } from 'lit/directives/ref.js';
import { LateParts, type Missing } from './late-parts.js';
import type { ShareDialog } from './share-dialog.js';

export class DocumentTools {
  readonly #late: LateParts;
  readonly #shareDialog = createRef<ShareDialog>();

  constructor(page: ReactiveControllerHost & HTMLElement) {
    this.#late = new LateParts(page);
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

  shareDialog(about: Pick<ShareDialog, 'name' | 'documentTitle' | 'ownRole' | 'isOpenServer'>): TemplateResult {
    return html`<weft-share
      ${ref(this.#shareDialog)}
      .name=${about.name}
      .documentTitle=${about.documentTitle}
      .ownRole=${about.ownRole}
      .isOpenServer=${about.isOpenServer}
    ></weft-share>`;
  }
}
