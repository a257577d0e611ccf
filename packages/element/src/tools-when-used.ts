// What is opened beside a text: finding and replacing, following somebody, the list of shortcuts. Each is loaded when it is first used, and
// has a place from the beginning. The menus for writing, of which the popover of a link is one, come by themselves, once there is a text
// that one may change.

import type { Editor } from '@weft/editor';
import type { SharedDocument } from '@weft/provider';
import * as words from '@weft/words/document';
import { html, nothing, type ReactiveController, type ReactiveControllerHost, type TemplateResult } from 'lit';
import { createRef, ref } from 'lit/directives/ref.js';
import type { CodeColors } from './code/code-colors.js';
import type { FindPanel } from './finding/find-panel.js';
import type { OthersAtWork } from './people/others-at-work.js';
import type { People } from './people/people.js';
import { loadPlainText } from './saving/kept-text.js';
import { pageKeyOf } from './ui/key-names.js';
import { LateParts, type Missing } from './ui/late-parts.js';
import { rootOf, targetOf } from './ui/root.js';
import { Typing } from './ui/typing.js';
import { whenIdle } from './ui/when-idle.js';
import type { LinkPopover } from './writing/link-popover.js';
import type { WritingTools } from './writing/writing-tools.js';

interface Page extends ReactiveControllerHost, HTMLElement {
  readonly shared: SharedDocument;
  /** Null before there is a text. */
  readonly editor: Editor | null;
  readonly renderRoot: HTMLElement | DocumentFragment;
  /** Keys that are pressed in it are for this text. */
  readonly stage: EventTarget;
  readonly hasMenus: boolean;
  readonly focusMode: boolean;
  toggleFocusMode(): void;
}

interface Writing {
  readonly editor: Editor;
  tools: WritingTools | null;
}

export class ToolsWhenUsed implements ReactiveController {
  readonly #page: Page;
  readonly late: LateParts;
  readonly #findPanel = createRef<FindPanel>();
  readonly #linkPopover = createRef<LinkPopover>();
  /** The menus for writing, once they are here, and the text they are for. */
  #writing: Writing | null = null;
  #colors: Promise<CodeColors | null> | null = null;
  #others: Promise<OthersAtWork | null> | null = null;
  #stage: EventTarget | null = null;

  constructor(page: Page) {
    this.#page = page;
    this.late = new LateParts(page);
    page.addController(this);
  }

  begin(): void {
    this.#stage = this.#page.stage;
    this.#stage.addEventListener('keydown', this.#keyPressed);
    this.#stage.addEventListener('keydown', this.#escapePressed, true);
  }

  end(): void {
    this.#stage?.removeEventListener('keydown', this.#keyPressed);
    this.#stage?.removeEventListener('keydown', this.#escapePressed, true);
    this.#writing?.tools?.end();
    this.#writing = null;
    void this.#colors?.then((colors) => colors?.end());
    this.#colors = null;
    void this.#others?.then((others) => others?.end());
    this.#others = null;
  }

  /** For what only some texts need: code that says which language it is in has its colours. */
  textRead({ dom }: Editor['view']): void {
    if (this.#colors || !dom.querySelector('pre[data-language]')) return;
    this.#colors = import('./code/code-colors.js').then(
      ({ CodeColors }) => new CodeColors(dom),
      (error: unknown) => {
        console.warn(error);
        return null;
      },
    );
  }

  hostUpdated(): void {
    const { editor } = this.#page;
    if (editor) this.#others ??= this.#watchOthers(editor);
    if (!editor?.status.editable || this.#writing?.editor === editor || !this.#page.hasMenus) return;
    this.#writing = { editor, tools: null };
    // What does not come by itself is asked for again by the control that opens the menu of a block.
    whenIdle(() => {
      this.#loadWriting().catch((error: unknown) => console.warn(error));
      loadPlainText().catch((error: unknown) => console.warn(error));
    });
  }

  /** What does not come is not missed: the text is there without it. */
  async #watchOthers(editor: Editor): Promise<OthersAtWork | null> {
    await new Promise<void>(whenIdle);
    try {
      const { OthersAtWork } = await import('./people/others-at-work.js');
      if (this.#page.editor !== editor) return null;
      return new OthersAtWork(editor, this.#page.shared, (writing) => {
        const people = this.#page.renderRoot.querySelector<People>('weft-people');
        if (people) people.writing = writing;
      });
    } catch (error) {
      console.warn(error);
      return null;
    }
  }

