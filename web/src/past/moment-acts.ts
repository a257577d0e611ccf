// What can be done with the moment one looks at: it is given a name, brought back, or made a document of its own. Bringing back says
// what will happen before it does, and how it is undone after.

import { announce } from '@weft/element/ui/announce';
import { icons } from '@weft/element/ui/icons';
import { html, nothing, type ReactiveController, type ReactiveControllerHost, type TemplateResult } from 'lit';
import { createRef, ref } from 'lit/directives/ref.js';
import { pathOf } from '../document/documents-api.js';
import { ServerRefused } from '../shell/api.js';
import { goTo } from '../shell/navigation.js';
import { HISTORY_PREFIX } from './history-path.js';
import { copyMoment, type Moment, nameVersion, type PastOf, type RestoreWish, restore } from './past-api.js';
import type { PastPart } from './past-parts.js';

interface Page extends ReactiveControllerHost, HTMLElement {
  readonly past: PastOf;
  /** Null: now. */
  readonly moment: Moment | null;
  readonly momentName: string;
  readonly shownTitle: string;
  refresh(): Promise<void>;
}

/** What came of the last thing that was done. */
type Told =
  /** `undo`: the restore that can be taken back, by its entry. */
  | { readonly kind: 'done'; readonly sentence: string; readonly undo: number | null }
  | { readonly kind: 'failed'; readonly sentence: string; readonly again: (() => void) | null };

/** Some blocks of the moment after an entry. */
interface AskedPart extends PastPart {
  readonly seq: number;
  /** "yesterday, 14:02" */
  readonly when: string;
}

type Asked = 'restore' | 'name' | AskedPart | null;

const MAX_NAME_LENGTH = 100;
const MAX_REASON_LENGTH = 200;

export class MomentActs implements ReactiveController {
  readonly #page: Page;
  readonly #dialog = createRef<HTMLDialogElement>();
  #asked: Asked = null;
  #told: Told | null = null;
  #isBusy = false;

  constructor(page: Page) {
    this.#page = page;
    page.addController(this);
  }

  hostConnected(): void {}

  get isBusy(): boolean {
    return this.#isBusy;
  }

  readonly restore = (): Promise<void> => this.#ask('restore');
  readonly restorePart = (part: AskedPart): Promise<void> => this.#ask(part);
  readonly giveName = (): Promise<void> => this.#ask('name');

