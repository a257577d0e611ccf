// Places in the text that wait for something which is not there yet, as a picture on its way to the server. Such a place is drawn, and
// no part of the document; it goes with the text around it, whoever changes that, and outlives what it stood in.

import { schema } from '@weft/model';
import { Fragment, type Node } from 'prosemirror-model';
import { type EditorState, TextSelection, type Transaction } from 'prosemirror-state';
import { Decoration, DecorationSet, type EditorView } from 'prosemirror-view';
import { isCaption } from './commands.js';
import { type LatePart, lateKey } from './late-part.js';
import { isFigure } from './selected-picture.js';
import { asOwnStep } from './undo.js';

export interface WaitingPlace {
  readonly id: string;
  /** Between two blocks, or where such a place was before others changed the text. */
  readonly position: number;
  /** What is drawn there. */
  readonly dom: HTMLElement;
  /** What comes takes the place of the picture that is there: the position is in it, or before it in its line. */
  readonly isReplacement?: boolean;
}

type Change =
  | { readonly kind: 'add'; readonly places: readonly WaitingPlace[] }
  | { readonly kind: 'remove'; readonly id: string }
  /** All of them, in another Y.Doc of the same document. */
  | { readonly kind: 'move'; readonly places: readonly WaitingPlace[] };

const { nodes } = schema;

export const placesIn = (state: EditorState): readonly WaitingPlace[] => readPlaces(lateKey.getState(state));
const readPlaces = (known: unknown): readonly WaitingPlace[] => (Array.isArray(known) ? known : []);
const change = (tr: Transaction, what: Change): Transaction => tr.setMeta(lateKey, what);

export const waitingPlaces: Omit<LatePart, 'drawPicture'> = {
  apply: (tr, known) => {
    const places = readPlaces(known);
    const what = tr.getMeta(lateKey) as Change | undefined;
    if (what?.kind === 'move') return what.places;
    if (places.length === 0 && what?.kind !== 'add') return places;
    // Of several at one place the order stays: what comes into the place of one is before those that follow it.
    const filled = what?.kind === 'remove' ? places.findIndex(({ id }) => id === what.id) : places.length;
    const moved = !tr.docChanged
      ? places
      : places.map((place, index) => ({
          ...place,
          position: tr.mapping.map(place.position, index > filled ? 1 : -1),
        }));
    if (what?.kind === 'add') return [...moved, ...what.places];
    return what?.kind === 'remove' ? moved.filter(({ id }) => id !== what.id) : moved;
  },
  move: (tr, known, to) => {
    change(tr, {
      kind: 'move',
      places: readPlaces(known).map((place) => ({ ...place, position: to(place.position) })),
    });
  },
  decorations: (state) => {
    const places = placesIn(state);
    const { $from } = state.selection;
    // An empty caption is there while one is at it.
    const captioned = isFigure($from.parent)
      ? [Decoration.node($from.before(), $from.after(), { class: 'is-captioned' })]
      : [];
    if (places.length + captioned.length === 0) return null;
    const drawn = places.map(({ id, position, dom }, index) =>
      Decoration.widget(blockPlace(state.doc, position), dom, {
        key: id,
        // Of those at one position.
        side: index - places.length,
        stopEvent: () => true,
        ignoreSelection: true,
      }),
    );
    return DecorationSet.create(state.doc, [...captioned, ...drawn]);
  },
};

/** The nearest place for a block: before the block that a position is at the beginning of, else after it. */
export function blockPlace(doc: Node, position: number): number {
  const $at = doc.resolve(Math.min(position, doc.content.size));
  const isAtStart = $at.parent.inlineContent && $at.parentOffset === 0 && !isCaption($at.parent.type);
  for (let depth = $at.depth; depth >= 0; depth--) {
    const parent = $at.node(depth);
    const isHere = depth === $at.depth;
    const index = isHere || isAtStart ? $at.index(depth) : $at.indexAfter(depth);
    if (parent.inlineContent || !parent.canReplaceWith(index, index, nodes.figure)) continue;
    return isHere ? $at.pos : isAtStart ? $at.before(depth + 1) : $at.after(depth + 1);
  }
  return doc.content.size;
}

/** Draws places that wait. What they came with is what else the transaction does. */
export const addPlaces = (tr: Transaction, places: readonly WaitingPlace[]): Transaction =>
  change(tr, { kind: 'add', places });

export function removePlace(view: EditorView, id: string): void {
  if (placesIn(view.state).some((place) => place.id === id)) {
    view.dispatch(change(view.state.tr, { kind: 'remove', id }));
  }
}

/** Puts a block where one was waited for, as a step of its own. @returns whether anybody waited */
export function fillPlace(view: EditorView, id: string, block: Node): boolean {
  const { state } = view;
  const place = placesIn(state).find((waiting) => waiting.id === id);
  if (!place) return false;
  const replaced = place.isReplacement && isFigure(block) ? pictureAt(state.doc, place.position) : null;
  if (replaced !== null) {
    const tr = state.tr.setNodeAttribute(replaced, 'src', block.attrs.src);
    view.dispatch(change(asOwnStep(tr), { kind: 'remove', id }));
    return true;
  }
  const at = blockPlace(state.doc, place.position);
  const isAtEnd = at === state.doc.content.size;
  // Under the last one there has to be a line to go on in.
  const blocks = isAtEnd ? [block, nodes.paragraph.create()] : [block];
  const tr = state.tr.insert(at, Fragment.from(blocks));
  const { selection } = state;
  // What is written next goes under it, as it would have if it had been there at once.
  if (isAtEnd && selection instanceof TextSelection && selection.empty && selection.head === at - 1) {
    tr.setSelection(TextSelection.create(tr.doc, tr.doc.content.size - 1));
  }
  view.dispatch(change(asOwnStep(tr), { kind: 'remove', id }));
  return true;
}

function pictureAt(doc: Node, position: number): number | null {
  const $at = doc.resolve(Math.min(position, doc.content.size));
  if (isFigure($at.parent)) return $at.before();
  return $at.nodeAfter?.type === nodes.image ? $at.pos : null;
}
