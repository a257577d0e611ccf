// The page of a document's past while it is played: what plays it is loaded when it is asked for, and says which moment one is at.

import { LateParts } from '@weft/element/ui/late-parts';
import * as words from '@weft/words/past';
import { html, type ReactiveController, type ReactiveControllerHost, type TemplateResult } from 'lit';
import { missingPart } from './history-parts.js';
import type { PastOf } from './past-api.js';
import { momentInWords } from './past-words.js';
import type { PlayedMoment } from './player.js';

interface Page extends ReactiveControllerHost, HTMLElement {
  readonly past: PastOf;
}

export class HistoryPlayback implements ReactiveController {
  readonly #page: Page;
  readonly #parts: LateParts;
  readonly #lookAt: (atMs: number) => void;
  #isLoaded = false;
  #moment: PlayedMoment | null = null;
  #startAt: number | null = null;

  /** @param lookAt  goes to a time of the document */
  constructor(page: Page, lookAt: (atMs: number) => void) {
    this.#page = page;
    this.#lookAt = lookAt;
    this.#parts = new LateParts(page);
    page.addController(this);
  }

  hostConnected(): void {}

  /** Where one has stopped; null while it plays. */
  get moment(): PlayedMoment | null {
    return this.#moment;
  }

  get momentName(): string {
    if (this.#moment === null) return words.howWritten;
    return this.#moment.seq === 0 ? words.emptyBeginning : momentInWords(this.#moment.timeMs, Date.now());
  }

  /** Who comes back goes on where they were. */
  open(): void {
    this.#startAt = this.#moment?.seq ?? null;
    if (this.#isLoaded) return;
    void this.#parts.use(
      words.thePlayback,
      () => import('./player.js'),
      () => {
        this.#isLoaded = true;
        this.#page.requestUpdate();
      },
    );
  }

  render(): TemplateResult {
    const { missing } = this.#parts;
    if (missing) return missingPart(missing);
    if (!this.#isLoaded) return html`<div class="sheet" aria-busy="true"></div>`;
    return html`<weft-player .past=${this.#page.past} .startAt=${this.#startAt} .lookAt=${this.#lookAt} @weft-moment=${this.#stopped}></weft-player>`;
  }

  readonly #stopped = ({ detail }: CustomEvent<PlayedMoment | null>): void => {
    this.#moment = detail;
    this.#page.requestUpdate();
  };
}
