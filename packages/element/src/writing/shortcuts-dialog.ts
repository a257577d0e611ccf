// What can be done by keys alone, from the table that the editor's keyboard is made of. Loaded when somebody asks for it.

import { type Shortcut, shortcuts } from '@weft/editor';
import { blockShortcuts } from '@weft/editor/tools';
import * as words from '@weft/words/tools';
import * as writing from '@weft/words/writing';
import { html, render, type TemplateResult } from 'lit';
import { icons } from '../ui/icons.js';
import { keysInWords, pageKeys } from '../ui/key-names.js';
import { layerOf } from '../ui/root.js';

interface Line {
  readonly name: string;
  readonly keys: readonly string[];
}

/** @param beside  in the same tree as this */
export function showShortcuts(beside: Node): void {
  const dialog = document.createElement('dialog');
  dialog.className = 'shortcuts';
  dialog.setAttribute('aria-labelledby', 'shortcuts-title');
  const table: readonly Shortcut[] = [...Object.values(shortcuts), ...Object.values(blockShortcuts)];
  const groups = new Set(table.map(({ group }) => group));
  const ofPage: readonly Line[] = [
    { name: words.findAndReplace, keys: [pageKeys.find] },
    { name: words.focusMode, keys: [pageKeys.focus] },
    { name: words.menuOfBlock, keys: [pageKeys.block] },
    { name: words.controlsOfSelection, keys: [pageKeys.selection] },
    { name: words.menuOfNewBlocks, keys: ['/'] },
    { name: words.emojiByName, keys: [':'] },
    { name: words.thisList, keys: [pageKeys.shortcuts] },
  ];
  render(
    html`<header>
        <h2 id="shortcuts-title">${words.shortcuts}</h2>
        <button class="quiet" aria-label=${words.close} autofocus @click=${() => dialog.close()}>${icons.close}</button>
      </header>
      <div class="shortcut-groups">
        ${[...groups].map((group) =>
          section(
            writing.groups[group],
            table.filter((shortcut) => shortcut.group === group),
          ),
        )}
        ${section(words.page, ofPage)}
      </div>`,
    dialog,
  );
  // A press beside the dialog leaves it, as it does every popover.
  dialog.addEventListener('click', ({ target }) => target === dialog && dialog.close());
  dialog.addEventListener('close', () => dialog.remove());
  layerOf(beside).append(dialog);
  dialog.showModal();
}

const section = (title: string, lines: readonly Line[]): TemplateResult => html`<section>
  <h3>${title}</h3>
  <dl>
    ${lines.map(
      ({ name, keys }) => html`<div>
        <dt>${name}</dt>
        <dd>${keys.map((key, index) => html`${index > 0 ? ` ${words.or} ` : ''}<kbd>${keysInWords(key)}</kbd>`)}</dd>
      </div>`,
    )}
  </dl>
</section>`;
