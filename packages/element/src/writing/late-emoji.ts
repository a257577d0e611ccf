// The menu of emoji, fetched when it is first asked for: what is typed meanwhile is what it then shows. Should it not come, there is
// a colon in the text, and what was typed after it.

import type { Editor } from '@weft/editor';
import type { Typed, TypedMenu } from '@weft/editor/tools';
import type { EmojiMenuElement } from './emoji-menu.js';

export class LateEmoji implements TypedMenu {
  /** Where it will be. */
  readonly place = document.createElement('div');
  readonly #editor: Editor;
  #menu: EmojiMenuElement | null = null;
  #isLoading = false;
  #typed: Typed | null = null;

  constructor(editor: Editor) {
    this.#editor = editor;
  }

  show(typed: Typed): void {
    this.#typed = typed;
    if (this.#menu) this.#menu.show(typed);
    else if (!this.#isLoading) void this.#load();
  }

  hide(): void {
    this.#typed = null;
    this.#menu?.hide();
  }

  keyPressed(event: KeyboardEvent): boolean {
    return this.#menu?.keyPressed(event) ?? false;
  }

  async #load(): Promise<void> {
    this.#isLoading = true;
    try {
      const { EmojiMenuElement } = await import('./emoji-menu.js');
      this.#menu = new EmojiMenuElement();
      this.#menu.editor = this.#editor;
      this.place.append(this.#menu);
      if (this.#typed) this.#menu.show(this.#typed);
    } catch (error) {
      console.warn(error);
    } finally {
      this.#isLoading = false;
    }
  }
}
