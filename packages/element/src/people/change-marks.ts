// A mark at the edge of the text beside a block that somebody changed: their colour, their name, and after a few seconds it is gone (the
// stylesheet says when). It lies over the sheet, so that nothing in the text moves or is drawn anew.

import * as words from '@weft/words/edits';

export interface Changer {
  readonly name: string;
  readonly color: string;
}

/** From the letters to the mark. */
const GAP_PX = 11;
const WIDTH_PX = 3;

export class ChangeMarks {
  readonly #text: HTMLElement;
  /** Each with its block. */
  readonly #marks = new Map<HTMLElement, HTMLElement>();
  /** What is written above pushes a block along. */
  readonly #resized = new ResizeObserver(() => this.#place());

  constructor(text: HTMLElement) {
    this.#text = text;
  }

  /** @param blocks  in the order of the text; the name is said once for those that follow each other. Null: whose it is nobody knows */
  show(blocks: ReadonlyMap<HTMLElement, Changer | null>): void {
    const sheet = this.#text.closest('.sheet');
    let before: string | null = null;
    for (const [block, who] of blocks) {
      const label = who ? words.editedBy(who.name) : words.edited;
      const mark = document.createElement('div');
      mark.className = 'change-mark';
      mark.setAttribute('aria-hidden', 'true');
      if (who) mark.style.setProperty('--c', who.color);
      if (label !== before) mark.append(Object.assign(document.createElement('span'), { textContent: label }));
      before = label;
      mark.addEventListener('animationend', ({ target }) => target === mark && this.#remove(mark));
      this.#marks.set(mark, block);
      sheet?.append(mark);
    }
    this.#place();
    this.#resized.observe(this.#text);
  }

  end(): void {
    for (const mark of [...this.#marks.keys()]) this.#remove(mark);
  }

  #remove(mark: HTMLElement): void {
    mark.remove();
    this.#marks.delete(mark);
    if (this.#marks.size === 0) this.#resized.disconnect();
  }

  #place(): void {
    const sheet = this.#text.closest('.sheet');
    if (!sheet) return;
    const paper = sheet.getBoundingClientRect();
    const text = this.#text.getBoundingClientRect();
    const places = [...this.#marks].map(([mark, block]) => {
      const { top, height } = block.getBoundingClientRect();
      return { mark, top, height, isRightToLeft: getComputedStyle(block).direction === 'rtl' };
    });
    for (const { mark, top, height, isRightToLeft } of places) {
      const left = isRightToLeft ? text.right + GAP_PX - WIDTH_PX : text.left - GAP_PX;
      mark.dir = isRightToLeft ? 'rtl' : 'ltr';
      mark.style.left = `${left - paper.left - sheet.clientLeft}px`;
      mark.style.top = `${top - paper.top - sheet.clientTop}px`;
      mark.style.height = `${height}px`;
    }
  }
}
