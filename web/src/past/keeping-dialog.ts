// The dialog of a document's past as a whole, for its owner: how much of it there is, for how long it is kept, and ways to take it
// away. What would go is said before, with how much it is; a second question names the document.

import { announce } from '@weft/element/ui/announce';
import { askFirst } from '@weft/element/ui/ask-first';
import { icons } from '@weft/element/ui/icons';
import { LightElement } from '@weft/element/ui/light-element';
import { exactTime } from '@weft/element/ui/when';
import { html, nothing, type TemplateResult } from 'lit';
import { createRef, ref } from 'lit/directives/ref.js';
import { ServerRefused } from '../shell/api.js';
import {
  eraseDeleted,
  type Keeping,
  keepFor,
  planErasure,
  planTrim,
  readKeeping,
  type TakenPast,
  trim,
} from './keeping-api.js';
import { momentInWords } from './past-words.js';
import { forField } from './version-list.js';

export interface KeptDocument {
  readonly name: string;
  readonly title: string;
  /** Something of its past is gone. */
  readonly changed: () => void;
}

const DAY_MS = 24 * 60 * 60 * 1000;
const CHOICES = [30, 90, 365, 1825];
const NAMES_SHOWN = 3;

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
          <h2 id="keeping-title">The past of <span dir="auto">“${this.of.title}”</span></h2>
          <button class="quiet" aria-label="Close" @click=${close}>${icons.close}</button>
        </header>
        <div class="share-scroll">${this.#content()}</div>
        <div class="share-done ${this.told?.tone ?? ''}" role="status">${this.told ? html`<span>${this.told.sentence}</span>` : nothing}</div>
        <footer><span></span><button class="primary" autofocus @click=${close}>Done</button></footer>
      </div>
    </dialog>`;
  }

  #content(): TemplateResult {
    const { state } = this;
    if (state.kind === 'failed') {
      return html`<div role="alert">
        <p><b>How far the past goes back could not be fetched.</b> ${state.message} Nothing was changed.</p>
        <p><button class="framed" @click=${this.#load}>${icons.retry}Try again</button></p>
      </div>`;
    }
    if (state.kind === 'loading') {
      return html`<div aria-busy="true" aria-label="Fetching how far the past goes back"><div class="row-skeleton"><i></i><i></i></div></div>`;
    }
    return html`${this.#keepSection(state.keeping)}${this.#trimSection()}${this.#eraseSection()}`;
  }

  #keepSection({ ofDocument, ofServer, entries, sinceMs }: Keeping): TemplateResult {
    const most = ofServer ?? Number.POSITIVE_INFINITY;
    const choices = [...new Set([...CHOICES, ...(ofDocument === null ? [] : [ofDocument])])]
      .filter((days) => days < most || days === ofDocument)
      .sort((a, b) => a - b);
    const all = ofServer === null ? 'for good' : `${inDays(ofServer)}, as this server says`;
    return html`<section>
      <h3>How far it goes back</h3>
      <p>${extent(entries, sinceMs)}</p>
      <label class="keep-for">
        Earlier states are kept
        <select ?disabled=${this.isBusy} @change=${this.#chosen}>
          <option value="" .selected=${ofDocument === null}>${all}</option>
          ${choices.map((days) => html`<option value=${days} .selected=${days === ofDocument}>${inDays(days)}</option>`)}
        </select>
      </label>
    </section>`;
  }

  #trimSection(): TemplateResult {
    return html`<section>
      <h3>Remove the past before a moment</h3>
      <p class="hint">
        The text of today stays, and who wrote it. What was deleted before, who wrote when, and the versions until then are gone. People who write here
        notice nothing.
      </p>
      <form class="actions" @submit=${this.#trimAsked}>
        <input aria-label="Before" name="before" type="datetime-local" step="1" required max=${forField(Date.now())} />
        <button class="framed" ?disabled=${this.isBusy}>Remove…</button>
      </form>
    </section>`;
  }

  #eraseSection(): TemplateResult {
    return html`<section>
      <h3>Erase what was deleted</h3>
      <p class="hint">
        For a password that was pasted and deleted again. All of the past goes, and every device lets go of what it kept: nobody can undo their way
        back to it. What still stands in the text, delete there first.
      </p>
      <div class="actions"><button class="framed" ?disabled=${this.isBusy} @click=${this.#eraseAsked}>Erase what was deleted…</button></div>
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
    void this.#do('Changing how long it is kept…', async () => {
      if (days !== null && !(await this.#mayKeep(days))) return null;
      const keeping = await keepFor(this.of.name, days);
      this.state = { kind: 'shown', keeping };
      if (days !== null) return `What is older than ${inDays(days)} is removed once a day from now on.`;
      const { ofServer } = keeping;
      return ofServer === null
        ? 'Nothing is removed by itself any more.'
        : `What is older than ${inDays(ofServer)} is removed once a day, as this server says.`;
    });
  };

  async #mayKeep(days: number): Promise<boolean> {
    const plan = await planTrim(this.of.name, Date.now() - days * DAY_MS, this.#leave.signal);
    if (plan.entries === 0) return true;
    return this.#asked({
      title: `Keep the past of “${this.of.title}” for ${inDays(days)}?`,
      text: `Within a day ${goes(plan)}. It cannot be undone. What gets older from then on goes the same way.`,
      yes: `Keep ${inDays(days)}`,
    });
  }

  readonly #trimAsked = (event: SubmitEvent): void => {
    event.preventDefault();
    const { value } = (event.target as HTMLFormElement).elements.namedItem('before') as HTMLInputElement;
    const beforeMs = new Date(value).getTime();
    if (Number.isNaN(beforeMs)) return;
    const before = momentInWords(beforeMs, Date.now());
    void this.#do('Looking at what would go…', async () => {
      const plan = await planTrim(this.of.name, beforeMs, this.#leave.signal);
      if (plan.entries === 0) return `There is nothing older than ${before}: nothing was removed.`;
      const isMeant = await this.#asked({
        title: `Remove the past of “${this.of.title}” before ${before}?`,
        text: `Then ${goes(plan)}. The text of today stays. It cannot be undone.`,
        yes: 'Remove it',
      });
      if (!isMeant) return null;
      this.#tell('Removing…');
      const done = await trim(this.of.name, beforeMs);
      return this.#taken(`Gone: ${inWords(done)}.`);
    });
  };

  readonly #eraseAsked = (): void => {
    void this.#do('Looking at what would go…', async () => {
      const plan = await planErasure(this.of.name, this.#leave.signal);
      const isMeant = await this.#asked({
        title: `Erase what was deleted in “${this.of.title}” for good?`,
        text: [
          `With it ${goes(plan)}.`,
          'The text of today stays, and who wrote it.',
          'Whoever has it open is sent out for a moment and comes back; what they had not saved is kept for them as a draft.',
          ...(plan.replacedFiles > 0
            ? ['What was kept of it on the server before something took its place goes, too.']
            : []),
          ...(plan.backupsMs.length > 0
            ? [`The backup of ${exactTime(Math.max(...plan.backupsMs))} holds it until the next one is made.`]
            : []),
          'It cannot be undone.',
        ].join(' '),
        yes: 'Erase it',
      });
      if (!isMeant) return null;
      this.#tell('Erasing…');
      const done = await eraseDeleted(this.of.name);
      return this.#taken(`What was deleted is erased for good, and with it ${inWords(done)}.`);
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
      const start = isRefused
        ? 'Nothing was changed.'
        : 'It is not known whether this was done: look again in a while.';
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
  if (sinceMs === null) return 'Nothing was written here yet.';
  const since = html`<span title=${exactTime(sinceMs)}>${momentInWords(sinceMs, Date.now())}</span>`;
  return entries === 0
    ? html`Nothing is kept of what was here before ${since}, and nothing was written since.`
    : html`${amount(entries, 'change')} since ${since}.`;
}

const amount = (count: number, one: string): string => `${count.toLocaleString('en')} ${one}${count === 1 ? '' : 's'}`;

function inDays(days: number): string {
  if (days % 365 === 0) return days === 365 ? 'a year' : `${days / 365} years`;
  return amount(days, 'day');
}

function inWords({ entries, versions }: TakenPast): string {
  const changes = amount(entries, 'change');
  return versions === 0 ? changes : `${changes} and ${amount(versions, 'version')}`;
}

/** "1,834 changes and 41 versions go, among them “Sent to Cleo” and 2 more with names" */
function goes(plan: TakenPast): string {
  const { entries, named, versions } = plan;
  const verb = entries === 1 && versions === 0 ? 'goes' : 'go';
  if (named.length === 0) return `${inWords(plan)} ${verb}`;
  const shown = named.slice(0, NAMES_SHOWN).map((name) => `“${name}”`);
  const more = named.length - shown.length;
  return `${inWords(plan)} ${verb}, among them ${[...shown, ...(more > 0 ? [`${more} more with names`] : [])].join(', ')}`;
}
