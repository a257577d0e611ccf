// The dialog of a document's past as a whole, for its owner: how much of it there is, for how long it is kept, and ways to take it
// away. What would go is said before, with how much it is; a second question names the document.

import { announce } from '@weft/element/ui/announce';
import { askFirst } from '@weft/element/ui/ask-first';
import { icons } from '@weft/element/ui/icons';
import { LightElement } from '@weft/element/ui/light-element';
import { exactTime } from '@weft/element/ui/when';
import * as words from '@weft/words/keeping';
import { html, nothing, type TemplateResult } from 'lit';
import { createRef, ref } from 'lit/directives/ref.js';
import { ServerRefused } from '../shell/api.js';
import { eraseDeleted, type Keeping, keep, planErasure, planTrim, readKeeping, trim } from './keeping-api.js';
import { chosenMomentInWords, momentInWords } from './past-words.js';
import { forField, takeUpToNow } from './version-list.js';

export interface KeptDocument {
  readonly name: string;
  readonly title: string;
  /** Something of its past is gone. */
  readonly changed: () => void;
}

const DAY_MS = 24 * 60 * 60 * 1000;
const CHOICES = [30, 90, 365, 1825];

type State =
  | { readonly kind: 'loading' }
  | { readonly kind: 'failed'; readonly message: string }
  | { readonly kind: 'shown'; readonly keeping: Keeping };

/** What is being done, or was a moment ago. */
interface Told {
  readonly sentence: string;
  readonly tone: 'quiet' | 'bad';
}

class KeepingDialog extends LightElement {
  static override properties = {
    of: { attribute: false },
    state: { state: true },
    told: { state: true },
    isBusy: { state: true },
  };
  declare of: KeptDocument;
  declare private state: State;
  declare private told: Told | null;
  declare private isBusy: boolean;
  readonly #dialog = createRef<HTMLDialogElement>();
  readonly #leave = new AbortController();

  constructor() {
    super();
    this.state = { kind: 'loading' };
    this.told = null;
    this.isBusy = false;
  }

  override firstUpdated(): void {
    this.#dialog.value?.showModal();
    void this.#load();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#leave.abort();
  }

  override render(): TemplateResult {
    const close = (): void => this.#dialog.value?.close();
    return html`<dialog ${ref(this.#dialog)} class="share keeping" aria-labelledby="keeping-title" @close=${() => this.remove()}>
      <div class="share-body">
        <header>
          <h2 id="keeping-title">${words.pastOf(html`<span dir="auto">${words.quoted(this.of.title)}</span>`)}</h2>
          <button class="quiet" aria-label=${words.close} @click=${close}>${icons.close}</button>
        </header>
        <div class="share-scroll">${this.#content()}</div>
        <div class="share-done ${this.told?.tone ?? ''}" role="status">${this.told ? html`<span>${this.told.sentence}</span>` : nothing}</div>
        <footer><span></span><button class="primary" autofocus @click=${close}>${words.done}</button></footer>
      </div>
    </dialog>`;
  }

