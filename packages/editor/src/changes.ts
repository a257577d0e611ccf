// A text that is only looked at: what two moments of a document differ in, in the colours of those who did it. The look is that
// of the editor, and nothing in it can be changed.

import { EditorState, Plugin } from 'prosemirror-state';
import { Decoration, DecorationSet, EditorView } from 'prosemirror-view';
import {
  atMoment,
  type ComparedBlock,
  type ComparedEdit,
  type ComparedPlace,
  type ComparedRun,
  type ComparedText,
  comparedText,
} from './compared-text.js';

export {
  atMoment,
  type ComparedAttribute,
  type ComparedBlock,
  type ComparedEdit,
  type ComparedRun,
} from './compared-text.js';

/** What one goes to with one step: some blocks, or something in one of them. */
export interface ComparedStep {
  readonly block: number;
  readonly blocks: number;
  readonly run?: number;
  readonly runs?: number;
  readonly kind: 'inserted' | 'deleted' | 'moved' | 'changed';
  readonly edit: ComparedEdit;
}

export type ChangeKind = ComparedStep['kind'];

export interface ChangesLook {
  /** As `#rrggbb`. @param person '' for nobody who is known */
  colorOf(person: string): string;
  /** A sentence: what was done, by whom and when. */
  describe(kind: ChangeKind, edit: ComparedEdit): string;
}

export class ChangesView {
  readonly #view: EditorView;
  readonly #look: ChangesLook;
  #blocks: readonly ComparedBlock[] = [];
  #text: ComparedText = comparedText([]);
  #changes = DecorationSet.empty;
  /** What a step goes to, drawn apart: all changes of a long text are not drawn anew for it. */
  #here = DecorationSet.empty;

  constructor(element: HTMLElement, look: ChangesLook) {
    this.#look = look;
    this.#view = new EditorView(element, {
      state: this.#stateNow(),
      decorations: () => this.#changes,
      editable: () => false,
      attributes: { role: 'document', 'aria-label': 'The text at this moment', tabindex: '0' },
    });
  }

  /** All of it, marked; or, where a side is given, the text as it was then. */
  show(blocks: readonly ComparedBlock[], side: 'before' | 'after' | null): void {
    this.#blocks = side === null ? blocks : atMoment(blocks, side);
    this.#text = comparedText(this.#blocks);
    const drawn = this.#text.places.flatMap((place) => this.#decorate(place));
    this.#changes = DecorationSet.create(this.#text.doc, drawn);
    this.#here = DecorationSet.empty;
    this.#view.updateState(this.#stateNow());
  }

  /** Marks what a step goes to. @returns where it stands in the window; null for nothing that is shown */
  goTo(step: ComparedStep | null): DOMRect | null {
    const places = step ? this.#text.places.filter((one) => isOf(one, step)) : [];
    this.#here = DecorationSet.create(this.#text.doc, places.map(pointedAt));
    this.#view.setProps({});
    const [place] = places;
    if (!place) return null;
    const node = this.#view.nodeDOM(place.from);
    const element = node instanceof Element ? node : this.#view.domAtPos(place.from + 1).node.parentElement;
    return element?.getBoundingClientRect() ?? null;
  }

  destroy(): void {
    this.#view.destroy();
  }

  #stateNow(): EditorState {
    const pointing = new Plugin({ props: { decorations: () => this.#here } });
    return EditorState.create({ doc: this.#text.doc, plugins: [pointing] });
  }

  #decorate(place: ComparedPlace): Decoration[] {
    const block = this.#blocks[place.block]!;
    const found = place.run === null ? this.#changeOfBlock(block, place.block) : changeOfRun(block.runs![place.run]!);
    if (found === null) return [];
    const { kind, edit } = found;
    const attrs = {
      class: `${place.run === null ? 'is-past-block ' : ''}past-${kind}`,
      style: `--c: ${this.#look.colorOf(edit.by)}`,
      title: this.#look.describe(kind, edit),
    };
    if (place.run === null) return [Decoration.node(place.from, place.to, attrs)];
    return [Decoration.inline(place.from, place.to, { ...attrs, nodeName: elementFor[kind] })];
  }

  /** Of blocks in each other that came or went together, the outermost says so. */
  #changeOfBlock(block: ComparedBlock, index: number): Change | null {
    const { change, changed = [], edit, movedFrom, movedTo } = block;
    if (change === 'same') {
      const of = changed.find((attribute) => attribute.edit)?.edit;
      return of ? { kind: 'changed', edit: of } : null;
    }
    if (!edit || this.#outerOf(index)?.change === change) return null;
    return { kind: movedFrom === undefined && movedTo === undefined ? change : 'moved', edit };
  }

  #outerOf(index: number): ComparedBlock | null {
    const { depth } = this.#blocks[index]!;
    if (depth === 0) return null;
    for (let at = index - 1; at >= 0; at--) if (this.#blocks[at]!.depth < depth) return this.#blocks[at]!;
    return null;
  }
}

interface Change {
  readonly kind: ChangeKind;
  readonly edit: ComparedEdit;
}

const elementFor = { inserted: 'ins', deleted: 'del', moved: 'span', changed: 'span' } as const;

function changeOfRun({ change, edit }: ComparedRun): Change | null {
  if (change === 'same' || !edit) return null;
  return { kind: change === 'reformatted' ? 'changed' : change, edit };
}

const pointedAt = ({ run, from, to }: ComparedPlace): Decoration =>
  run === null ? Decoration.node(from, to, { class: 'is-here' }) : Decoration.inline(from, to, { class: 'is-here' });

const isOf = ({ block, run }: ComparedPlace, step: ComparedStep): boolean => {
  if (block < step.block || block >= step.block + step.blocks) return false;
  if (step.run === undefined) return run === null;
  return run !== null && run >= step.run && run < step.run + (step.runs ?? 1);
};
