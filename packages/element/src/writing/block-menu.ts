// What can be done with a block, or with the table the caret is in: one menu, opened at the handle of a block, at the corner of a
// table, from the toolbar or by Alt-Enter. What it is about is selected while it is open, so that others may write meanwhile.

import type { Editor } from '@weft/editor';
import {
  type Alignment,
  alignmentAt,
  blockShortcuts,
  type ColumnChange,
  changeColumns,
  changeTable,
  deleteBlocks,
  duplicateBlocks,
  headersOf,
  isBounded,
  moveBlocks,
  selectedBlocks,
  setLanguage,
  type TableAction,
  tableAround,
} from '@weft/editor/tools';
import * as words from '@weft/words/tools';
import * as writing from '@weft/words/writing';
import { html, nothing, type TemplateResult } from 'lit';
import { createRef, ref } from 'lit/directives/ref.js';
import { codeLanguages } from '../code/code-languages.js';
import { announce } from '../ui/announce.js';
import { itemsOf, moveInMenu } from '../ui/arrow-keys.js';
import { type Box, headBottom, placeBeside } from '../ui/float.js';
import { icons } from '../ui/icons.js';
import { keysInWords } from '../ui/key-names.js';
import { LightElement } from '../ui/light-element.js';
import { blockKinds, type Command } from './block-kinds.js';
import { writingIcons } from './writing-icons.js';

type About = 'block' | 'table' | 'language';

interface Action {
  readonly name: string;
  readonly icon: TemplateResult;
  readonly command: Command;
  readonly keys?: string;
  /** Of what is on or off. */
  readonly isOn?: boolean;
  /** What is said once it is done. */
  readonly said: string;
}

const names: Readonly<Record<About, string>> = { block: words.block, table: writing.table, language: words.language };

const languages: readonly (readonly [string | null, string])[] = [[null, words.noLanguage], ...codeLanguages];

const blockActions: readonly Action[] = [
  {
    name: writing.moveUp,
    icon: writingIcons.up,
    command: moveBlocks('up'),
    keys: blockShortcuts.moveUp.keys[0],
    said: words.movedUp,
  },
  {
    name: writing.moveDown,
    icon: writingIcons.down,
    command: moveBlocks('down'),
    keys: blockShortcuts.moveDown.keys[0],
    said: words.movedDown,
  },
  {
    name: writing.duplicate,
    icon: writingIcons.duplicate,
    command: duplicateBlocks,
    keys: blockShortcuts.duplicate.keys[0],
    said: words.duplicated,
  },
  {
    name: writing.remove,
    icon: icons.trash,
    command: deleteBlocks,
    keys: blockShortcuts.deleteBlock.keys[0],
    said: words.deleted,
  },
];

export class BlockMenu extends LightElement {
  static override properties = { editor: { attribute: false }, about: { state: true } };
  declare editor: Editor;
  declare private about: About | null;
  readonly #popover = createRef<HTMLElement>();
  #box: Box = new DOMRect();

  constructor() {
    super();
    this.about = null;
  }

  /** @param about  of a block without a table around it there is only the one menu */
  async open(box: Box, about: About): Promise<void> {
    this.#box = box;
    const around = tableAround(this.editor.view.state);
    const isTable = around !== null && isBounded(around.table);
    this.about = about === 'table' && !isTable ? 'block' : about;
    this.requestUpdate();
    await this.updateComplete;
    const popover = this.#popover.value!;
    if (!popover.matches(':popover-open')) popover.showPopover();
    placeBeside(popover, box, 'below', headBottom(this));
    const current = about === 'table' ? null : popover.querySelector<HTMLElement>('[aria-checked="true"]');
    (current ?? itemsOf(popover)[0])?.focus();
  }

  override render(): TemplateResult {
    return html`<div
      ${ref(this.#popover)}
      class="menu block-menu"
      popover="auto"
      role="menu"
      aria-label=${names[this.about ?? 'block']}
      data-about=${this.about ?? nothing}
      @keydown=${moveInMenu}
      @toggle=${this.#toggled}
    >
      ${this.about === null ? nothing : this.#items[this.about]()}
    </div>`;
  }