  #content(): TemplateResult {
    const { state } = this;
    if (state.kind === 'failed') {
      return html`<div role="alert">
        <p><b>${words.notFetched}</b> ${state.message} ${words.nothingChanged}</p>
        <p><button class="framed" @click=${this.#load}>${icons.retry}${words.tryAgain}</button></p>
      </div>`;
    }
    if (state.kind === 'loading') {
      return html`<div aria-busy="true" aria-label=${words.fetching}><div class="row-skeleton"><i></i><i></i></div></div>`;
    }
    return html`${this.#keepSection(state.keeping)}${this.#trimSection()}${this.#eraseSection()}`;
  }

  #keepSection({ ofDocument, ofServer, versions, entries, sinceMs }: Keeping): TemplateResult {
    const most = ofServer ?? Number.POSITIVE_INFINITY;
    const choices = [...new Set([...CHOICES, ...(ofDocument === null ? [] : [ofDocument])])]
      .filter((days) => days < most || days === ofDocument)
      .sort((a, b) => a - b);
    const all = ofServer === null ? words.forGood : words.asServerSays(ofServer);
    return html`<section>
      <h3>${words.howFar}</h3>
      <p>${extent(entries, sinceMs)}</p>
      <label class="keep-for">
        ${words.statesKept}
        <select ?disabled=${this.isBusy} @change=${this.#chosen}>
          <option value="" .selected=${ofDocument === null}>${all}</option>
          ${choices.map((days) => html`<option value=${days} .selected=${days === ofDocument}>${words.inDays(days)}</option>`)}
        </select>
      </label>
      <label class="keep-for">
        ${words.versionsKept}
        <select ?disabled=${this.isBusy} @change=${this.#versionsChosen}>
          <option value="thinned" .selected=${versions === 'thinned'}>${words.fewer}</option>
          <option value="all" .selected=${versions === 'all'}>${words.allOfThem}</option>
        </select>
      </label>
      <p class="hint">${words.momentsStay}</p>
    </section>`;
  }

  #trimSection(): TemplateResult {
    return html`<section>
      <h3>${words.removeBefore}</h3>
      <p class="hint">${words.removeMeans}</p>
      <form class="actions" @submit=${this.#trimAsked}>
        <input aria-label=${words.before} name="before" type="datetime-local" step="1" required max=${forField(Date.now())} @focus=${takeUpToNow} @input=${takeUpToNow} />
        <button class="framed" ?disabled=${this.isBusy}>${words.remove}</button>
      </form>
    </section>`;
  }

  #eraseSection(): TemplateResult {
    return html`<section>
      <h3>${words.eraseDeleted}</h3>
      <p class="hint">${words.eraseMeans}</p>
      <div class="actions"><button class="framed" ?disabled=${this.isBusy} @click=${this.#eraseAsked}>${words.erase}</button></div>
    </section>`;
  }

  readonly #load = async (): Promise<void> => {
    this.state = { kind: 'loading' };
    try {
      const keeping = await readKeeping(this.of.name, this.#leave.signal);
      this.state = { kind: 'shown', keeping };
    } catch (error) {
      if (!this.#leave.signal.aborted) this.state = { kind: 'failed', message: (error as Error).message };
    }
  };

  readonly #chosen = (event: Event): void => {
    const { value } = event.target as HTMLSelectElement;
    const days = value === '' ? null : Number(value);
    void this.#do(words.changing, async () => {
      if (days !== null && !(await this.#mayKeep(days))) return null;
      const keeping = await keep(this.of.name, { days });
      this.state = { kind: 'shown', keeping };
      if (days !== null) return words.removedDaily(days);
      const { ofServer } = keeping;
      return ofServer === null ? words.nothingRemoved : words.removedByServer(ofServer);
    });
  };

  readonly #versionsChosen = (event: Event): void => {
    const versions = (event.target as HTMLSelectElement).value === 'all' ? 'all' : 'thinned';
    void this.#do(words.changing, async () => {
      const keeping = await keep(this.of.name, { versions });
      this.state = { kind: 'shown', keeping };
      return versions === 'all' ? words.allStay : words.fewerStay;
    });
  };

  async #mayKeep(days: number): Promise<boolean> {
    const plan = await planTrim(this.of.name, Date.now() - days * DAY_MS, this.#leave.signal);
    if (plan.entries === 0) return true;
    return this.#asked({
      title: words.keepOnly(this.of.title, days),
      text: words.keepOnlyMeans(plan),
      yes: words.keepDays(days),
    });
  }

  readonly #trimAsked = (event: SubmitEvent): void => {
    event.preventDefault();
    const { value } = (event.target as HTMLFormElement).elements.namedItem('before') as HTMLInputElement;
    const beforeMs = new Date(value).getTime();
    if (Number.isNaN(beforeMs)) return;
    const before = chosenMomentInWords(beforeMs, Date.now());
    void this.#do(words.looking, async () => {
      const plan = await planTrim(this.of.name, beforeMs, this.#leave.signal);
      if (plan.entries === 0) return words.nothingOlder(before);
      const isMeant = await this.#asked({
        title: words.removeThis(this.of.title, before),
        text: words.removeThisMeans(plan),
        yes: words.removeIt,
      });
      if (!isMeant) return null;
      this.#tell(words.removing);
      const done = await trim(this.of.name, beforeMs);
      return this.#taken(words.gone(done));
    });
  };

  readonly #eraseAsked = (): void => {
    void this.#do(words.looking, async () => {
      const plan = await planErasure(this.of.name, this.#leave.signal);
      if (plan.isNothing) return words.nothingToErase;
      const isMeant = await this.#asked({
        title: words.eraseThis(this.of.title),
        text: words.eraseThisMeans(
          plan,
          plan.replacedFiles > 0,
          plan.backupsMs.length === 0 ? null : exactTime(Math.max(...plan.backupsMs)),
        ),
        yes: words.eraseIt,
      });
      if (!isMeant) return null;
      this.#tell(words.erasing);
      const done = await eraseDeleted(this.of.name);
      return this.#taken(words.erased(done));
    });
  };

  /** In a dialog of its own; the one below stays. */
  async #asked(question: Parameters<typeof askFirst>[0]): Promise<boolean> {
    this.told = null;
    return askFirst(question);
  }

  async #taken(sentence: string): Promise<string> {
    this.of.changed();
    await this.#load();
    return sentence;
  }

  /** One thing at a time. @param act  @returns what is said when it is done; null: it was not to be */
  async #do(doing: string, act: () => Promise<string | null>): Promise<void> {
    this.isBusy = true;
    this.#tell(doing);
    try {
      const sentence = await act();
      if (sentence === null) this.told = null;
      else this.#tell(sentence);
    } catch (error) {
      const isRefused = error instanceof ServerRefused && error.status < 500;
      const start = isRefused ? words.nothingChanged : words.notKnown;
      this.told = { sentence: `${start} ${(error as Error).message}`, tone: 'bad' };
    } finally {
      this.isBusy = false;
      // A control that shows what was wanted shows what is again.
      if (this.state.kind === 'shown') this.state = { ...this.state };
    }
  }

  #tell(sentence: string): void {
    this.told = { sentence, tone: 'quiet' };
    announce(sentence);
  }
}

customElements.define('weft-keeping', KeepingDialog);

export function openKeeping(of: KeptDocument): void {
  const dialog = new KeepingDialog();
  dialog.of = of;
  document.body.append(dialog);
}

function extent(entries: number, sinceMs: number | null): TemplateResult | string {
  if (sinceMs === null) return words.nothingWritten;
  const since = html`<span title=${exactTime(sinceMs)}>${momentInWords(sinceMs, Date.now())}</span>`;
  return html`${entries === 0 ? words.nothingSince(since) : words.changesSince(entries, since)}`;
}
