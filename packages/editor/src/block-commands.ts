// What is done to blocks as wholes: they are moved, doubled, taken away, or become others. A block is what stands in the document, in a
// list, a quote, a callout or a section by itself; what is in the cells of a table moves with the table.

import { schema } from '@weft/model';
import { wrapIn } from 'prosemirror-commands';
import { Fragment, type Node, type NodeRange, type NodeType, type ResolvedPos } from 'prosemirror-model';
import { liftListItem } from 'prosemirror-schema-list';
import { type Command, type EditorState, Selection } from 'prosemirror-state';
import { type BlockName, depthOf, isInItem, setBlock, toggleQuote, withItems } from './commands.js';
import { mappable } from './kept-selection.js';
import { type ListName, listOf, toggleList } from './lists.js';
import { inOneStep } from './one-step.js';
import { asOwnStep } from './undo.js';

const { nodes } = schema;

const holders: ReadonlySet<NodeType> = new Set([
  nodes.doc,
  nodes.blockquote,
  nodes.callout,
  nodes.details,
  nodes.bullet_list,
  nodes.ordered_list,
  nodes.task_list,
]);

/** The blocks that are selected or have the caret in them, of the innermost that holds all of them; null where there are none. */
export function selectedBlocks({ selection: { $from, $to } }: EditorState): NodeRange | null {
  const range = $from.blockRange($to, ({ type }) => holders.has(type));
  // The title of a section is part of it.
  const isTitled = range?.parent.child(range.startIndex).type === nodes.details_summary;
  return isTitled ? $from.blockRange($to, ({ type }) => holders.has(type) && type !== nodes.details) : range;
}

/** Where the innermost block around a place begins; null where there is none. */
export function blockAround($place: ResolvedPos): number | null {
  for (let depth = $place.depth; depth > 0; depth--) {
    const isBlock = holders.has($place.node(depth - 1).type) && $place.node(depth).type !== nodes.details_summary;
    if (isBlock && depthIn(nodes.table, $place, depth) === null) return $place.before(depth);
  }
  return null;
}

/** The depth of the innermost such node that holds what is at this depth. */
function depthIn(type: NodeType, $place: ResolvedPos, below: number): number | null {
  for (let depth = below - 1; depth > 0; depth--) if ($place.node(depth).type === type) return depth;
  return null;
}

/** Past the block beside them, within what holds them. */
export const moveBlocks =
  (direction: 'up' | 'down'): Command =>
  (state, dispatch) => {
    const range = selectedBlocks(state);
    if (range === null) return false;
    const { parent, start, end, startIndex, endIndex } = range;
    const passed = parent.maybeChild(direction === 'up' ? startIndex - 1 : endIndex);
    if (!passed || passed.type === nodes.details_summary) return false;
    const { tr } = state;
    // What is passed moves, so that carets stay in what is moved.
    if (direction === 'up') tr.insert(end, passed).delete(start - passed.nodeSize, start);
    else tr.delete(end, end + passed.nodeSize).insert(start, passed);
    dispatch?.(asOwnStep(tr).scrollIntoView());
    return true;
  };

/** The caret goes to the same place in what is new, below. */
export const duplicateBlocks: Command = (state, dispatch) => {
  const range = selectedBlocks(state);
  if (range === null) return false;
  const { parent, start, end, startIndex, endIndex } = range;
  const { tr, selection } = state;
  tr.insert(end, Fragment.fromArray(parent.children.slice(startIndex, endIndex).map(copyOf)));
  const moved = selection.getBookmark().map(mappable((place) => place + end - start));
  tr.setSelection(moved.resolve(tr.doc));
  dispatch?.(asOwnStep(tr).scrollIntoView());
  return true;
};

/** Another node, which stands for something else in Yjs. */
export const copyOf = (node: Node): Node =>
  node.isText ? node : node.copy(Fragment.fromArray(node.children.map(copyOf)));

