// The toolbar: one row, one stop for the Tab key, arrows inside it (WAI-ARIA toolbar). Pressing a control never takes the
// caret out of the text.

import { type BlockName, type Editor, type EditorStatus, shortcuts } from '@weft/editor';
import * as words from '@weft/words/tools';
import * as writing from '@weft/words/writing';
import { html, type TemplateResult } from 'lit';
import { moveInMenu, moveInRow } from '../ui/arrow-keys.js';
import { icons } from '../ui/icons.js';
import { keysInWords, pageKeys } from '../ui/key-names.js';
import { LightElement } from '../ui/light-element.js';
import { openMenu } from '../ui/menu.js';

const blocks = ['paragraph', 'heading-1', 'heading-2', 'heading-3', 'heading-4', 'heading-5', 'heading-6'] as const;

const MENU_WIDTH_PX = 232;
interface Control {
  readonly name: string;
  readonly icon: TemplateResult;
  readonly keys?: string;
  readonly pressed?: boolean;
  readonly enabled?: boolean;
  readonly run: (event: Event) => void;
}

class Toolbar extends LightElement {
  static override properties = {
    editor: { attribute: false },
    status: { attribute: false },
    stop: { state: true },
    isPhone: { state: true },
  };
  declare editor: Editor;
  declare status: EditorStatus;
  /** Which control the Tab key comes to. */
  declare private stop: number;
  declare private isPhone: boolean;
  readonly #phone = matchMedia('(max-width: 640px)');

  constructor() {
    super();
    this.stop = 0;
    this.isPhone = this.#phone.matches;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#phone.addEventListener('change', this.#widthChanged);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#phone.removeEventListener('change', this.#widthChanged);
  }

