// What can be done with the moment one looks at: it is given a name, brought back, or made a document of its own. Bringing back says
// what will happen before it does, and how it is undone after.

import { announce } from '@weft/element/ui/announce';
import { icons } from '@weft/element/ui/icons';
import * as words from '@weft/words/past';
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
    void this.#do(words.notCopied, false, async () => {
      const name = await copyMoment(past, moment);
      // Whoever has gone elsewhere meanwhile stays there, and finds it in the list.
      if (!this.#page.isConnected) return null;
      goTo(`/d/${pathOf(name)}`);
      announce(words.isCopy);
      return null;
    });
  };

  banner(): TemplateResult | typeof nothing {
    const told = this.#told;
    if (this.#isBusy) return html`<div class="banner" role="status"><p>${words.oneMoment}</p></div>`;
    if (told === null) return nothing;
    if (told.kind === 'failed') {
      return html`<div class="banner bad" role="alert" tabindex="-1">
        ${icons.warning}
        <p>${told.sentence}</p>
        <div class="actions">${told.again ? html`<button @click=${told.again}>${words.tryAgain}</button>` : nothing}${this.#dismiss}</div>
      </div>`;
    }
    const { undo } = told;
    return html`<div class="banner good" role="status" tabindex="-1">
      ${icons.check}
      <p>${told.sentence}</p>
      <div class="actions">
        ${undo === null ? nothing : html`<button @click=${() => this.#undo(undo)}>${icons.undo}${words.undo}</button>`}
        <a class="button" href="/d/${pathOf(this.#page.past.document)}">${words.openDocument}</a>${this.#dismiss}
      </div>
    </div>`;
  }

  get #dismiss(): TemplateResult {
    const dismiss = (): void => this.#tell(null);
    return html`<button class="quiet" aria-label=${words.closeMessage} @click=${dismiss}>${icons.close}</button>`;
  }

  dialog(): TemplateResult | typeof nothing {
    if (this.#asked === null) return nothing;
    return html`<dialog ${ref(this.#dialog)} class="question" aria-labelledby="moment-question" @close=${this.#closed}>
      <form method="dialog">${this.#asked === 'name' ? this.#nameForm() : this.#restoreForm(this.#asked)}</form>
    </dialog>`;
  }

  #restoreForm(asked: 'restore' | AskedPart): TemplateResult {
    return html`${asked === 'restore' ? this.#aboutAll : aboutPart(asked)}
      <label class="field">${words.why}<input type="text" name="said" maxlength=${MAX_REASON_LENGTH} autocomplete="off" /></label>
      <div class="actions">
        <button class="framed" value="no" type="button" @click=${() => this.#dialog.value?.close('no')}>${words.cancel}</button>
        <button class="primary" value="yes" autofocus>${words.bringBack}</button>
      </div>`;
  }

  get #aboutAll(): TemplateResult {
    const { momentName, shownTitle } = this.#page;
    return html`<h2 id="moment-question">${words.bringBackThis(momentName)}</h2>
      <p>
        ${words.bringBackMeans(html`<span dir="auto">${shownTitle}</span>`)}
      </p>`;
  }

  #nameForm(): TemplateResult {
    return html`<h2 id="moment-question">${words.nameThisMoment(this.#page.momentName)}</h2>
      <p>${words.nameMeans}</p>
      <label class="field">${words.name}<input type="text" name="said" maxlength=${MAX_NAME_LENGTH} autocomplete="off" autofocus placeholder=${words.forExample} /></label>
      <div class="actions">
        <button class="framed" value="no" type="button" @click=${() => this.#dialog.value?.close('no')}>${words.cancel}</button>
        <button class="primary" value="yes">${words.nameIt}</button>
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
    if (asked === 'restore' && moment) this.#restore(moment, said, words.broughtBack(momentName), true);
    if (asked !== null && typeof asked === 'object') {
      const { seq, blocks, when } = asked;
      const sentence = words.broughtBackPart(named(asked), when);
      this.#restore({ seq, blocks }, said, sentence, true);
    }
  };

  #name(name: string, moment: Moment | null): void {
    const { past } = this.#page;
    void this.#do(words.notNamed, false, async () => {
      const { id } = await nameVersion(past, name, moment);
      if (!this.#page.isConnected) return null;
      goTo(`${HISTORY_PREFIX}${pathOf(past.document)}?at=${id}`);
      announce(words.isNamed(name));
      await this.#page.refresh();
      return null;
    });
  }

  #undo(seq: number): void {
    this.#restore({ undo: seq }, words.undo, words.undone, false);
  }

  #restore(wish: RestoreWish, reason: string, sentence: string, mayUndo: boolean): void {
    const { past } = this.#page;
    // Of this wish, however often it has to be sent.
    const request = crypto.randomUUID();
    void this.#do(words.notBroughtBack, true, async () => {
      const { seq } = await restore(past, wish, reason, request);
      if (seq === null) {
        const nothing = 'undo' in wish ? words.nothingToUndo : 'blocks' in wish ? words.partAsThen : words.sameAsThen;
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
    const before = document.activeElement;
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
      const start = isRefused ? failure : words.notKnown;
      const again = (): void => void this.#do(failure, isOneWish, act);
      const sentence = `${start} ${(error as Error).message}`;
      this.#tell({ kind: 'failed', sentence, again: isRefused || isOneWish ? again : null });
    }
    await this.#page.updateComplete;
    // What was pressed could not be pressed meanwhile, or has gone with what was drawn anew.
    if (document.activeElement === document.body)
      (this.#page.querySelector<HTMLElement>('.banner') ?? (before as HTMLElement | null))?.focus();
  }

  #tell(told: Told | null): void {
    this.#told = told;
    this.#page.requestUpdate();
  }
}

const named = ({ words: text, isSection }: PastPart): string =>
  text === '' ? (isSection ? words.theSection : words.whatStoodThere) : words.quoted(text);

const aboutPart = ({ words: text, isSection, when }: AskedPart): TemplateResult => html`
  <h2 id="moment-question">${words.bringBackPart(isSection)}?</h2>
  ${text === '' ? nothing : html`<blockquote dir="auto">${text}</blockquote>`}
  <p>${(isSection ? words.sectionMeans : words.partMeans)(when)}</p>
`;
