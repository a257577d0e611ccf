// One question before something that is not easily undone: what it is, what it means for the text, and two ways out. The
// way that changes nothing has the focus.

import * as words from '@weft/words/device';
import { html, render } from 'lit';

export interface Question {
  readonly title: string;
  readonly text: string;
  /** What doing it is called. */
  readonly yes: string;
}

/** @returns whether it is to be done */
export function askFirst({ title, text, yes }: Question): Promise<boolean> {
  const dialog = document.createElement('dialog');
  dialog.className = 'question';
  dialog.setAttribute('aria-labelledby', 'question-title');
  render(
    html`<form method="dialog">
      <h2 id="question-title">${title}</h2>
      <p>${text}</p>
      <div class="actions">
        <button class="framed" value="no" autofocus>${words.cancel}</button>
        <button class="danger" value="yes">${yes}</button>
      </div>
    </form>`,
    dialog,
  );
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener('close', () => {
      dialog.remove();
      resolve(dialog.returnValue === 'yes');
    });
  });
}
