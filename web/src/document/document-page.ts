// The page of one document: title, save state, people, toolbar, sheet. It shows a sheet to write in only once the text
// has arrived, and whatever goes wrong later stands beside the text, never instead of it.

import type { Editor, EditorStatus, Reading } from '@weft/editor';
import { type EditorPart, loadEditor } from '@weft/element/editor-part';
import { outlineNav } from '@weft/element/reading/outline';
import { TextReading, wordCount } from '@weft/element/reading/text-reading';
import type { SaveLine } from '@weft/element/saving/save-line';
import { announce } from '@weft/element/ui/announce';
import { icons, logo } from '@weft/element/ui/icons';
import { LateParts } from '@weft/element/ui/late-parts';
import { LightElement } from '@weft/element/ui/light-element';
import { scrollTo } from '@weft/element/ui/scroll-to';
import type { LinkPopover } from '@weft/element/writing/link-popover';
import { CloseCode, type Role } from '@weft/protocol';
import type { Connection, ConnectionStatus, LocalState, Person, SaveState, SharedDocument } from '@weft/provider';
import { html, nothing, type TemplateResult } from 'lit';
import { guard } from 'lit/directives/guard.js';
import { createRef, ref } from 'lit/directives/ref.js';
import { mayForget } from '../kept/forget-copy.js';
import { keptPath } from '../kept/kept-path.js';
import { KeptText } from '../kept/kept-text.js';
import { goTo } from '../shell/navigation.js';
import { noticePage } from '../shell/notice.js';
import type { Me } from '../sign-in/session.js';
import { VisitNote } from '../start/last-visits.js';
import { DocumentBeginning } from './document-beginning.js';
import { menuButton, skeleton } from './document-parts.js';
import { DocumentPictures } from './document-pictures.js';
import { banner, type Problem, problemOf } from './document-problems.js';
import { DocumentTools } from './document-tools.js';
import type { OpenDocuments } from './open-documents.js';
import { TitleField } from './title-field.js';

const loadNoAccess = () => import('./no-access-page.js');
const FRAGMENT_NAME = 'prosemirror';

class DocumentPage extends LightElement {
  static override properties = {
    name: { attribute: false },
    connection: { attribute: false },
    documents: { attribute: false },
    person: { attribute: false },
    me: { attribute: false },
    isSignedOut: { attribute: false },
    hasUnsaved: { attribute: false },
    local: { state: true },
    connectionStatus: { state: true },
    status: { state: true },
    end: { state: true },
    isReady: { state: true },
    ownRole: { state: true },
  };
  declare name: string;
  declare connection: Connection;
  declare documents: OpenDocuments;
  declare person: Person;
  /** Null when the server could not be asked. */
  declare me: Me | null;
  /** The sign-in has ended by itself. */
  declare isSignedOut: boolean;
  /** Signing out would lose something, here or in a document that is not open. */
  declare hasUnsaved: () => Promise<boolean>;
  declare private local: LocalState;
  declare private connectionStatus: ConnectionStatus;
  declare private status: EditorStatus | null;
  /** Why the server closed this document for good. */
  declare private end: { readonly code: number; readonly reason: string } | null;
  declare private isReady: boolean;
  /** What one may do here; null before the server has said it. */
  declare private ownRole: Role | null;
  #shared!: SharedDocument;
  #save: SaveState | null = null;
  readonly #kept = new KeptText(this);
  readonly #late = new LateParts(this);
  readonly #reading = new TextReading(this);
  readonly #title = new TitleField(this);
  readonly #beginning = new DocumentBeginning(this, this.#late);
  readonly #tools = new DocumentTools(this);
  readonly #pictures = new DocumentPictures(this, this.#tools.late);
  #editorPart: EditorPart | null = null;
  #editor: Editor | null = null;
  readonly #saveLine = createRef<SaveLine>();
  readonly #sheet = createRef<HTMLElement>();
  readonly #linkPopover = createRef<LinkPopover>();

  constructor() {
    super();
    new VisitNote(this);
    this.local = 'none';
    this.status = null;
    this.end = null;
    this.isReady = false;
    this.ownRole = null;
  }

  get shared(): SharedDocument {
    return this.#shared;
  }

  get editor(): Editor | null {
    return this.#editor;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.connectionStatus = this.connection.status;
    this.#shared = this.documents.open(this.name, this.person);
    this.#listen('on');
    this.ownRole = this.#shared.role;
    this.local = this.#shared.local;
    this.#title.follow(this.#shared.doc);
    void this.#late.use('The editor', loadEditor, (part) => {
      this.#editorPart = part;
      if (this.#shared.readable || this.#shared.synced) this.#textArrived();
    });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#listen('off');
    this.#editor?.destroy();
    this.#editor = null;
    this.documents.leave(this.#shared);
  }

  #listen(how: 'on' | 'off'): void {
    this.connection[how]('status', this.#connectionChanged);
    this.#shared[how]('save', this.#saveChanged);
    this.#shared[how]('local', this.#localChanged);
    this.#shared[how]('synced', this.#textArrived);
    this.#shared[how]('readable', this.#textArrived);
    this.#shared[how]('doc', this.#docReplaced);
    this.#shared[how]('draft', this.#redraw);
    this.#shared[how]('closed', this.#closedByServer);
    this.#shared[how]('access', this.#accessChanged);
  }