  override render(): TemplateResult {
    const { commands } = this.editor;
    const { marks, list, isQuote, link, block, canUndo, canRedo } = this.status;
    const groups: Control[][] = [
      [
        {
          name: writing.bold,
          icon: icons.bold,
          keys: shortcuts.bold.keys[0],
          pressed: marks.strong,
          run: () => commands.toggleMark('strong'),
        },
        {
          name: writing.italic,
          icon: icons.italic,
          keys: shortcuts.italic.keys[0],
          pressed: marks.em,
          run: () => commands.toggleMark('em'),
        },
        {
          name: writing.underline,
          icon: icons.underline,
          keys: shortcuts.underline.keys[0],
          pressed: marks.underline,
          run: () => commands.toggleMark('underline'),
        },
        {
          name: writing.strikethrough,
          icon: icons.strike,
          keys: shortcuts.strike.keys[0],
          pressed: marks.strike,
          run: () => commands.toggleMark('strike'),
        },
        {
          name: writing.code,
          icon: icons.code,
          keys: shortcuts.code.keys[0],
          pressed: marks.code,
          run: () => commands.toggleMark('code'),
        },
        {
          name: writing.link,
          icon: icons.link,
          keys: shortcuts.link.keys[0],
          pressed: link !== null,
          run: () => this.#askForLink(),
        },
      ],
      [
        {
          name: writing.bulletList,
          icon: icons.bulletList,
          keys: shortcuts.bulletList.keys[0],
          pressed: list === 'bullet',
          run: () => commands.toggleList('bullet'),
        },
        {
          name: writing.numberedList,
          icon: icons.orderedList,
          keys: shortcuts.orderedList.keys[0],
          pressed: list === 'ordered',
          run: () => commands.toggleList('ordered'),
        },
        {
          name: writing.taskList,
          icon: icons.tasks,
          keys: shortcuts.taskList.keys[0],
          pressed: list === 'task',
          run: () => commands.toggleList('task'),
        },
        {
          name: writing.quote,
          icon: icons.quote,
          keys: shortcuts.quote.keys[0],
          pressed: isQuote,
          run: () => commands.toggleQuote(),
        },
        {
          name: writing.codeBlock,
          icon: icons.codeBlock,
          pressed: block === 'code',
          run: () => commands.setBlock(block === 'code' ? 'paragraph' : 'code'),
        },
        { name: writing.picture, icon: icons.picture, run: () => this.#choosePicture() },
        { name: writing.rule, icon: icons.rule, run: () => commands.insertRule() },
      ],
      [
        { name: words.block, icon: icons.grip, keys: pageKeys.block, run: (event) => this.#openBlockMenu(event) },
        { name: words.findAndReplace, icon: icons.search, keys: pageKeys.find, run: () => this.#find() },
      ],
    ];
    const history: Control[] = [
      {
        name: writing.undo,
        icon: icons.undo,
        keys: shortcuts.undo.keys[0],
        enabled: canUndo,
        run: () => commands.undo(),
      },
      {
        name: writing.redo,
        icon: icons.redo,
        keys: shortcuts.redo.keys[0],
        enabled: canRedo,
        run: () => commands.redo(),
      },
    ];
    // A phone shows only the beginning of the row, and has no keys to take something back with.
    const before = this.isPhone ? [history] : [];
    const after = this.isPhone ? groups : [...groups, history];
    const blockIndex = before.flat().length;
    let index = 0;
    return html`<div
        class="bar"
        part="toolbar"
        role="toolbar"
        aria-label=${words.formatting}
        aria-orientation="horizontal"
        @keydown=${this.#move}
        @mousedown=${keepCaret}
        @focusin=${this.#focused}
      >
        ${before.map((group) => html`${group.map((control) => this.#control(control, index++))}<i></i>`)}
        <button
          class="block-type"
          data-control
          tabindex=${this.stop === blockIndex ? 0 : -1}
          popovertarget="block-menu"
          aria-haspopup="menu"
          title=${words.kindOfText}
        >
          <span class="visually-hidden">${words.kindOfTextIs} </span><span>${nameOf(block)}</span>${icons.chevronDown}
        </button>
        ${after.map((group) => html`<i></i>${group.map((control) => this.#control(control, ++index))}`)}
      </div>
      ${this.#blockMenu()}`;
  }

  #control({ name, icon, keys, pressed, enabled = true, run }: Control, index: number): TemplateResult {
    const label = keys ? `${name} (${keysInWords(keys)})` : name;
    return html`<button
      data-control
      tabindex=${this.stop === index ? 0 : -1}
      aria-label=${name}
      aria-pressed=${pressed === undefined ? null : String(pressed)}
      aria-disabled=${enabled ? null : 'true'}
      title=${label}
      @click=${enabled ? run : null}
    >
      ${icon}
    </button>`;
  }

  #blockMenu(): TemplateResult {
    return html`<div
      id="block-menu"
      class="menu"
      popover="auto"
      role="menu"
      aria-label=${words.kindOfText}
      @beforetoggle=${openMenu(MENU_WIDTH_PX, 'start')}
      @keydown=${moveInMenu}
    >
      ${blocks.map(
        (name) => html`<button
          role="menuitemradio"
          aria-checked=${String(this.status.block === name)}
          tabindex="-1"
          @click=${(event: Event) => {
            (event.currentTarget as HTMLElement).closest<HTMLElement>('[popover]')?.hidePopover();
            this.editor.commands.setBlock(name);
          }}
        >
          <span class="as-${name}">${shortcuts[name].name}</span><kbd>${keysInWords(shortcuts[name].keys[0])}</kbd>
        </button>`,
      )}
    </div>`;
  }

  readonly #widthChanged = (): void => {
    this.isPhone = this.#phone.matches;
    this.stop = 0;
  };

  #find(): void {
    this.dispatchEvent(new CustomEvent('weft-find', { bubbles: true }));
  }

  #openBlockMenu(event: Event): void {
    const detail = (event.currentTarget as HTMLElement).getBoundingClientRect();
    this.dispatchEvent(new CustomEvent('weft-block-menu', { detail }));
  }

  #choosePicture(): void {
    this.dispatchEvent(new CustomEvent('weft-picture', { bubbles: true }));
  }

  #askForLink(): void {
    this.dispatchEvent(new CustomEvent('weft-link'));
  }

  readonly #move = (event: KeyboardEvent): void => {
    if (event.key === 'Escape') return this.editor.focus();
    moveInRow(event, this.#controls());
  };

  readonly #focused = (event: FocusEvent): void => {
    const at = this.#controls().indexOf(event.target as HTMLElement);
    if (at >= 0) this.stop = at;
  };

  #controls(): HTMLElement[] {
    return [...this.querySelectorAll<HTMLElement>('[data-control]')];
  }
}

const nameOf = (block: BlockName): string => (block === 'code' ? writing.codeBlock : shortcuts[block].name);
const keepCaret = (event: Event): void => event.preventDefault();

customElements.define('weft-toolbar', Toolbar);
