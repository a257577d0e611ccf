// How a document begins. Where everybody may begin anything, an address that nobody has begun is not a document yet: of what is blank
// the server is asked. And what was read from a file for a new document is written before anybody sees it without.

import { isBlank } from '@weft/element/reading/title';
import { banner, type Problem } from '@weft/element/saving/problems';
import { announce } from '@weft/element/ui/announce';
import type { LateParts } from '@weft/element/ui/late-parts';
import type { SharedDocument } from '@weft/provider';
import * as words from '@weft/words/document';
import * as problems from '@weft/words/problems';
import { html, nothing, type ReactiveController, type ReactiveControllerHost, type TemplateResult } from 'lit';
import { documentExists } from './documents-api.js';
import { type ImportedFile, placeImport } from './import-files.js';

interface Page extends ReactiveControllerHost {
  readonly name: string;
  readonly shared: SharedDocument;
  readonly late: LateParts;
}

const loadAbsentPage = () => import('./absent-page.js');

export class DocumentBeginning implements ReactiveController {
  readonly #page: Page;
  #existence: 'unasked' | 'asked' | 'absent' | 'given' = 'unasked';
  /** The file that this document was made of, while there is something to tell of it. */
  #imported: ImportedFile | null = null;

  constructor(page: Page) {
    this.#page = page;
    page.addController(this);
  }

  hostConnected(): void {}

  /** Nobody has begun it. */
  get isAbsent(): boolean {
    return this.#existence === 'absent';
  }

  get #isBlank(): boolean {
    return isBlank(this.#page.shared.doc);
  }

  readonly begun = (): void => {
    this.#existence = 'given';
    this.#page.requestUpdate();
  };

  /**
   * A text has come, from this browser or from the server. The server is asked only of what is blank, and only where everybody may begin
   * anything: elsewhere it turns the address down.
   *
   * @param show  it is to be shown after all
   * @returns     whether it is not to be shown yet
   */
  holdsBack(isOpenServer: boolean, show: () => void): boolean {
    if (this.#existence === 'unasked' && isOpenServer && this.#isBlank) {
      if (this.#page.shared.synced) void this.#ask(show);
      return true;
    }
    if (this.#existence === 'asked' || this.#existence === 'absent') return true;
    this.#placeImport();
    return false;
  }

  async #ask(show: () => void): Promise<void> {
    this.#existence = 'asked';
    const isThere = await documentExists(this.#page.name).catch(() => true);
    if (!isThere && this.#isBlank) {
      await this.#page.late.use(words.parts.page, loadAbsentPage, () => {
        this.#existence = 'absent';
        this.#page.requestUpdate();
      });
      return;
    }
    this.#existence = 'given';
    this.#placeImport();
    show();
  }

  #placeImport(): void {
    if (!this.#isBlank) return;
    const imported = placeImport(this.#page.name, this.#page.shared.doc);
    if (imported === null) return;
    if (imported.incoming.warnings.length === 0) return announce(words.textOfFile(imported.fileName));
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

/** What of a file did not come in as it was there. */
function importNote({ fileName, incoming }: ImportedFile, dismiss: () => void): Problem {
  const [first, ...more] = incoming.warnings;
  const rest = more.length > 3 ? [...more.slice(0, 2), problems.andMore(more.length - 2)] : more;
  return {
    title: problems.textOfFile(fileName),
    text: html`<span lang="en">${[first, ...rest].join(' ')}</span>`,
    tone: 'warn',
    controls: html`<button class="quiet" @click=${dismiss}>${problems.dismiss}</button>`,
  };
}