  override render(): TemplateResult {
    const part = this.#late.missing;
    if (this.end?.code === CloseCode.NoAccess) {
      return part ? noticePage({ ...part, actions: html`${this.#unsaved}${part.controls}` }) : this.#noAccessPage();
    }
    if (this.#beginning.isAbsent && !part) {
      return html`<weft-absent .name=${this.name} @weft-begun=${this.#becomeReady}></weft-absent>`;
    }
    const problem = this.#problem();
    const blocking = problem ?? part;
    if (blocking && !this.isReady) return noticePage({ ...blocking, actions: blocking.controls });
    const { missing } = this.#tools;
    const editable = this.status?.editable ?? false;
    const reading = this.#reading.latest;
    const isKept = this.local === 'kept' || this.local === 'full';
    return html`
      <div class="head">
        <header class="top">
          <a class="button home" href="/" aria-label="All documents" title="All documents">${logo}</a>
          <div class="name">
            ${this.#title.render(this.isReady, editable, () => this.#editor?.focus())}
            <weft-save-line ${ref(this.#saveLine)} .state=${this.#shownSave} .local=${this.local} .isBlank=${this.#beginning.isBlank} .ownRole=${this.ownRole}></weft-save-line>
          </div>
          <div class="right">
            <weft-people
              .presence=${this.#shared.presence}
              .own=${html`<weft-own-menu .person=${this.person} .me=${this.me} .hasUnsaved=${this.hasUnsaved}></weft-own-menu>`}
              @weft-follow=${this.#tools.follow}
            ></weft-people>
            <weft-share-button
              .name=${this.name}
              .mayShare=${this.me?.isOpen === false && (this.ownRole === 'owner' || this.ownRole === 'admin')}
              @click=${this.#tools.share}
            ></weft-share-button>
            <weft-document-menu
              .name=${this.name}
              .shared=${this.isReady ? this.#shared : null}
              .documentTitle=${this.#title.name}
              .isKept=${isKept}
              .mayWrite=${editable}
              @weft-find=${this.#tools.find}
              @weft-shortcuts=${this.#tools.listShortcuts}
              @weft-forget=${this.#forget}
            ></weft-document-menu>
            ${this.isReady || isKept ? menuButton(this.#tools.openMenu) : nothing}
          </div>
        </header>
        ${
          this.#editor && this.status && editable
            ? html`<weft-toolbar
              .editor=${this.#editor}
              .status=${this.status}
              @weft-link=${() => this.#openLink(true)}
              @weft-block-menu=${this.#tools.openBlockMenu}
              @weft-find=${this.#tools.find}
            ></weft-toolbar>`
            : nothing
        }
        ${problem ? banner(problem) : nothing} ${this.#kept.byHand} ${missing ? banner({ ...missing, tone: 'warn' }) : nothing}
        ${this.#pictures.note} ${this.#tools.findBar(editable)}
        ${this.#beginning.note}
      </div>
      <main class="desk">
        ${
          // Drawn anew only when a heading is: much else here changes with every letter.
          guard([reading?.outline], () => outlineNav(reading?.outline ?? [], this.#goToHeading))
        }
        <div class="sheet" aria-busy=${String(!this.isReady)} @click=${this.#sheetClicked}>
          ${this.isReady ? nothing : skeleton(this.connection)}
          <div ${ref(this.#sheet)} class="text"></div>
          ${this.status ? this.#pictures.bar(this.status) : nothing}
        </div>
      </main>
      <footer class="foot">${reading === null ? nothing : wordCount(reading.words)}</footer>
      ${
        this.#editor
          ? html`<weft-link-popover ${ref(this.#linkPopover)} .editor=${this.#editor}></weft-link-popover>`
          : nothing
      }
      ${this.#tools.shareDialog({
        name: this.name,
        documentTitle: this.#title.name,
        ownRole: this.ownRole,
        isOpenServer: this.me?.isOpen ?? true,
      })}
    `;
  }

  #problem(): Problem | null {
    return problemOf({
      end: this.end,
      connection: this.connectionStatus,
      isSignedOut: this.isSignedOut,
      signInUrl: this.me?.signInUrl ?? null,
      readOnlyReason: this.status?.readOnlyReason ?? null,
      hasText: this.isReady,
      isCopied: this.#kept.isCopied,
      save: this.#save,
      isKept: this.local === 'kept',
      drafts: this.#kept.drafts,
      readAt: keptPath(this.name, this.#kept.drafts.at(-1)?.id ?? ''),
      actions: {
        copy: () => void this.#kept.copy(),
        retry: () => this.connection.retryNow(),
        reload: () => location.reload(),
        dismiss: () => this.#kept.dismiss(),
      },
    });
  }

  /** What can be done with text that the server did not get, once it takes no more. */
  get #unsaved(): TemplateResult | null {
    if (!this.documents.isUnfinished(this.#shared)) return null;
    const copy = html`<button class="primary" @click=${() => void this.#kept.copy()}>
      ${this.#kept.isCopied ? html`${icons.check}Copied` : html`${icons.copy}Copy your text`}
    </button>`;
    const newest = this.#kept.drafts.at(-1);
    const read = newest ? html`<a class="button" href=${keptPath(this.name, newest.id)}>Read it</a>` : nothing;
    return html`${copy}${read}`;
  }

  #noAccessPage(): TemplateResult {
    return html`<weft-no-access
      .name=${this.name}
      .me=${this.me}
      .wasOpen=${this.isReady}
      .isSignedOut=${this.isSignedOut}
      .unsaved=${this.#unsaved}
      .byHand=${this.#kept.byHand}
    ></weft-no-access>`;
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
    if (this.isReady || this.#beginning.isOpenQuestion || !this.#editorPart) return;
    if (!this.me?.isOpen || !this.#beginning.isBlank) this.#becomeReady();
    else if (this.#shared.synced) void this.#beginning.ask(this.#becomeReady);
  };

  readonly #becomeReady = (): void => {
    this.#beginning.begun();
    this.isReady = true;
    this.#save = this.#shared.saveState;
    void this.updateComplete.then(() => this.#pictures.before(this.#shared)).then(() => this.#startEditor());
  };

  #startEditor(): void {
    if (!this.isConnected || this.#editor || !this.#editorPart) return;
    this.#beginning.placeImport();
    const isNew = this.#shared.doc.getXmlFragment(FRAGMENT_NAME).length === 0;
    this.#editor = this.#editorPart.createEditor({
      element: this.#sheet.value!,
      doc: this.#shared.doc,
      presence: this.#shared.presence,
      editable: this.#shared.saveState.kind !== 'read-only',
      placeholder: 'Write here, or begin with # for a heading',
      onPicture: this.#pictures.load,
      onLinkFollowed: this.#pictures.follow,
      onLinkRequested: () => this.#openLink(this.#editor?.status.link === null),
      onChange: () => this.#reading.soon(),
    });
    this.#pictures.shown(this.#editor);
    this.#editor.subscribe((status) => {
      this.status = status;
    });
    this.status = this.#editor.status;
    this.#reading.soon();
    // A new document has nothing to read first.
    if (isNew && matchMedia('(hover: hover)').matches) this.#editor.focus();
  }

  readonly #docReplaced = (doc: SharedDocument['doc']): void => {
    this.#title.follow(doc);
    this.#editor?.setDoc(doc, this.#shared.presence);
    this.#reading.soon();
  };

  readonly #redraw = (): void => this.requestUpdate();

  readonly #accessChanged = ({ role }: { readonly role: Role | null }): void => {
    this.ownRole = role;
  };

  readonly #closedByServer = (end: { readonly code: number; readonly reason: string }): void => {
    this.end = end;
    this.#editor?.setEditable(false);
    if (end.code !== CloseCode.NoAccess) return;
    void this.#late.use('This page', loadNoAccess, () => {});
    this.dispatchEvent(new CustomEvent('weft-turned-away', { bubbles: true }));
  };

  /** Closed, too: what is shown is not to be kept again. */
  readonly #forget = async (): Promise<void> => {
    const title = this.#title.name;
    if (!(await mayForget(title, this.documents.isUnfinished(this.#shared)))) return;
    try {
      await this.#shared.forgetLocal();
    } catch {
      return announce('It could not be forgotten: this browser does not let its storage be changed now. Try again.');
    }
    this.documents.discard(this.#shared);
    announce(`“${title}” is forgotten on this device.`);
    goTo('/');
  };

  get hasTitle(): boolean {
    return !this.#title.isEmpty;
  }

  get firstHeading(): string | null {
    return this.#reading.latest && (this.#reading.latest.outline[0]?.text ?? '');
  }

  read(before: Reading | null): Reading | null {
    if (!this.#editor || !this.#editorPart) return null;
    this.#tools.textRead(this.#editor.view);
    return this.#editorPart.readDocument(this.#editor.view.state.doc, before);
  }

  wasRead(): void {
    this.#title.nameTab();
    this.requestUpdate();
  }

  /** A click beside the text is meant for the text: the paper is one surface. */
  readonly #sheetClicked = (event: MouseEvent): void => {
    const isBeside = event.target === event.currentTarget || event.target === this.#sheet.value;
    if (isBeside && this.status?.editable) this.#editor?.focus();
  };

  #openLink(takeFocus: boolean): void {
    void this.#linkPopover.value?.open(takeFocus);
  }

  readonly #goToHeading = (index: number): void => {
    const view = this.#editor?.view;
    const position = view ? this.#editorPart?.positionOfEntry(view.state.doc, index) : null;
    if (position != null) scrollTo(view?.nodeDOM(position));
  };
}

const isSavingOrSaved = (state: SaveState | null): boolean => state?.kind === 'saving' || state?.kind === 'saved';

customElements.define('weft-document', DocumentPage);