export const deleteBlocks: Command = (state, dispatch) => {
  const range = selectedBlocks(state);
  if (range === null) return false;
  const { parent, start, end, startIndex, endIndex } = range;
  const { tr } = state;
  const isAll = startIndex === 0 && endIndex === parent.childCount;
  if (isAll && parent.type === nodes.doc) tr.replaceWith(start, end, nodes.paragraph.create());
  else if (isAll) {
    // A list or a quote without anything in it is nothing.
    const $inside = tr.doc.resolve(start);
    tr.deleteRange($inside.before(), $inside.after());
  } else tr.delete(start, end);
  tr.setSelection(Selection.near(tr.doc.resolve(Math.min(start, tr.doc.content.size)), 1));
  dispatch?.(asOwnStep(tr).scrollIntoView());
  return true;
};

export type BlockKind = BlockName | ListName | 'quote' | 'callout';

/** As they are told to people who choose, beside headings of a lower level. */
export function turnInto(kind: BlockKind): Command {
  if (kind === 'bullet' || kind === 'ordered' || kind === 'task') {
    return inOneStep(setText, (state, dispatch) => listOf(state) !== kind && toggleList(kind)(state, dispatch));
  }
  const around = kind === 'quote' ? nodes.blockquote : kind === 'callout' ? nodes.callout : null;
  if (around !== null) {
    const wrap = kind === 'quote' ? toggleQuote : wrapIn(around);
    const isIn = (state: EditorState) => depthOf(state.selection.$from, (type) => type === around) !== null;
    return inOneStep(setText, leaveLists, (state, dispatch) => !isIn(state) && wrap(state, dispatch));
  }
  return inOneStep(leaveLists, leaveQuote, setBlock(kind as BlockName));
}

/** Code and headings become text before they become something else. */
const setText: Command = setBlock('paragraph');

const leaveQuote: Command = (state, dispatch) =>
  depthOf(state.selection.$from, (type) => type === nodes.blockquote) !== null && toggleQuote(state, dispatch);

/** Out of all lists, level by level. */
const leaveLists: Command = (state, dispatch) => {
  if (!isInItem(state)) return false;
  return inOneStep(withItems(liftListItem), leaveLists)(state, dispatch);
};

/** Of the code with the caret. @param language  as it is named after a fence; null for none */
export const setLanguage =
  (language: string | null): Command =>
  (state, dispatch) => {
    const { $from } = state.selection;
    if ($from.parent.type !== nodes.code_block || $from.parent.attrs.language === language) return false;
    dispatch?.(asOwnStep(state.tr.setNodeAttribute($from.before(), 'language', language)));
    return true;
  };

/** A table with a row of headers, its first cell ready to be written in. */
export function insertTable(rows: number, columns: number): Command {
  const row = (type: NodeType) =>
    nodes.table_row.create(
      null,
      Array.from({ length: columns }, () => cellOf(type)),
    );
  const table = nodes.table.create(
    null,
    Array.from({ length: rows }, (_, index) => row(index === 0 ? nodes.table_header : nodes.table_cell)),
  );
  return insertBlock(table, 4);
}

const cellOf = (type: NodeType): Node => type.create(null, nodes.paragraph.create());

/** A section that can be folded, its title ready to be written. */
export const insertSection: Command = (state, dispatch) =>
  insertBlock(nodes.details.create(null, [nodes.details_summary.create(), nodes.paragraph.create()]), 2)(
    state,
    dispatch,
  );

/**
 * In the place of the caret's block when that is empty, else under it. There is always something to write in below it.
 *
 * @param caret  where it goes, from where the block begins
 */
function insertBlock(block: Node, caret: number): Command {
  return (state, dispatch) => {
    const { $from } = state.selection;
    if ($from.depth === 0) return false;
    const isEmpty = $from.parent.isTextblock && $from.parent.content.size === 0;
    const holder = $from.node(-1);
    const index = $from.index(-1);
    const isInPlace = isEmpty && holder.canReplaceWith(index, index + 1, block.type);
    if (!isInPlace && !holder.canReplaceWith(index + 1, index + 1, block.type)) return false;
    const { tr } = state;
    const [from, to] = [isInPlace ? $from.before() : $from.after(), $from.after()];
    const isLast = index + 1 === holder.childCount;
    tr.replaceWith(from, to, isLast ? [block, nodes.paragraph.create()] : block);
    tr.setSelection(Selection.near(tr.doc.resolve(from + caret)));
    dispatch?.(asOwnStep(tr).scrollIntoView());
    return true;
  };
}