  readonly #items: Readonly<Record<About, () => TemplateResult>> = {
    block: () => this.#blockItems(),
    table: () => this.#tableItems(),
    language: () => this.#languageItems(),
  };

  #blockItems(): TemplateResult {
    const { state } = this.editor.view;
    const { parent } = state.selection.$from;
    const range = selectedBlocks(state);
    const isTable = range?.parent.child(range.startIndex).type.spec.tableRole === 'table';
    const mayTurn = parent.inlineContent && !parent.type.spec.isolating && !isTable;
    const { block, list, isQuote } = this.editor.status;
    const current = list ?? (block === 'paragraph' && isQuote ? 'quote' : block);
    return html`${
      mayTurn
        ? html`<p class="menu-label" aria-hidden="true">${words.turnInto}</p>
            ${blockKinds.map(({ kind, name, icon, command }) =>
              this.#item({ name, icon, command, isOn: kind === current, said: name }, 'menuitemradio'),
            )}
            <hr />`
        : nothing
    }
      ${this.#ways()} ${blockActions.map((action) => this.#item(action))}`;
  }

  /** To what else there is to choose, of a table or of code. */
  #ways(): TemplateResult | typeof nothing {
    const { state } = this.editor.view;
    const way = (about: About, name: string, icon: TemplateResult): TemplateResult =>
      html`<button role="menuitem" tabindex="-1" @click=${() => void this.open(this.#box, about)}>
          ${icon}<span>${name}</span>
        </button>
        <hr />`;
    if (tableAround(state) !== null) return way('table', words.rowsAndColumns, writingIcons.table);
    return this.editor.status.block === 'code' ? way('language', words.language, icons.codeBlock) : nothing;
  }

  #languageItems(): TemplateResult {
    const { language } = this.editor.view.state.selection.$from.parent.attrs;
    const isKnown = languages.some(([known]) => known === (language ?? null));
    const all = isKnown ? languages : [[String(language), String(language)] as const, ...languages];
    return html`${all.map(([id, name]) => {
      const isOn = id === (language ?? null);
      return this.#item({ name, icon: icons.check, isOn, command: setLanguage(id), said: name }, 'menuitemradio');
    })}`;
  }

  #tableItems(): TemplateResult {
    const { state } = this.editor.view;
    const around = tableAround(state);
    if (!around) return html`${nothing}`;
    const headers = headersOf(around.table);
    const applies = (action: TableAction): boolean => changeTable(action)(state);
    const act = (action: TableAction, name: string, icon: TemplateResult, isOn?: boolean): TemplateResult => {
      const said = isOn === undefined ? name : words.switched(name, !isOn);
      const command = changeTable(action);
      return this.#item(
        { name, icon, command, said, ...(isOn === undefined ? {} : { isOn }) },
        isOn === undefined ? 'menuitem' : 'menuitemcheckbox',
      );
    };
    const alignment = alignmentAt(state);
    const align = (action: Alignment, name: string, icon: TemplateResult): TemplateResult =>
      this.#item({ name, icon, isOn: action === alignment, command: changeTable(action), said: name }, 'menuitemradio');
    const columns = (change: ColumnChange, name: string): TemplateResult =>
      this.#item({ name, icon: writingIcons[change], command: changeColumns(change), said: name });
    return html`${act('row above', words.rowAbove, icons.plus)} ${act('row below', words.rowBelow, icons.plus)}
      ${act('column before', words.columnBefore, icons.plus)} ${act('column after', words.columnAfter, icons.plus)}
      <hr />
      ${act('header row', words.headerRow, icons.check, headers.row)}
      ${act('header column', words.headerColumn, icons.check, headers.column)}
      ${applies('merge') ? act('merge', words.mergeCells, writingIcons.merge) : nothing}
      ${applies('split') ? act('split', words.splitCell, writingIcons.split) : nothing}
      <hr />
      <div role="group" aria-label=${words.alignment}>
        ${align('align start', words.alignStart, writingIcons.alignStart)}
        ${align('align center', words.alignCenter, writingIcons.alignCenter)}
        ${align('align right', words.alignRight, writingIcons.alignRight)}
      </div>
      <hr />
      ${columns('wider', words.columnWider)} ${columns('narrower', words.columnNarrower)}
      ${columns('even', words.columnsEven)} ${columns('own', words.columnsByText)}
      <hr />
      ${act('delete row', words.deleteRow, icons.trash)} ${act('delete column', words.deleteColumn, icons.trash)}
      ${act('delete table', words.deleteTable, icons.trash)}`;
  }

  #item(action: Action, role: 'menuitem' | 'menuitemradio' | 'menuitemcheckbox' = 'menuitem'): TemplateResult {
    const { name, icon, keys, isOn } = action;
    return html`<button
      role=${role}
      aria-checked=${isOn === undefined ? nothing : String(isOn)}
      tabindex="-1"
      @click=${() => this.#do(action)}
    >
      ${icon}<span>${name}</span>${keys ? html`<kbd>${keysInWords(keys)}</kbd>` : nothing}
    </button>`;
  }

  #do({ command, said }: Action): void {
    this.#popover.value?.hidePopover();
    if (this.editor.run(command)) announce(said);
    else this.editor.focus();
  }

  readonly #toggled = (event: ToggleEvent): void => {
    if (event.newState === 'closed') this.about = null;
  };
}

/** Whether there is anything that the menu could be about. */
export const hasBlock = ({ view }: Editor): boolean => selectedBlocks(view.state) !== null;

customElements.define('weft-block-menu', BlockMenu);
