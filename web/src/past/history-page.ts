// The page of a document's past: one moment of it in the middle, with what is different from another one in the colours of who did it;
// all versions beside it; and ways to give the moment a name, to bring it back, and to make a document of it.

import { ChangesView } from '@weft/editor/changes';
import { pictureSource } from '@weft/element/pictures/asset-address';
import { announce } from '@weft/element/ui/announce';
import { icons, logo } from '@weft/element/ui/icons';
import { LightElement } from '@weft/element/ui/light-element';
import type { Role } from '@weft/protocol';
import * as words from '@weft/words/past';
import { html, nothing, type TemplateResult } from 'lit';
import { createRef, ref } from 'lit/directives/ref.js';
import { pathOf } from '../document/documents-api.js';
import { ServerRefused } from '../shell/api.js';
import { goTo } from '../shell/navigation.js';
import { pageStorage } from '../shell/page-storage.js';
import { lastVisit } from '../start/last-visits.js';
import {
  againstFor,
  COMPARED_WITH,
  type ComparedWith,
  comparedMoments,
  isOffered,
  isPlayed,
  type LookedAt,
  type Looking,
  momentOf,
  PLAYED,
  readLooking,
  sideOf,
  writeLooking,
} from './history-address.js';
import { historyIcons } from './history-icons.js';
import { HistoryKeeping } from './history-keeping.js';
import { failedMoment, failurePage, partButton, skeleton, stepper, titleChange, whoChanged } from './history-parts.js';
import { HISTORY_PREFIX } from './history-path.js';
import { HistoryPlayback } from './history-playback.js';
import { MomentActs } from './moment-acts.js';
import { type Comparison, compareMoments, listVersions, type PastOf, readDocument, type Version } from './past-api.js';
import { type PastPart, partsIn } from './past-parts.js';
import { changeInWords, colorOfPerson, momentInWords, stepInWords } from './past-words.js';
import { versionList } from './version-list.js';

const storage = pageStorage(() => localStorage);
/** Of the window, above and below what one is shown. */
const MARGIN_PX = 80;

type State =
  | { readonly kind: 'loading' }
  | { readonly kind: 'failed'; readonly error: Error }
  | { readonly kind: 'shown'; readonly comparison: Comparison };

