// How a document begins. Where everybody may begin anything, an address that nobody has begun is not a document yet: of what is blank
// the server is asked. And what was read from a file for a new document is written before anybody sees it without.

import { announce } from '@weft/element/ui/announce';
import type { LateParts } from '@weft/element/ui/late-parts';
import type { SharedDocument } from '@weft/provider';
import { nothing, type ReactiveController, type ReactiveControllerHost, type TemplateResult } from 'lit';
import { banner, importNote } from './document-problems.js';
import { documentExists } from './documents-api.js';
import { type ImportedFile, placeImport } from './import-files.js';

const loadAbsent = () => import('./absent-page.js');

interface Page extends ReactiveControllerHost {
  readonly name: string;
  readonly shared: SharedDocument;
  readonly hasTitle: boolean;
}

export class DocumentBeginning implements ReactiveController {
  readonly #page: Page;
  readonly #late: LateParts;
  #existence: 'given' | 'asked' | 'absent' = 'given';
  /** The file that this document was made of, while there is something to tell of it. */
  #imported: ImportedFile | null = null;

  /** @param late  loads what is shown where there is none */
  constructor(page: Page, late: LateParts) {
    this.#page = page;
    this.#late = late;
    page.addController(this);
  }

  hostConnected(): void {}

  /** Nobody has begun it. */
  get isAbsent(): boolean {
    return this.#existence === 'absent';
  }

  /** The server is being asked, or has said that there is none. */
  get isOpenQuestion(): boolean {
    return this.#existence !== 'given';
  }

  /** Nobody has ever written here: who writes and deletes all of it leaves an empty paragraph. */
  get isBlank(): boolean {
    return !this.#page.hasTitle && this.#page.shared.doc.getXmlFragment('prosemirror').length === 0;
  }

  begun(): void {
    this.#existence = 'given';
  }

  /** Only of what is blank, and only where everybody may begin anything: elsewhere the server turns the address down. */
  async ask(exists: () => void): Promise<void> {
    this.#existence = 'asked';
    const isThere = await documentExists(this.#page.name).catch(() => true);
    if (isThere || !this.isBlank) return exists();
    this.#existence = 'absent';
    void this.#late.use('This page', loadAbsent, () => this.#page.requestUpdate());
  }

  placeImport(): void {
    if (!this.isBlank) return;
    const imported = placeImport(this.#page.name, this.#page.shared.doc);
    if (imported === null) return;
    if (imported.incoming.warnings.length === 0) return announce(`The text of “${imported.fileName}” is here.`);
    this.#imported = imported;
    this.#page.requestUpdate();
  }

  /** What was lost on the way from a file. */
  get note(): TemplateResult | typeof nothing {
    if (this.#imported === null) return nothing;
    const dismiss = (): void => {
      this.#imported = null;
      this.#page.requestUpdate();
    };
    return banner(importNote(this.#imported, dismiss));
  }
}
