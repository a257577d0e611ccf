// The menus for writing: what a slash offers, what is done with blocks, tables and selected words. A part of its own, which comes
// once a text is shown that one may change, and goes with it.

import type { Editor } from '@weft/editor';
import {
  blockDrops,
  colonTrigger,
  markdownPaste,
  placeCursors,
  selectBlock,
  slashTrigger,
  tableCells,
  toolKeys,
  typedLinks,
  wordLists,
} from '@weft/editor/tools';
import * as words from '@weft/words/tools';
import type { Box } from '../ui/float.js';
import type { LateParts } from '../ui/late-parts.js';
import { layerOf } from '../ui/root.js';
import './link-popover.js';
import { BlockHandle, type MenuWanted } from './block-handle.js';
import { BlockMenu, hasBlock } from './block-menu.js';
import { ColumnEdge } from './column-edge.js';
import { LateEmoji } from './late-emoji.js';
import { SelectionBubble } from './selection-bubble.js';
import { SlashMenuElement } from './slash-menu.js';

export class WritingTools {
  readonly #editor: Editor;
  readonly #menu = new BlockMenu();
  readonly #elements: readonly HTMLElement[];

  /** @param openLink  the popover of a link, at the text that is selected */
  constructor(editor: Editor, late: LateParts, openLink: () => void) {
    this.#editor = editor;
    const [handle, edge, bubble, slash] = [
      new BlockHandle(),
      new ColumnEdge(),
      new SelectionBubble(),
      new SlashMenuElement(),
    ];
    const emoji = new LateEmoji(editor);
    const colon = colonTrigger(emoji);
    this.#elements = [this.#menu, handle, edge, bubble, slash, emoji.place];
    for (const element of [this.#menu, handle, edge, bubble, slash]) element.editor = editor;
    const { dom } = editor.view;
    dom.closest('.sheet')?.append(handle, edge);
    layerOf(dom).append(this.#menu, bubble, slash, emoji.place);
    handle.addEventListener('weft-block-menu', (event) => this.#open((event as CustomEvent<MenuWanted>).detail));
    bubble.addEventListener('weft-link', openLink);
    dom.addEventListener('weft-emoji', () => void editor.run(colon.ask));
    editor.use([
      slashTrigger(slash),
      colon.plugin,
      toolKeys({
        toSelection: () => bubble.takeFocus(),
        toBlock: () => this.#openAtCaret(),
        changed: (isText) => {
          handle.changed(isText);
          edge.changed();
          bubble.look();
        },
      }),
      tableCells(),
      ...placeCursors(),
      blockDrops(),
      typedLinks(),
      wordLists(),
      markdownPaste((then) => {
        void late.use(
          words.readerOfMarkdown,
          () => import('./read-markdown.js'),
          ({ fromMarkdown }) => then((text) => fromMarkdown(text).doc),
          words.staysText,
        );
      }),
    ]);
  }

  /** Of the block with the caret. @param box  of the control that asks for it */
  openBlockMenu(box: Box): void {
    if (hasBlock(this.#editor)) void this.#menu.open(box, 'block');
  }

  end(): void {
    for (const element of this.#elements) element.remove();
  }

  #openAtCaret(): boolean {
    const { view } = this.#editor;
    if (!hasBlock(this.#editor)) return false;
    const { left, top, bottom } = view.coordsAtPos(view.state.selection.from);
    void this.#menu.open({ left, right: left, top, bottom }, 'block');
    return true;
  }

  #open({ box, about, place }: MenuWanted): void {
    if (place !== null) this.#editor.run(selectBlock(place));
    void this.#menu.open(box, about);
  }
}
