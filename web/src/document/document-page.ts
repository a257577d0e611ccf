// The page of one document: the editor, and around it what is the app's: the title, sharing, the menu, what this device keeps.

import { EditorElement } from '@weft/element/editor-element';
import type { KeptText } from '@weft/element/saving/kept-text';
import { banner } from '@weft/element/saving/problems';
import type { Fill, Surroundings } from '@weft/element/surroundings';
import { announce } from '@weft/element/ui/announce';
import { icons, logo } from '@weft/element/ui/icons';
import { LateParts } from '@weft/element/ui/late-parts';
import { LightElement } from '@weft/element/ui/light-element';
import { noticePage } from '@weft/element/ui/notice';
import { whenIdle } from '@weft/element/ui/when-idle';
import { CloseCode, type Role } from '@weft/protocol';
import type { Connection, Draft, Person, SharedDocument } from '@weft/provider';
import * as device from '@weft/words/device';
import * as words from '@weft/words/document';
import * as problems from '@weft/words/problems';
import { html, nothing, type TemplateResult } from 'lit';
import { createRef, ref } from 'lit/directives/ref.js';
import { mayForget } from '../kept/forget-copy.js';
import { keptPath } from '../kept/kept-path.js';
import type { ShareDialog } from '../share/share-dialog.js';
import { proofsWith } from '../shell/api.js';
import { goTo } from '../shell/navigation.js';
import type { Me } from '../sign-in/session.js';
import { signInAddress } from '../sign-in/sign-in.js';
import { VisitNote } from '../start/last-visits.js';
import { DocumentBeginning } from './document-beginning.js';
import type { DocumentMenu } from './document-menu.js';
import type { OpenDocuments } from './open-documents.js';
import { keepView, keptView, type PageView } from './page-view.js';
import { TitleField } from './title-field.js';
import '../share/share-button.js';

const loadMenu = () => import('./document-menu.js');
const loadNoAccess = () => import('./no-access-page.js');

class DocumentPage extends LightElement {
  static override properties = {
    name: { attribute: false },
    connection: { attribute: false },
    documents: { attribute: false },
    person: { attribute: false },
    me: { attribute: false },
    isSignedOut: { attribute: false },
    hasUnsaved: { attribute: false },
    isReady: { state: true },
    isEditable: { state: true },
    isKept: { state: true },
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
  // What follows is as the editor has it.
  declare private isReady: boolean;
  declare private isEditable: boolean;
  /** There is something of it on this device. */
  declare private isKept: boolean;
  /** What one may do here; null before the server has said it. */
  declare private ownRole: Role | null;
  #shared!: SharedDocument;
  readonly late = new LateParts(this);
  readonly #title = new TitleField(this);
  readonly #beginning = new DocumentBeginning(this);
  #view = keptView();
  readonly #editor = createRef<EditorElement>();
  readonly #shareDialog = createRef<ShareDialog>();

  constructor() {
    super();
    new VisitNote(this);
    this.isReady = false;
    this.isEditable = false;
    this.isKept = false;
    this.ownRole = null;
  }

  get shared(): SharedDocument {
    return this.#shared;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#shared = this.documents.open(this.name, this.person);
    this.#shared.on('doc', this.#docReplaced);
    this.#shared.on('closed', this.#closedByServer);
    this.#title.follow(this.#shared.doc);
    // Who is without a connection has it, too.
    whenIdle(() => loadMenu().catch((error: unknown) => console.warn(error)));
  }

  override disconnectedCallback(): void {
    // Before the document is left, and before Lit forgets which it is.
    this.#editor.value?.cease();
    super.disconnectedCallback();
    this.#shared.off('doc', this.#docReplaced);
    this.#shared.off('closed', this.#closedByServer);
    this.documents.leave(this.#shared);
  }

  override render(): TemplateResult {
    if (this.#beginning.isAbsent) {
      const { missing } = this.late;
      if (missing) return noticePage({ ...missing, actions: missing.controls });
      return html`<weft-absent .name=${this.name} @weft-begun=${this.#beginning.begun}></weft-absent>`;
    }
    return html`<weft-editor
        ${ref(this.#editor)}
        .connection=${this.connection}
        .shared=${this.#shared}
        .surroundings=${this.#surroundings}
        .fill=${this.#fill}
        .width=${this.#view.width}
        .focusMode=${this.#view.focusMode}
        @weft-state=${this.#stateChanged}
        @weft-read=${this.#wasRead}
      ></weft-editor>
      <weft-share
        ${ref(this.#shareDialog)}
        .name=${this.name}
        .documentTitle=${this.#title.name}
        .ownRole=${this.ownRole}
        .isOpenServer=${this.me?.isOpen ?? true}
      ></weft-share>`;
  }

  get #surroundings(): Surroundings {
    return {
      server: location.origin,
      proofsFor: (document) => proofsWith(this.documents.linkOf(document)),
      isOpen: this.me?.isOpen ?? false,
      stage: document,
      isSignedOut: this.isSignedOut,
      askBeforeLeaving,
      draftAddress: (draft) => keptPath(this.name, draft),
      draftCopied: (draft: Draft) => this.documents.settle([draft]),
      holdsBack: this.#holdsBack,
    };
  }

  get #fill(): Fill {
    const url = this.me?.signInUrl ?? null;
    return {
      turnedAway: this.#noAccessPage,
      // In a window of its own: what is unsaved stays here, and goes on when one comes back.
      signIn:
        url === null
          ? null
          : html`<a class="button framed" target="_blank" href=${signInAddress(url, false, '/')}>${icons.logIn}${problems.signIn}</a>`,
      home: html`<a class="button home" href="/" aria-label=${words.allDocuments} title=${words.allDocuments}>${logo}</a>`,
      title: this.#title.render(this.isReady, this.isEditable, () => this.#editor.value?.editor?.focus()),
      own: html`<weft-own-menu .person=${this.person} .me=${this.me} .hasUnsaved=${this.hasUnsaved}></weft-own-menu>`,
      actions: html`<weft-share-button
          .name=${this.name}
          .mayShare=${this.me?.isOpen === false && (this.ownRole === 'owner' || this.ownRole === 'admin')}
          @click=${this.#share}
        ></weft-share-button>
        <weft-document-menu
          .name=${this.name}
          .shared=${this.isReady ? this.#shared : null}
          .documentTitle=${this.#title.name}
          .isKept=${this.isKept}
          .mayWrite=${this.isEditable}
          .ownRole=${this.ownRole}
          .isOpenServer=${this.me?.isOpen}
          @weft-find=${() => this.#editor.value?.find()}
          .width=${this.#view.width}
          @weft-width=${({ detail }: CustomEvent<string>) => this.#keepView({ ...this.#view, width: detail })}
          @weft-focus-mode=${() => this.#editor.value?.toggleFocusMode()}
          @weft-shortcuts=${() => this.#editor.value?.listShortcuts()}
          @weft-forget=${this.#forget}
        ></weft-document-menu>
        ${this.isReady || this.isKept ? this.#menuButton() : nothing}`,
      notes: this.#notes(),
    };
  }

