// The editor of one document, with all that stands around its text: save line, people, toolbar, outline, what there is to tell. It
// shows a sheet to write in only once the text has arrived, and whatever goes wrong later stands beside the text, never instead of it.
// It works with a document that somebody else has opened, and closes nothing but what it began itself.

import type { Editor, EditorStatus, Reading } from '@weft/editor';
import { CloseCode, type Role } from '@weft/protocol';
import type { Connection, ConnectionStatus, Draft, LocalState, SaveState, SharedDocument } from '@weft/provider';
import * as words from '@weft/words/document';
import * as text from '@weft/words/reading';
import { html, nothing, type PropertyDeclarations, type TemplateResult } from 'lit';
import { guard } from 'lit/directives/guard.js';
import { createRef, ref } from 'lit/directives/ref.js';
import { type EditorPart, loadEditor } from './editor-part.js';
import { PicturesWhenUsed } from './pictures/pictures-when-used.js';
import { outlineNav } from './reading/outline.js';
import { blockAtHand, nowhere, type Place } from './reading/place-in-text.js';
import { skeleton } from './reading/skeleton.js';
import { TextReading } from './reading/text-reading.js';
import { isBlank } from './reading/title.js';
import { KeptText } from './saving/kept-text.js';
import { banner, type Problem, problemOf } from './saving/problems.js';
import type { SaveLine } from './saving/save-line.js';
import type { Fill, Surroundings } from './surroundings.js';
import { ToolsWhenUsed } from './tools-when-used.js';
import { announce } from './ui/announce.js';
import { headHeight } from './ui/float.js';
import { icons } from './ui/icons.js';
import { LateParts } from './ui/late-parts.js';
import { LightElement } from './ui/light-element.js';
import { noticePage } from './ui/notice.js';
import { layerOf } from './ui/root.js';
import { scrollTo } from './ui/scroll-to.js';
import './people/people.js';
import './saving/save-line.js';
import './writing/toolbar.js';

const FRAGMENT_NAME = 'prosemirror';

type PlaceName = 'home' | 'title' | 'actions' | 'save' | 'people' | 'toolbar' | 'notes' | 'outline' | 'count';

/** Why the server closed a document for good. */
export interface End {
  readonly code: number;
  readonly reason: string;
}