  readonly #loadWriting = async (): Promise<void> => {
    const { WritingTools } = await import('./writing/writing-tools.js');
    if (!this.#writing) return;
    this.#writing.tools ??= new WritingTools(this.#writing.editor, this.late, () => this.openLink(true));
  };

  /** The menu of the block with the caret, at the control that asks for it. */
  readonly openBlockMenu = ({ detail }: CustomEvent<DOMRect>): void => {
    void this.late.use(words.parts.writing, this.#loadWriting, () => this.#writing?.tools?.openBlockMenu(detail));
  };

  /** What was asked for and could not be loaded. */
  get missing(): Missing | null {
    return this.late.missing;
  }

  readonly find = (): Promise<void> =>
    this.#openTyped(
      words.parts.finding,
      () => import('./finding/find-panel.js'),
      ({ text, entered }) => void this.#findPanel.value?.open(text, entered),
    );

  /** @param takeFocus  false when a link was merely clicked: one may want to go on writing */
  openLink(takeFocus: boolean): void {
    const open = (typed?: Typing): void => void this.#linkPopover.value?.open(takeFocus, typed);
    if (customElements.get('weft-link-popover')) open();
    else if (takeFocus) void this.#openTyped(words.parts.writing, this.#loadWriting, open);
    else void this.late.use(words.parts.writing, this.#loadWriting, () => this.#page.editor?.status.link && open());
  }

  readonly follow = ({ detail: client }: CustomEvent<number>): void => {
    void this.late.use(
      words.parts.following,
      () => import('./people/following.js'),
      ({ follow }) => follow(this.#page, client),
    );
  };

  readonly listShortcuts = (): void => {
    void this.late.use(
      words.parts.shortcuts,
      () => import('./writing/shortcuts-dialog.js'),
      ({ showShortcuts }) => this.#page.editor && showShortcuts(this.#page.editor.view.dom),
    );
  };

  /** What is typed until it is there is for it. */
  async #openTyped<Part>(what: string, load: () => Promise<Part>, open: (typed: Typing) => void): Promise<void> {
    const goBack = (): void => void this.#page.editor?.focus();
    const typing = new Typing(this.#page.renderRoot, what, goBack);
    const came = await this.late.use(what, load, () => {
      typing.end();
      if (!typing.isGivenUp) open(typing);
    });
    typing.end();
    if (!came && !typing.isGivenUp) goBack();
  }

  linkPopover(): TemplateResult | typeof nothing {
    const { editor } = this.#page;
    return editor ? html`<weft-link-popover ${ref(this.#linkPopover)} .editor=${editor}></weft-link-popover>` : nothing;
  }

  findBar(isEditable: boolean): TemplateResult | typeof nothing {
    const { editor } = this.#page;
    if (!editor) return nothing;
    return html`<weft-find ${ref(this.#findPanel)} .editor=${editor} .isEditable=${isEditable}></weft-find>`;
  }

  /** Of focus mode: before the text hears of it, which takes each Escape. It is first for what lies above the text. */
  readonly #escapePressed = (event: Event): void => {
    const { key, isComposing } = event as KeyboardEvent;
    const { editor, focusMode } = this.#page;
    if (key !== 'Escape' || isComposing || !focusMode || !editor) return;
    const above = rootOf(editor.view.dom).querySelector(
      'dialog[open], :popover-open:not(.bubble), .following:not(.changes)',
    );
    // Controls beside a text, and what stands for one that is on its way, do something of their own with it, too.
    if (above || targetOf(event)?.closest('.find, .typing, .bubble, weft-picture-bar')) return;
    event.preventDefault();
    event.stopPropagation();
    this.#page.toggleFocusMode();
  };

  /** Wherever the caret is: in the text, in the title, or nowhere. What the text made something of is not for the page. */
  readonly #keyPressed = (event: Event): void => {
    const key = event.defaultPrevented ? null : pageKeyOf(event as KeyboardEvent);
    const { editor } = this.#page;
    if (key === null || !editor || rootOf(editor.view.dom).querySelector('dialog[open]')) return;
    event.preventDefault();
    if (key === 'find') void this.find();
    else if (key === 'focus') this.#page.toggleFocusMode();
    else this.listShortcuts();
  };
}