  readonly copy = (): void => {
    const { past, moment } = this.#page;
    void this.#do('The copy could not be made.', false, async () => {
      const name = await copyMoment(past, moment);
      // Whoever has gone elsewhere meanwhile stays there, and finds it in the list.
      if (!this.#page.isConnected) return null;
      goTo(`/d/${pathOf(name)}`);
      announce('This is a new document. It began as a copy.');
      return null;
    });
  };

  banner(): TemplateResult | typeof nothing {
    const told = this.#told;
    if (this.#isBusy) return html`<div class="banner" role="status"><p>One moment…</p></div>`;
    if (told === null) return nothing;
    if (told.kind === 'failed') {
      return html`<div class="banner bad" role="alert">
        ${icons.warning}
        <p>${told.sentence}</p>
        <div class="actions">${told.again ? html`<button @click=${told.again}>Try again</button>` : nothing}${this.#dismiss}</div>
      </div>`;
    }
    const { undo } = told;
    return html`<div class="banner good" role="status">
      ${icons.check}
      <p>${told.sentence}</p>
      <div class="actions">
        ${undo === null ? nothing : html`<button @click=${() => this.#undo(undo)}>${icons.undo}Undo</button>`}
        <a class="button" href="/d/${pathOf(this.#page.past.document)}">Open the document</a>${this.#dismiss}
      </div>
    </div>`;
  }

  get #dismiss(): TemplateResult {
    const dismiss = (): void => this.#tell(null);
    return html`<button class="quiet" aria-label="Close this message" @click=${dismiss}>${icons.close}</button>`;
  }

  dialog(): TemplateResult | typeof nothing {
    if (this.#asked === null) return nothing;
    return html`<dialog ${ref(this.#dialog)} class="question" aria-labelledby="moment-question" @close=${this.#closed}>
      <form method="dialog">${this.#asked === 'name' ? this.#nameForm() : this.#restoreForm(this.#asked)}</form>
    </dialog>`;
  }

  #restoreForm(asked: 'restore' | AskedPart): TemplateResult {
    return html`${asked === 'restore' ? this.#aboutAll : aboutPart(asked)}
      <label class="field">Why, for those who look later (may be empty)<input type="text" name="said" maxlength=${MAX_REASON_LENGTH} autocomplete="off" /></label>
      <div class="actions">
        <button class="framed" value="no" type="button" @click=${() => this.#dialog.value?.close('no')}>Cancel</button>
        <button class="primary" value="yes" autofocus>Bring it back</button>
      </div>`;
  }

  get #aboutAll(): TemplateResult {
    const { momentName, shownTitle } = this.#page;
    return html`<h2 id="moment-question">Bring back ${momentName}?</h2>
      <p>
        “<span dir="auto">${shownTitle}</span>” becomes what it was then. Everybody stays in it, and what they write meanwhile stands. What is
        there now is kept as a version. You can undo this, and what is written from then on stays.
      </p>`;
  }

  #nameForm(): TemplateResult {
    return html`<h2 id="moment-question">Name ${this.#page.momentName}</h2>
      <p>A version with a name is found again, and is kept however old it gets.</p>
      <label class="field">Name<input type="text" name="said" maxlength=${MAX_NAME_LENGTH} autocomplete="off" autofocus placeholder="Sent to the printer" /></label>
      <div class="actions">
        <button class="framed" value="no" type="button" @click=${() => this.#dialog.value?.close('no')}>Cancel</button>
        <button class="primary" value="yes">Name it</button>
      </div>`;
  }

  async #ask(what: Asked): Promise<void> {
    this.#asked = what;
    this.#page.requestUpdate();
    await this.#page.updateComplete;
    this.#dialog.value?.showModal();
  }

  readonly #closed = (): void => {
    const dialog = this.#dialog.value!;
    const said = dialog.querySelector('input')?.value.trim() ?? '';
    const asked = this.#asked;
    this.#asked = null;
    this.#page.requestUpdate();
    if (dialog.returnValue !== 'yes') return;
    const { moment, momentName } = this.#page;
    if (asked === 'name' && said !== '') this.#name(said, moment);
    if (asked === 'restore' && moment)
      this.#restore(moment, said, `Brought back: ${momentName}. Everybody who has the document open sees it.`, true);
    if (asked !== null && typeof asked === 'object') {
      const { seq, blocks, when } = asked;
      const sentence = `Brought back: ${named(asked)} as it was ${when}. Everything else stayed as it is.`;
      this.#restore({ seq, blocks }, said, sentence, true);
    }
  };

  #name(name: string, moment: Moment | null): void {
    const { past } = this.#page;
    void this.#do('The moment could not be named.', false, async () => {
      const { id } = await nameVersion(past, name, moment);
      if (!this.#page.isConnected) return null;
      goTo(`${HISTORY_PREFIX}${pathOf(past.document)}?at=${id}`);
      announce(`The moment is named “${name}”.`);
      await this.#page.refresh();
      return null;
    });
  }

  #undo(seq: number): void {
    this.#restore(
      { undo: seq },
      'Undo',
      'Undone: what came back is gone again. What was written since then stays.',
      false,
    );
  }

  #restore(wish: RestoreWish, reason: string, sentence: string, mayUndo: boolean): void {
    const { past } = this.#page;
    // Of this wish, however often it has to be sent.
    const request = crypto.randomUUID();
    void this.#do('Nothing was brought back.', true, async () => {
      const { seq } = await restore(past, wish, reason, request);
      if (seq === null) {
        const nothing =
          'undo' in wish
            ? 'Nothing is left to undo.'
            : `Nothing differs: ${'blocks' in wish ? 'this' : 'the document'} is what it was then.`;
        return { kind: 'done', sentence: nothing, undo: null };
      }
      return { kind: 'done', sentence, undo: mayUndo ? seq : null };
    });
  }

  /**
   * One thing at a time; what was done shows in the list.
   *
   * @param isOneWish  sent again it is the same wish, and is not done twice
   */
  async #do(failure: string, isOneWish: boolean, act: () => Promise<Told | null>): Promise<void> {
    this.#isBusy = true;
    this.#tell(null);
    try {
      const told = await act();
      this.#isBusy = false;
      this.#tell(told);
      if (told !== null) await this.#page.refresh();
    } catch (error) {
      this.#isBusy = false;
      const isRefused = error instanceof ServerRefused && error.status < 500;
      const start = isRefused ? failure : 'It is not known whether this was done.';
      const again = (): void => void this.#do(failure, isOneWish, act);
      const sentence = `${start} ${(error as Error).message}`;
      this.#tell({ kind: 'failed', sentence, again: isRefused || isOneWish ? again : null });
    }
  }

  #tell(told: Told | null): void {
    this.#told = told;
    this.#page.requestUpdate();
  }
}

const named = ({ words, isSection }: PastPart): string =>
  words === '' ? (isSection ? 'the section' : 'what stood there') : `“${words}”`;

const aboutPart = ({ words, isSection, when }: AskedPart): TemplateResult => html`
  <h2 id="moment-question">Bring back only this${isSection ? ' section' : ''}?</h2>
  ${words === '' ? nothing : html`<blockquote dir="auto">${words}</blockquote>`}
  <p>
    ${isSection ? 'The heading and what stood under it become what they were' : 'It becomes what it was'} ${when}, where it stood. Everything
    else stays as it is${isSection ? ', also what was added to the section' : ''}. Everybody stays in the document. You can undo this, and what is
    written from then on stays.
  </p>
`;