export class EditorElement extends LightElement {
  static override properties: PropertyDeclarations = {
    connection: { attribute: false },
    shared: { attribute: false },
    surroundings: { attribute: false },
    fill: { attribute: false },
    without: {},
    width: { reflect: true },
    focusMode: { attribute: 'focus-mode', type: Boolean, reflect: true },
    local: { state: true },
    connectionStatus: { state: true },
    status: { state: true },
    end: { state: true },
    isReady: { state: true },
    role: { state: true },
  };
  declare connection: Connection;
  declare shared: SharedDocument;
  declare surroundings: Surroundings;
  declare fill: Fill;
  /** Parts that are left out, by their names with spaces between. */
  declare without: string;
  /** `wide` or `full`; else as wide as lines are read with ease. */
  declare width: string;
  /** The sheet alone is shown, and what goes wrong. */
  declare focusMode: boolean;
  declare local: LocalState;
  declare connectionStatus: ConnectionStatus;
  declare private status: EditorStatus | null;
  declare end: End | null;
  /** The text is shown. */
  declare isReady: boolean;
  /** What one may do here; null before the server has said it. */
  declare role: Role | null;
  #save: SaveState | null = null;
  readonly kept = new KeptText(this);
  readonly #late = new LateParts(this);
  readonly #reading = new TextReading(this);
  readonly #tools = new ToolsWhenUsed(this);
  readonly #pictures = new PicturesWhenUsed(this, this.#tools.late);
  #editorPart: EditorPart | null = null;
  #editor: Editor | null = null;
  readonly #saveLine = createRef<SaveLine>();
  readonly #sheet = createRef<HTMLElement>();
  /** No line that the browser itself scrolls to is under the head. Of a head that is gone it hears, too. */
  readonly #headSize = new ResizeObserver(() => {
    document.documentElement.style.scrollPaddingTop = `${headHeight(this)}px`;
  });

  constructor() {
    super();
    this.fill = {};
    this.without = '';
    this.width = '';
    this.focusMode = false;
    this.local = 'none';
    this.status = null;
    this.end = null;
    this.isReady = false;
    this.role = null;
  }

  get editor(): Editor | null {
    return this.#editor;
  }

  get isEditable(): boolean {
    return this.status?.editable ?? false;
  }

  /** Words and headings as they were a moment ago; null before there was a text. */
  get reading(): Reading | null {
    return this.#reading.latest;
  }

  get stage(): EventTarget {
    return this.surroundings.stage ?? this.renderRoot;
  }

  get hasMenus(): boolean {
    return this.#has('menus');
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.begin();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.cease();
  }

  /** With the document it has now. */
  protected begin(): void {
    this.connectionStatus = this.connection.status;
    this.#listen('on');
    this.#tools.begin();
    this.#pictures.begin();
    this.role = this.shared.role;
    this.local = this.shared.local;
    void this.#late.use(words.parts.editor, loadEditor, (part) => {
      this.#editorPart = part;
      if (this.shared.readable || this.shared.synced) this.#textArrived();
    });
  }

  /** Nothing of the document is touched any more. May be called twice. */
  cease(): void {
    this.#listen('off');
    this.#pictures.end();
    this.#tools.end();
    this.#editor?.destroy();
    this.#editor = null;
    this.status = null;
    this.isReady = false;
    this.end = null;
    this.#save = null;
  }

  #listen(how: 'on' | 'off'): void {
    this.connection[how]('status', this.#connectionChanged);
    this.shared[how]('save', this.#saveChanged);
    this.shared[how]('local', this.#localChanged);
    this.shared[how]('synced', this.#textArrived);
    this.shared[how]('readable', this.#textArrived);
    this.shared[how]('doc', this.#docReplaced);
    this.shared[how]('draft', this.#redraw);
    this.shared[how]('closed', this.#closedByServer);
    this.shared[how]('access', this.#accessChanged);
  }

  override render(): TemplateResult | typeof nothing {
    if (this.end?.code === CloseCode.NoAccess) return this.#turnedAway();
    const problem = this.problem();
    const blocking = problem ?? this.#late.missing;
    if (blocking && !this.isReady) {
      return noticePage({ ...blocking, actions: blocking.controls, wayOut: this.fill.wayOut, isPart: this.#isPart });
    }
    const { missing } = this.#tools;
    return html`
      <div class="head" part="head">
        ${this.focusMode ? this.#leaveFocusMode() : nothing}
        ${this.#has('top') ? this.#top() : nothing}
        ${this.#place('toolbar', this.#toolbar())}
        ${problem ? banner(problem) : nothing} ${this.kept.byHand} ${missing ? banner({ ...missing, tone: 'warn' }) : nothing}
        ${this.#pictures.note} ${this.#tools.findBar(this.isEditable)}
        ${this.#place('notes')}
      </div>
      <main class="desk" part="desk" role=${this.#isPart ? 'group' : nothing} aria-label=${this.#isPart ? words.document : nothing}>
        ${this.focusMode ? nothing : this.#place('outline', this.#outline())}
        <div class="sheet" part="sheet" aria-busy=${String(!this.isReady)} @click=${this.#sheetClicked}>
          ${this.isReady ? nothing : skeleton(this.connection)}
          <div ${ref(this.#sheet)} class="text" part="text"></div>
          ${this.status ? this.#pictures.bar(this.status) : nothing}
        </div>
      </main>
      <footer class="foot" part="count" role=${this.#isPart ? 'none' : nothing}>${this.#place('count', this.#count())}</footer>
      ${this.#tools.linkPopover()}
    `;
  }

  #top(): TemplateResult {
    return html`<header class="top" part="top" role=${this.#isPart ? 'none' : nothing}>
      ${this.#place('home')}
      <div class="name">
        ${this.#place('title')}
        ${this.#place(
          'save',
          html`<weft-save-line part="save" ${ref(this.#saveLine)} .state=${this.#shownSave} .local=${this.local} .isBlank=${isBlank(this.shared.doc)} .ownRole=${this.role}></weft-save-line>`,
        )}
      </div>
      <div class="right">
        ${this.#place(
          'people',
          html`<weft-people part="people" .presence=${this.shared.presence} .isOnline=${this.connectionStatus.kind === 'connected'} .own=${this.fill.own ?? nothing} @weft-follow=${this.#tools.follow}></weft-people>`,
        )}
        ${this.#place('actions')}
      </div>
    </header>`;
  }

  /** Of a page of somebody else, which has landmarks of its own. */
  get #isPart(): boolean {
    return this.renderRoot !== this;
  }

  /** For whoever has no Escape key. */
  #leaveFocusMode(): TemplateResult {
    return html`<button
      class="quiet leave-focus"
      aria-label=${words.leaveFocusMode}
      title=${words.leaveFocusMode}
      @click=${this.toggleFocusMode}
    >
      ${icons.close}
    </button>`;
  }

  #toolbar(): TemplateResult | typeof nothing {
    if (!this.#editor || !this.status?.editable) return nothing;
    return html`<weft-toolbar
      .editor=${this.#editor}
      .status=${this.status}
      @weft-link=${() => this.#tools.openLink(true)}
      @weft-block-menu=${this.#tools.openBlockMenu}
      @weft-find=${this.find}
    ></weft-toolbar>`;
  }

  /** Drawn anew only when a heading is, or one is in another section: much else here changes with every letter. */
  #outline(): unknown {
    const outline = this.reading?.outline ?? [];
    const { entry } = this.#reading.place;
    return guard([outline, entry], () => outlineNav(outline, entry, this.#goToHeading));
  }

  #count(): unknown {
    return this.reading === null ? nothing : text.wordCount(this.reading.words, this.#reading.place.selected);
  }

  /** What a page has put there, or else what stands there by itself. In a shadow root pages put it there by its slot. */
  #place(name: PlaceName, own: unknown = nothing): unknown {
    if (!this.#has(name)) return nothing;
    const content = name in this.fill ? this.fill[name as keyof Fill] : own;
    return this.#isPart ? html`<slot name=${name}>${content}</slot>` : content;
  }

  #has(part: string): boolean {
    return !` ${this.without} `.includes(` ${part} `);
  }

  #turnedAway(): TemplateResult {
    return (
      this.fill.turnedAway?.(this.kept, this.isReady) ??
      noticePage({
        title: words.noAccess,
        text: words.orNone,
        wayOut: nothing,
        isPart: this.#isPart,
      })
    );
  }

  /** The worst that stands between a writer and their document. */
  protected problem(): Problem | null {
    const newest = this.kept.drafts.at(-1);
    return problemOf({
      end: this.end,
      connection: this.connectionStatus,
      isSignedOut: this.surroundings.isSignedOut,
      signIn: this.fill.signIn ?? null,
      readOnlyReason: this.status?.readOnlyReason ?? null,
      hasText: this.isReady,
      isCopied: this.kept.isCopied,
      save: this.#save,
      isKept: this.local === 'kept',
      drafts: this.kept.drafts,
      readAt: this.surroundings.draftAddress?.(newest?.id ?? '') ?? null,
      actions: {
        copy: () => void this.kept.copy(),
        retry: () => this.connection.retryNow(),
        reload: () => location.reload(),
        dismiss: () => this.kept.dismiss(),
        showAnew: () => this.requestUpdate(),
      },
    });
  }

  protected override updated(): void {
    this.dispatchEvent(new Event('weft-state'));
  }

  draftCopied(draft: Draft): void {
    this.surroundings.draftCopied(draft);
  }

  readonly #connectionChanged = (status: ConnectionStatus): void => {
    this.connectionStatus = status;
    if (status.kind === 'connected') this.#pictures.wake();
  };

  readonly #saveChanged = (state: SaveState): void => {
    const isQuiet = isSavingOrSaved(this.#save) && isSavingOrSaved(state);
    this.#save = state;
    this.#editor?.setEditable(state.kind !== 'read-only');
    // Which of the two it is differs twice with every letter, and is for the save line alone.
    if (isQuiet && this.#saveLine.value) this.#saveLine.value.state = this.#shownSave;
    else this.requestUpdate();
  };

  get #shownSave(): SaveState | null {
    return this.isReady || this.#save?.kind === 'busy' ? this.#save : null;
  }

  readonly #localChanged = (local: LocalState): void => {
    this.local = local;
  };

  /** From this browser or from the server, and what shows it; only the first time: from then on there is a text, connected or not. */
  readonly #textArrived = (): void => {
    if (this.isReady || !this.#editorPart || this.surroundings.holdsBack()) return;
    this.show();
  };

  /** The text, which has been held back. */
  show(): void {
    this.isReady = true;
    this.#save = this.shared.saveState;
    void this.updateComplete.then(() => this.#pictures.before(this.shared)).then(() => this.#startEditor());
  }

  #startEditor(): void {
    // It may have another document by now, whose text has not arrived.
    if (!this.isReady || !this.isConnected || this.#editor || !this.#editorPart || !this.#sheet.value) return;
    const isNew = this.shared.doc.getXmlFragment(FRAGMENT_NAME).length === 0;
    this.#editor = this.#editorPart.createEditor({
      element: this.#sheet.value,
      doc: this.shared.doc,
      presence: this.shared.presence,
      editable: this.shared.saveState.kind !== 'read-only',
      placeholder: words.writeHere,
      onPicture: this.#pictures.load,
      onLinkFollowed: this.#pictures.follow,
      coveredTop: () => headHeight(this.#sheet.value!),
      onLinkRequested: () => this.#tools.openLink(this.#editor?.status.link === null),
      onChange: () => this.#reading.soon(),
    });
    if (!this.#isPart) this.#headSize.observe(this.renderRoot.querySelector('.head')!);
    this.#pictures.shown(this.#editor);
    this.#editor.subscribe((status) => {
      this.status = status;
    });
    this.status = this.#editor.status;
    this.#reading.soon();
    this.started(isNew);
  }

  /** @param isNew  there was nothing in it */
  protected started(isNew: boolean): void {
    // A new document has nothing to read first.
    if (isNew && matchMedia('(hover: hover)').matches) this.#editor?.focus();
  }

  readonly #docReplaced = (doc: SharedDocument['doc']): void => {
    this.#editor?.setDoc(doc, this.shared.presence);
    this.#reading.soon();
  };

  readonly #redraw = (): void => this.requestUpdate();

  readonly #accessChanged = ({ role }: { readonly role: Role | null }): void => {
    this.role = role;
  };

  readonly #closedByServer = (end: End): void => {
    this.end = end;
    this.#editor?.setEditable(false);
    if (end.code !== CloseCode.NoAccess) return;
    // What asks or tells about this document does not stay in front of the page that takes its place.
    for (const dialog of layerOf(this.renderRoot).querySelectorAll('dialog')) dialog.close();
  };

  read(before: Reading | null): Reading | null {
    if (!this.#editor || !this.#editorPart) return null;
    const { view } = this.#editor;
    if (before?.doc === view.state.doc) return before;
    this.#tools.textRead(view);
    return this.#editorPart.readDocument(view.state.doc, before);
  }

  readPlace(): Place {
    if (!this.#editor || !this.#editorPart) return nowhere;
    const { view } = this.#editor;
    const { countSelectedWords, entryOfBlock } = this.#editorPart;
    return { entry: entryOfBlock(view.state.doc, blockAtHand(view)), selected: countSelectedWords(view) };
  }

  wasRead(): void {
    this.dispatchEvent(new Event('weft-read'));
    this.requestUpdate();
  }

  /** A click beside the text is meant for the text: the paper is one surface. */
  readonly #sheetClicked = (event: MouseEvent): void => {
    const isBeside = event.target === event.currentTarget || event.target === this.#sheet.value;
    if (isBeside && this.status?.editable) this.#editor?.focus();
  };

  readonly find = (): void => void this.#tools.find();

  readonly toggleFocusMode = (): void => {
    this.focusMode = !this.focusMode;
    announce(this.focusMode ? words.inFocusMode : words.noFocusMode);
    // What had the focus is gone, or about to; on a phone the text would bring its keyboard along.
    if (matchMedia('(hover: hover)').matches) this.#editor?.focus();
  };

  listShortcuts(): void {
    this.#tools.listShortcuts();
  }

  readonly #goToHeading = (index: number): void => {
    if (!this.#editor) return;
    scrollTo(this.#editorPart?.goToEntry(this.#editor.view, index));
    // On a phone the text would bring its keyboard along.
    if (matchMedia('(hover: hover)').matches) this.#editor.focus();
  };
}

const isSavingOrSaved = (state: SaveState | null): boolean => state?.kind === 'saving' || state?.kind === 'saved';
