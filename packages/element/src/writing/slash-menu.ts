// What a slash offers: kinds of blocks.

import { inOneStep, takeSlash } from '@weft/editor/tools';
import * as words from '@weft/words/tools';
import { html, type TemplateResult } from 'lit';
import { type Insertable, meantBy } from './block-kinds.js';
import { TypedMenuElement } from './typed-menu.js';

export class SlashMenuElement extends TypedMenuElement<Insertable> {
  protected override readonly listId = 'slash-menu';
  protected override readonly label = words.insert;

  protected override itemsFor(query: string): readonly Insertable[] {
    return meantBy(query);
  }

  protected override opened(count: number): string {
    return words.kindsFound(count);
  }

  protected override draw({ icon, name, hint }: Insertable): TemplateResult {
    return html`${icon}<span>${name}</span><kbd aria-hidden="true">${hint}</kbd>`;
  }

  protected override take({ command, asks }: Insertable): void {
    this.editor.run(inOneStep(takeSlash, command));
    if (asks) this.editor.view.dom.dispatchEvent(new CustomEvent(asks, { bubbles: true }));
  }
}

customElements.define('weft-slash-menu', SlashMenuElement);
