// What a colon and the beginning of a name offer: emoji, put into the text as the characters they are. Loaded with the first colon
// that asks for it.

import { takeColon } from '@weft/editor/tools';
import * as words from '@weft/words/tools';
import * as writing from '@weft/words/writing';
import { html, type TemplateResult } from 'lit';
import { type Emoji, emojiMeantBy, isNameOf } from './emoji.js';
import { TypedMenuElement } from './typed-menu.js';

export class EmojiMenuElement extends TypedMenuElement<Emoji> {
  protected override readonly listId = 'emoji-menu';
  protected override readonly label = writing.emoji;

  protected override itemsFor(query: string): readonly Emoji[] {
    return emojiMeantBy(query);
  }

  protected override opened(count: number): string {
    return words.emojiFound(count);
  }

  /** A second colon ends a name, as elsewhere. */
  override keyPressed(event: KeyboardEvent): boolean {
    const { meant } = this;
    if (event.key !== ':' || !meant || !isNameOf(meant.item, meant.query)) return super.keyPressed(event);
    this.choose(meant.item);
    return true;
  }

  protected override draw({ sign, name }: Emoji): TemplateResult {
    return html`<span class="sign" aria-hidden="true">${sign}</span><span>${name}</span>`;
  }

  protected override take({ sign }: Emoji): void {
    this.editor.run(takeColon(sign));
  }
}

customElements.define('weft-emoji-menu', EmojiMenuElement);