class HistoryPage extends LightElement {
  static override properties = {
    name: { attribute: false },
    link: { attribute: false },
    isOpenServer: { attribute: false },
    search: { attribute: false },
    documentTitle: { state: true },
    ownRole: { state: true },
    versions: { state: true },
    unreadable: { state: true },
    next: { state: true },
    listFailure: { state: true },
    state: { state: true },
    step: { state: true },
    isMarked: { state: true },
  };
  declare name: string;
  /** The secret of a share link; '' without one. */
  declare link: string;
  /** Where nobody owns anything, everybody may do everything. */
  declare isOpenServer: boolean;
  /** Of the address: what is looked at. */
  declare search: string;
  declare private documentTitle: string;
  declare private ownRole: Role | null;
  /** Null before they are here. */
  declare private versions: readonly Version[] | null;
  /** How many of those that were fetched cannot be read. */
  declare private unreadable: number;
  declare private next: string | null;
  declare private listFailure: Error | null;
  declare private state: State;
  /** Which change one is at; null before the first was gone to. */
  declare private step: number | null;
  /** Changes are shown as such. */
  declare private isMarked: boolean;
  readonly #acts = new MomentActs(this);
  readonly #playback = new HistoryPlayback(this, (atMs) => this.#lookAt({ kind: 'time', atMs }, 'now'));
  readonly #keeping = new HistoryKeeping(this, () => {
    // What one looked at may be gone.
    this.#lookAt({ kind: 'now' }, 'before');
    void this.refresh();
  });
  readonly #sheet = createRef<HTMLElement>();
  #view: ChangesView | null = null;
  /** What the view shows. */
  #drawn: Comparison | null = null;
  #parts: ReadonlyMap<number, PastPart> = new Map();
  #listing = new AbortController();
  #comparing = new AbortController();
  #older: Promise<void> | null = null;
  #visitMs: number | null = null;

  constructor() {
    super();
    this.link = '';
    this.documentTitle = '';
    this.ownRole = null;
    this.versions = null;
    this.unreadable = 0;
    this.next = null;
    this.listFailure = null;
    this.state = { kind: 'loading' };
    this.step = null;
    this.isMarked = true;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    document.title = words.history;
    this.#visitMs = lastVisit(storage, this.name);
    void this.#load();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#listing.abort();
    this.#comparing.abort();
    this.#closeView();
  }

  override willUpdate(changed: ReadonlyMap<PropertyKey, unknown>): void {
    if (changed.has('search') && this.versions !== null) void this.#show();
  }

  override updated(changed: ReadonlyMap<PropertyKey, unknown>): void {
    if (this.#view && !this.#sheet.value) this.#closeView();
    if (this.state.kind !== 'shown' || !this.#sheet.value) return;
    const { comparison } = this.state;
    this.#view ??= new ChangesView(this.#sheet.value, {
      colorOf: colorOfPerson,
      describe: (kind, edit, writtenBy) => changeInWords(kind, edit, this.#people, writtenBy),
      pictureSource,
      toolFor: (block) => this.#partTool(block),
    });
    if (this.#drawn === comparison && !changed.has('isMarked')) return;
    this.#parts = this.#mayRestore ? partsIn(comparison.blocks) : new Map();
    try {
      this.#view.show(comparison.blocks, this.isMarked ? null : sideOf(this.looking));
      this.#drawn = comparison;
    } catch (error) {
      // What is shown is never another moment than the page names.
      console.warn(error);
      this.state = { kind: 'failed', error: new Error(words.undrawable) };
    }
  }

  get past(): PastOf {
    return { document: this.name, link: this.link };
  }

  get isPlayed(): boolean {
    return isPlayed(this.search);
  }

  get looking(): Looking {
    return readLooking(this.search, this.#visitMs !== null);
  }

  /** "yesterday, 14:02", or the name it was given. */
  get momentName(): string {
    if (this.isPlayed) return this.#playback.momentName;
    const { at } = this.looking;
    if (at.kind === 'now') return words.whatIsNow;
    if (at.kind === 'time') return momentInWords(at.atMs, Date.now());
    const version = this.versions?.find(({ id }) => id === at.id);
    if (version && version.name !== '') return words.quoted(version.name);
    const atMs = version?.timeMs ?? (this.state.kind === 'shown' ? this.state.comparison.toMs : null);
    return atMs === null ? words.earlierVersion : momentInWords(atMs, Date.now());
  }

  get shownTitle(): string {
    return this.documentTitle || words.untitled;
  }

  override render(): TemplateResult {
    if (this.listFailure) return failurePage(this.listFailure, this.name, this.#tryAgain);
    const isPast = this.moment !== null;
    return html`
      <div class="head">
      <header class="top history-top">
        <a class="button home" href="/" aria-label=${words.allDocuments} title=${words.allDocuments}>${logo}</a>
        <div class="name">
          <h1 class="title" dir="auto">${this.shownTitle}</h1>
          <p class="save"><span>${words.lookingAt(this.momentName, isPast)}</span></p>
        </div>
        <div class="right">
          <a class="button quiet" href="/d/${pathOf(this.name)}" aria-label=${words.backToText}>${historyIcons.back}<span class="wide">${words.backToText}</span></a>
          <button class="quiet" ?disabled=${this.#isMoving} @click=${this.#acts.copy} title=${words.copyMeans}>
            ${icons.copy}<span class="wide">${words.makeCopy}</span>
          </button>
          ${
            this.#mayRestore && isPast
              ? html`<button class="primary" ?disabled=${this.#acts.isBusy} @click=${this.#acts.restore}>
                ${historyIcons.restore}<span>${words.bringBack}</span>
              </button>`
              : nothing
          }
        </div>
      </header>
      ${this.#acts.banner()}
      </div>
      <div class="history">
        <main class="history-view" aria-busy=${String(this.state.kind === 'loading' && !this.isPlayed)}>${this.isPlayed ? this.#playback.render() : this.#middle()}</main>
        <aside class="history-side" aria-label=${words.versions}>
          <button class="quiet name-it" ?disabled=${this.#isMoving} @click=${this.#acts.giveName}>
            ${historyIcons.bookmark}<span>${words.nameThis}</span>
          </button>
          ${versionList({
            versions: this.versions,
            unreadable: this.unreadable,
            hasMore: this.next !== null,
            looking: this.isPlayed ? null : this.looking,
            visitMs: this.#visitMs,
            lookAt: this.#lookAt,
            more: this.#loadMore,
          })}
          ${this.#isOwner ? this.#keeping.render() : nothing}
        </aside>
      </div>
      ${this.#acts.dialog()}
    `;
  }

  #middle(): TemplateResult {
    const { state } = this;
    if (state.kind === 'failed') return failedMoment('shown', state.error, () => this.#compare());
    const title = state.kind === 'shown' ? state.comparison.title : null;
    return html`
      <div class="history-bar">
        <label class="against">
          ${words.comparedWith}
          <select @change=${this.#againstChosen}>
            ${this.#choices.map(
              (one) =>
                html`<option value=${one} .selected=${one === this.looking.against}>${words.against[one]}</option>`,
            )}
          </select>
        </label>
        <label class="marked">
          <input type="checkbox" .checked=${this.isMarked} @change=${this.#markedChosen} />
          ${words.showChanges}
        </label>
        <a class="button quiet" href=${`${HISTORY_PREFIX}${pathOf(this.name)}${PLAYED}`}>${historyIcons.play}<span>${words.play}</span></a>
        ${stepper(this.isMarked ? this.#steps.length : 0, this.step, (by) => this.#goBy(by))}
      </div>
      ${state.kind === 'shown' ? whoChanged(state.comparison) : nothing}
      ${title ? html`<p class="title-change">${titleChange(title)}</p>` : nothing}
      <div class="sheet">
        ${state.kind === 'loading' ? skeleton : nothing}
        <div ${ref(this.#sheet)} class="text" ?hidden=${state.kind === 'loading'}></div>
      </div>
    `;
  }

  get #choices(): readonly ComparedWith[] {
    const { at } = this.looking;
    return COMPARED_WITH.filter((one) => isOffered(at, one) && (one !== 'visit' || this.#visitMs !== null));
  }

  get #steps() {
    return this.state.kind === 'shown' ? this.state.comparison.steps : [];
  }

  get #people() {
    return this.state.kind === 'shown' ? this.state.comparison.people : [];
  }

  /** After something was done, for whoever is still here: the newest versions are others. */
  async refresh(): Promise<void> {
    if (this.isConnected) await this.#load();
  }

  readonly #tryAgain = (): void => {
    this.listFailure = null;
    void this.#load();
  };

  async #load(): Promise<void> {
    this.#listing.abort();
    this.#listing = new AbortController();
    const { signal } = this.#listing;
    try {
      const [about, { versions, unreadable, next }] = await Promise.all([
        readDocument(this.past, signal),
        listVersions(this.past, null, signal),
      ]);
      if (signal.aborted) return;
      this.documentTitle = about.title;
      this.ownRole = about.role;
      document.title = words.historyOf(this.shownTitle);
      this.versions = versions;
      this.unreadable = unreadable;
      this.next = next;
    } catch (error) {
      if (!signal.aborted) this.listFailure = error as Error;
      return;
    }
    await this.#show();
  }

  readonly #loadMore = async (): Promise<void> => {
    const { signal } = this.#listing;
    try {
      await this.#fetchOlder(signal);
    } catch (error) {
      if (!signal.aborted) announce(words.noOlder((error as Error).message));
    }
  };

  /** Whoever asks while they come waits for the same. */
  #fetchOlder(signal: AbortSignal): Promise<void> {
    this.#older ??= this.#appendOlder(signal).finally(() => {
      this.#older = null;
    });
    return this.#older;
  }

  async #appendOlder(signal: AbortSignal): Promise<void> {
    const { versions, unreadable, next } = await listVersions(this.past, this.next, signal);
    if (signal.aborted) return;
    this.unreadable += unreadable;
    this.versions = [...(this.versions ?? []), ...versions];
    this.next = next;
  }

  async #show(): Promise<void> {
    this.#comparing.abort();
    if (!this.isPlayed) return this.#compare();
    // What was compared is not what is looked at any more.
    this.state = { kind: 'loading' };
    this.#playback.open();
  }

  async #compare(): Promise<void> {
    this.#comparing.abort();
    this.#comparing = new AbortController();
    const { signal } = this.#comparing;
    this.state = { kind: 'loading' };
    this.step = null;
    try {
      const moments = await this.#moments(signal);
      const comparison = await compareMoments(this.past, moments.from, moments.to, signal);
      if (signal.aborted) return;
      this.state = { kind: 'shown', comparison };
      const { length } = comparison.steps;
      announce(words.changesOf(this.momentName, length));
    } catch (error) {
      if (signal.aborted) return;
      if (isTrimmed(error) && this.looking.against === 'visit') this.#goSinceTrimmed();
      else this.state = { kind: 'failed', error: error as Error };
    }
  }

  /** What one saw when one was here last is not kept any more: what is left of the past begins later. */
  #goSinceTrimmed(): void {
    this.#visitMs = null;
    this.#goTo({ at: this.looking.at, against: 'beginning' });
  }

  /** What the address says may be older than what was listed by now. */
  async #moments(signal: AbortSignal) {
    for (;;) {
      const found = comparedMoments(this.looking, this.versions ?? [], this.#visitMs);
      if (found) return found;
      if (this.next === null) throw new Error(words.noSuchVersion);
      await this.#fetchOlder(this.#listing.signal);
      signal.throwIfAborted();
    }
  }

  readonly #lookAt = (at: LookedAt, against: ComparedWith | null = null): void => {
    this.#goTo({ at, against: againstFor(at, against ?? this.looking.against) });
  };

  readonly #againstChosen = (event: Event): void => {
    this.#goTo({ at: this.looking.at, against: (event.target as HTMLSelectElement).value as ComparedWith });
  };

  #goTo(looking: Looking): void {
    scrollTo({ top: 0, behavior: 'instant' });
    goTo(`${HISTORY_PREFIX}${pathOf(this.name)}${writeLooking(looking)}`);
  }

  readonly #markedChosen = (event: Event): void => {
    this.isMarked = (event.target as HTMLInputElement).checked;
    this.step = null;
  };

  #goBy(by: 1 | -1): void {
    const { length } = this.#steps;
    this.step = this.step === null ? (by === 1 ? 0 : length - 1) : (this.step + by + length) % length;
    const step = this.#steps[this.step]!;
    const place = this.#view?.goTo(step);
    announce(words.stepOf(this.step + 1, length, stepInWords(step, this.#drawn?.blocks ?? [], this.#people)));
    if (!place || (place.top >= MARGIN_PX * 2 && place.bottom <= innerHeight - MARGIN_PX)) return;
    scrollBy({ top: place.top - innerHeight / 3, behavior: 'instant' });
  }

  get #isOwner(): boolean {
    return !this.isOpenServer && (this.ownRole === 'owner' || this.ownRole === 'admin');
  }

  get #mayRestore(): boolean {
    return this.isOpenServer || this.#isOwner;
  }

  #partTool(block: number): HTMLElement | null {
    const part = this.#parts.get(block);
    if (!part || this.state.kind !== 'shown') return null;
    const { fromSeq: seq, fromMs } = this.state.comparison;
    const when = fromMs === null ? words.atThatTime : momentInWords(fromMs, Date.now());
    return partButton(part, () => {
      if (!this.#acts.isBusy) void this.#acts.restorePart({ ...part, seq, when });
    });
  }

  /** Nothing is done with a moment while it passes, or while something is being done. */
  get #isMoving(): boolean {
    return this.#acts.isBusy || (this.isPlayed && this.moment === null);
  }

  /** Null for now. */
  get moment() {
    if (this.isPlayed) return this.#playback.moment && { seq: this.#playback.moment.seq };
    return momentOf(this.looking.at);
  }

  #closeView(): void {
    this.#view?.destroy();
    this.#view = null;
    this.#drawn = null;
  }
}

const isTrimmed = (error: unknown): boolean => error instanceof ServerRefused && error.code === 'PAST_TRIMMED';

export type { HistoryPage };

customElements.define('weft-history', HistoryPage);