  /** It opens the menu by itself, once that is there. */
  #menuButton(): TemplateResult {
    return html`<button
      class="quiet more-button"
      popovertarget="document-menu"
      aria-haspopup="menu"
      aria-label=${words.more}
      title=${words.more}
      @click=${this.#openMenu}
    >
      ${icons.more}
    </button>`;
  }

  #notes(): unknown {
    const { missing } = this.late;
    return missing ? banner({ ...missing, tone: 'warn' }) : this.#beginning.note;
  }

  readonly #noAccessPage = (kept: KeptText, wasOpen: boolean): TemplateResult => {
    const { missing } = this.late;
    const unsaved = this.#unsaved(kept);
    if (missing) return noticePage({ ...missing, actions: html`${unsaved}${missing.controls}` });
    return html`<weft-no-access
      .name=${this.name}
      .me=${this.me}
      .wasOpen=${wasOpen}
      .isSignedOut=${this.isSignedOut}
      .unsaved=${unsaved}
      .byHand=${kept.byHand}
    ></weft-no-access>`;
  };

  /** What can be done with text that the server did not get, once it takes no more. */
  #unsaved(kept: KeptText): TemplateResult | null {
    if (!this.documents.isUnfinished(this.#shared)) return null;
    const copy = html`<button class="primary" @click=${() => void kept.copy()}>
      ${kept.isCopied ? html`${icons.check}${words.copied}` : html`${icons.copy}${words.copyText}`}
    </button>`;
    const newest = kept.drafts.at(-1);
    const read = newest ? html`<a class="button" href=${keptPath(this.name, newest.id)}>${words.readIt}</a>` : nothing;
    return html`${copy}${read}`;
  }

  readonly #stateChanged = ({ target }: Event): void => {
    const { isReady, isEditable, local, role, focusMode } = target as EditorElement;
    if (focusMode !== this.#view.focusMode) this.#keepView({ ...this.#view, focusMode });
    this.isReady = isReady;
    this.isEditable = isEditable;
    this.isKept = local === 'kept' || local === 'full';
    this.ownRole = role;
  };

  #keepView(view: PageView): void {
    this.#view = view;
    keepView(view);
    this.requestUpdate();
  }

  readonly #wasRead = (): void => {
    this.#title.nameTab();
    this.requestUpdate();
  };

  readonly #holdsBack = (): boolean =>
    this.#beginning.holdsBack(this.me?.isOpen ?? false, () => this.#editor.value?.show());

  readonly #docReplaced = (doc: SharedDocument['doc']): void => this.#title.follow(doc);

  readonly #closedByServer = ({ code }: { readonly code: number }): void => {
    if (code !== CloseCode.NoAccess) return;
    void this.late.use(words.parts.page, loadNoAccess, () => {});
    this.dispatchEvent(new CustomEvent('weft-turned-away', { bubbles: true }));
  };

  /** The first time; from then on its button does it by itself. */
  readonly #openMenu = ({ currentTarget }: Event): void => {
    if (customElements.get('weft-document-menu')) return;
    void this.late.use(
      words.parts.menu,
      loadMenu,
      () => void this.querySelector<DocumentMenu>('weft-document-menu')?.open(currentTarget as HTMLElement),
    );
  };

  readonly #share = (): void => {
    void this.late.use(
      words.parts.sharing,
      () => import('../share/share-dialog.js'),
      () => void this.#shareDialog.value?.open(),
    );
  };

  /** Closed, too: what is shown is not to be kept again. */
  readonly #forget = async (): Promise<void> => {
    const title = this.#title.name;
    if (!(await mayForget(title, this.documents.isUnfinished(this.#shared)))) return;
    try {
      await this.#shared.forgetLocal();
    } catch {
      return announce(device.notForgotten);
    }
    this.documents.discard(this.#shared);
    announce(words.isForgotten(title));
    goTo('/');
  };

  get firstLine(): string | null {
    return this.#editor.value?.reading?.title ?? null;
  }
}

/** Comes with the first file that is brought in. */
const askBeforeLeaving: Surroundings['askBeforeLeaving'] = (count, signal) => {
  import('./leaving.js').then(
    (part) => part.askBeforeLeaving(count, signal),
    (error: unknown) => console.warn(error),
  );
};

// In the look of the app, whose styles are there, it draws into the page itself.
customElements.define('weft-editor', EditorElement);
customElements.define('weft-document', DocumentPage);
