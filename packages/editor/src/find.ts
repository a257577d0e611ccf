// Finding text in an editor, and replacing it. The match one is at is the selection: it stays the same one while others write.
// All are counted, and those in the window are highlighted, so that a letter found everywhere in a long document costs no more
// than a rare word.

import { Fragment, type Node } from 'prosemirror-model';
import { type EditorState, TextSelection } from 'prosemirror-state';
import { Decoration, DecorationSet, type EditorView } from 'prosemirror-view';
import type { Editor } from './editor.js';
import { indexFrom, type Match, Matches } from './matches.js';
import { ReplaceManyStep, type Replacement } from './replace-many.js';
import { asOwnStep } from './undo.js';

/** In one window: more is not told apart by anybody. */
const MAX_HIGHLIGHTS = 1_000;

export interface Found {
  readonly count: number;
  /** Which of them one is at, from 1; 0 at none. */
  readonly at: number;
}

export class Find {
  readonly #editor: Editor;
  readonly #tell: (found: Found) => void;
  #matches = new Matches('', false);
  #found: Found = { count: 0, at: 0 };
  #drawn: { readonly state: EditorState; readonly highlights: DecorationSet } | null = null;
  #frame = 0;
  readonly #listening = new AbortController();

  /** @param tell  called when the count changes, or which match one is at */
  constructor(editor: Editor, tell: (found: Found) => void) {
    this.#editor = editor;
    this.#tell = tell;
    editor.setHighlights((state) => this.#highlights(state));
    const options = { signal: this.#listening.signal, passive: true, capture: true };
    addEventListener('scroll', this.#drawSoon, options);
    addEventListener('resize', this.#drawSoon, options);
  }

  /** The one that is selected. */
  get match(): Match | null {
    return this.#all[this.#found.at - 1] ?? null;
  }

  /** Looks for something else, and goes to the first match at the caret or after it. */
  look(wanted: string, isCaseKept: boolean): void {
    this.#matches = new Matches(wanted, isCaseKept);
    const matches = this.#all;
    const next = matches[indexFrom(matches, this.#view.state.selection.from) % matches.length];
    if (next) this.#select(next);
    else this.#draw();
  }

  next(): void {
    const { from, empty } = this.#view.state.selection;
    this.#selectAt(indexFrom(this.#all, empty ? from : from + 1));
  }

  previous(): void {
    this.#selectAt(indexFrom(this.#all, this.#view.state.selection.from) - 1);
  }

  /** Puts other text in the place of the match one is at, and goes to the next; at none, it only goes there. */
  replace(text: string): void {
    if (!this.#view.editable) return;
    const { match } = this;
    if (!match) return this.next();
    this.#put([match], text);
    const matches = this.#all;
    const next = matches[indexFrom(matches, match.from + text.length) % matches.length];
    if (next) this.#select(next);
  }

  /** All of them, which is undone at once. @returns how many */
  replaceAll(text: string): number {
    const matches = this.#all;
    if (!this.#view.editable || matches.length === 0) return 0;
    this.#put(matches, text);
    return matches.length;
  }

  #put(matches: readonly Match[], text: string): void {
    const { doc, tr } = this.#view.state;
    this.#view.dispatch(asOwnStep(tr.step(new ReplaceManyStep(inPlaceOf(matches, text, doc)))));
  }

  close(): void {
    this.#listening.abort();
    cancelAnimationFrame(this.#frame);
    // Who leaves the page takes the text away first.
    if (!this.#view.isDestroyed) this.#editor.setHighlights(null);
  }

  get #view(): EditorView {
    return this.#editor.view;
  }

  get #all(): readonly Match[] {
    return this.#matches.in(this.#view.state.doc);
  }

  /** Beyond either end it goes on at the other. */
  #selectAt(index: number): void {
    const matches = this.#all;
    const match = matches[(index + matches.length) % matches.length];
    if (match) this.#select(match);
  }

  #select({ from, to }: Match): void {
    const { state } = this.#view;
    this.#view.dispatch(state.tr.setSelection(TextSelection.create(state.doc, from, to)));
  }

  readonly #drawSoon = (): void => {
    this.#frame ||= requestAnimationFrame(() => {
      this.#frame = 0;
      this.#draw();
    });
  };

  #draw(): void {
    this.#drawn = null;
    this.#editor.setHighlights((state) => this.#highlights(state));
  }

  /** Asked for with every state of the view, and more than once. */
  #highlights(state: EditorState): DecorationSet {
    if (this.#drawn?.state === state) return this.#drawn.highlights;
    const matches = this.#matches.in(state.doc);
    const { from, to } = state.selection;
    const index = indexFrom(matches, from);
    const isAt = matches[index]?.from === from && matches[index].to === to;
    const window = shownIn(this.#view, state);
    const first = Math.max(0, indexFrom(matches, window.from) - 1);
    const last = Math.min(indexFrom(matches, window.to), first + MAX_HIGHLIGHTS);
    const drawn = matches.slice(first, last).map((match, offset) =>
      Decoration.inline(match.from, match.to, {
        class: isAt && first + offset === index ? 'weft-found is-here' : 'weft-found',
      }),
    );
    const highlights = DecorationSet.create(state.doc, drawn);
    this.#drawn = { state, highlights };
    this.#know({ count: matches.length, at: isAt ? index + 1 : 0 });
    return highlights;
  }

  #know(found: Found): void {
    if (found.count === this.#found.count && found.at === this.#found.at) return;
    this.#found = found;
    // The view is being drawn: whoever hears of it may want to change it.
    queueMicrotask(() => {
      if (!this.#listening.signal.aborted) this.#tell(found);
    });
  }
}

/** With the marks of what is there. */
function inPlaceOf(matches: readonly Match[], text: string, doc: Node): Replacement[] {
  const replacements: Replacement[] = [];
  doc.descendants((block, position) => {
    if (!block.isTextblock) return true;
    const start = position + 1;
    const end = start + block.content.size;
    for (let next = matches[replacements.length]; next && next.to <= end; next = matches[replacements.length]) {
      // Looked up in the block: in a long document each look takes longer.
      const marks = block.resolve(next.from - start).marksAcross(block.resolve(next.to - start)) ?? [];
      const content = text === '' ? Fragment.empty : Fragment.from(doc.type.schema.text(text, marks));
      replacements.push({ ...next, content });
    }
    return false;
  });
  return replacements;
}

/** What of a document is in the window, as far as the view has drawn it. */
function shownIn(view: EditorView, { doc }: EditorState): Match {
  const { left, right, top, bottom } = view.dom.getBoundingClientRect();
  const end = doc.content.size;
  const at = (y: number, otherwise: number): number => {
    if (y <= top || y >= bottom) return otherwise;
    const place = view.posAtCoords({ left: (left + right) / 2, top: y });
    return Math.min(place?.pos ?? otherwise, end);
  };
  return { from: at(0, 0), to: at(innerHeight - 1, end) };
}
