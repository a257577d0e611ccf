// A text that is only looked at: what two moments of a document differ in, in the colours of those who did it. The look is that
// of the editor, and nothing in it can be changed.

import * as words from '@weft/words/text';
import type { Node } from 'prosemirror-model';
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
import { type PictureSource, plainPicture } from './plain-picture.js';
import { nameBoxes } from './task-boxes.js';

export type { ComparedBlock, ComparedEdit } from './compared-text.js';

/** What one goes to with one step: some blocks, or something in one of them. */
export interface ComparedStep {
  readonly block: number;
  readonly blocks: number;
  readonly run?: number;
  readonly runs?: number;
  readonly kind: 'inserted' | 'deleted' | 'moved' | 'changed';
  readonly edit: ComparedEdit;
}

/** `restored`: written before, and brought back. */
export type ChangeKind = ComparedStep['kind'] | 'restored';

export interface ChangesLook {
  /** As `#rrggbb`. @param person '' for nobody who is known */
  colorOf(person: string): string;
  /** A sentence: what was done, by whom and when. @param writtenBy of what was brought back: whose it is */
  describe(kind: ChangeKind, edit: ComparedEdit, writtenBy?: string): string;
  readonly pictureSource: PictureSource;
  /** What stands at the beginning of a block, to do something with it; null for nothing. */
  toolFor(block: number): HTMLElement | null;
}

export class ChangesView {
  readonly #view: EditorView;
  readonly #look: ChangesLook;
  #blocks: readonly ComparedBlock[] = [];
  #around: readonly (ComparedBlock['change'] | null)[] = [];
  #text: ComparedText = comparedText([]);
  #changes = DecorationSet.empty;
  /** What a step goes to, drawn apart: all changes of a long text are not drawn anew for it. */
  #here = DecorationSet.empty;

  constructor(element: HTMLElement, look: ChangesLook) {
    this.#look = look;
    const picture = (node: Node) => plainPicture(node, look.pictureSource);
    this.#view = new EditorView(element, {
      state: this.#stateNow(),
      decorations: () => this.#changes,
      nodeViews: { image: picture, figure: picture },
      editable: () => false,
      attributes: { role: 'document', 'aria-label': words.atThisMoment, tabindex: '0', lang: '' },
    });
    nameBoxes(this.#view.dom);
  }

  /** All of it, marked; or, where a side is given, the text as it was then. */
  show(blocks: readonly ComparedBlock[], side: 'before' | 'after' | null): void {
    this.#blocks = side === null ? blocks : atMoment(blocks, side);
    this.#text = comparedText(this.#blocks);
    this.#around = changesAround(this.#blocks);
    const tools = side === null ? this.#text.places.flatMap((place) => this.#tool(place)) : [];
    const drawn = [...tools, ...this.#text.places.flatMap((place) => this.#decorate(place))];
    this.#changes = DecorationSet.create(this.#text.doc, drawn);
    this.#here = DecorationSet.empty;
    this.#view.updateState(this.#stateNow());
  }

  /** Marks what a step goes to. @returns where it stands in the window; null for nothing that is shown */
  goTo(step: ComparedStep): DOMRect | null {
    const places = this.#text.places.filter((one) => isOf(one, step));
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

  #tool({ block, run, from }: ComparedPlace): Decoration[] {
    const tool = run === null ? this.#look.toolFor(block) : null;
    if (tool === null) return [];
    // In a list there is no place but in its items.
    const isIn = this.#text.doc.resolve(from).parent !== this.#text.doc;
    return [
      Decoration.widget(isIn ? from + 1 : from, tool, { side: -1, stopEvent: () => true, ignoreSelection: true }),
    ];
  }

  #decorate(place: ComparedPlace): Decoration[] {
    const block = this.#blocks[place.block]!;
    const found = place.run === null ? this.#changeOfBlock(block, place.block) : changeOfRun(block.runs![place.run]!);
    if (found === null) return [];
    const { kind, edit, writtenBy } = found;
    const attrs = {
      class: `${place.run === null ? 'is-past-block ' : ''}past-${kind}`,
      style: `--c: ${this.#look.colorOf(edit.by)}`,
      title: this.#look.describe(kind, edit, writtenBy),
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
    if (!edit || this.#around[index] === change) return null;
    return { kind: movedFrom === undefined && movedTo === undefined ? change : 'moved', edit };
  }
}

/** Of each block how the one around it changed; null of those that stand in none. */
function changesAround(blocks: readonly ComparedBlock[]): (ComparedBlock['change'] | null)[] {
  const around: ComparedBlock[] = [];
  return blocks.map((block) => {
    while (around.length > 0 && around.at(-1)!.depth >= block.depth) around.pop();
    const outer = around.at(-1)?.change ?? null;
    around.push(block);
    return outer;
  });
}

interface Change {
  readonly kind: ChangeKind;
  readonly edit: ComparedEdit;
  readonly writtenBy?: string;
}

const elementFor = { inserted: 'ins', restored: 'ins', deleted: 'del', moved: 'span', changed: 'span' } as const;

function changeOfRun({ change, edit, writtenBy }: ComparedRun): Change | null {
  if (change === 'same' || !edit) return null;
  if (writtenBy !== undefined) return { kind: 'restored', edit, writtenBy };
  return { kind: change === 'reformatted' ? 'changed' : change, edit };
}

const pointedAt = ({ run, from, to }: ComparedPlace): Decoration =>
  run === null ? Decoration.node(from, to, { class: 'is-here' }) : Decoration.inline(from, to, { class: 'is-here' });

const isOf = ({ block, run }: ComparedPlace, step: ComparedStep): boolean => {
  if (block < step.block || block >= step.block + step.blocks) return false;
  if (step.run === undefined) return run === null;
  return run !== null && run >= step.run && run < step.run + (step.runs ?? 1);
};
