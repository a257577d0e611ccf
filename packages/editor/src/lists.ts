// Lists under a selection, however much is selected: which kind they are, and the button that makes them, turns one kind
// into the other, or takes their blocks out. It never puts a list into a list.

import { schema } from '@weft/model';
import { type Node, NodeRange, type NodeType } from 'prosemirror-model';
import { liftListItem, wrapInList } from 'prosemirror-schema-list';
import {
  AllSelection,
  type Command,
  EditorState,
  type Selection,
  TextSelection,
  type Transaction,
} from 'prosemirror-state';
import { canJoin } from 'prosemirror-transform';

export type ListName = 'bullet' | 'ordered' | 'task';

const { bullet_list, ordered_list, task_list, list_item, task_item } = schema.nodes;
const listTypes: Readonly<Record<ListName, NodeType>> = { bullet: bullet_list, ordered: ordered_list, task: task_list };
const listNames = Object.keys(listTypes) as ListName[];
const nameOf = (type: NodeType): ListName | null => listNames.find((name) => listTypes[name] === type) ?? null;
const isList = ({ type }: Node): boolean => nameOf(type) !== null;
const itemOf = (list: NodeType): NodeType => (list === task_list ? task_item : list_item);

/** What a list button acts on: the innermost list around the whole selection, else the blocks the selection touches. */
interface Target {
  readonly blocks: readonly { readonly node: Node; readonly position: number }[];
  /** Of the nodes that hold the blocks. */
  readonly depth: number;
}

function targetOf(selection: Selection): Target {
  const { $from, $to } = toText(selection);
  for (let depth = $from.sharedDepth($to.pos); depth > 0; depth--) {
    if (isList($from.node(depth))) {
      return { blocks: [{ node: $from.node(depth), position: $from.before(depth) }], depth: depth - 1 };
    }
  }
  const range = $from.blockRange($to);
  if (!range) return { blocks: [], depth: 0 };
  const blocks = [];
  let position = range.start;
  for (let index = range.startIndex; index < range.endIndex; index++) {
    const node = range.parent.child(index);
    blocks.push({ node, position });
    position += node.nodeSize;
  }
  return { blocks, depth: range.depth };
}

/** Everything selected is the text from the first place to write to the last. */
function toText(selection: Selection): Selection {
  const { $from, $to } = selection;
  return selection instanceof AllSelection ? TextSelection.between($from, $to) : selection;
}

/** The kind of list the whole selection is in; null when some of it is in none or in another. */
export function listOf({ selection }: EditorState): ListName | null {
  const { blocks } = targetOf(selection);
  const type = blocks[0]?.node.type;
  if (!type || !blocks.every(({ node }) => node.type === type)) return null;
  return nameOf(type);
}

/** Makes a list, turns one kind into the other, or takes the blocks out of the list they are in. */
export function toggleList(name: ListName): Command {
  return (state, dispatch) => {
    const target = targetOf(state.selection);
    if (!target.blocks.some(({ node }) => isList(node))) return wrapInList(listTypes[name])(state, dispatch);
    return (listOf(state) === name ? liftItems(target) : makeOneList(target, listTypes[name]))(state, dispatch);
  };
}

function liftItems({ blocks }: Target): Command {
  return (state, dispatch) => {
    const { tr } = state;
    const { from, to } = toText(state.selection);
    // From the end, so that what comes before stays where it is.
    for (const { node, position } of blocks.toReversed()) {
      const $start = tr.doc.resolve(Math.max(from, position + 1));
      const $end = tr.doc.resolve(Math.min(to, position + node.nodeSize - 1));
      const part = EditorState.create({ doc: tr.doc, selection: TextSelection.between($start, $end) });
      liftListItem(itemOf(node.type))(part, (lift) => {
        for (const step of lift.steps) tr.step(step);
      });
    }
    if (!tr.docChanged) return false;
    dispatch?.(tr.scrollIntoView());
    return true;
  };
}

function makeOneList({ blocks, depth }: Target, type: NodeType): Command {
  return (state, dispatch) => {
    if (!dispatch) return true;
    const { tr } = state;
    for (const [index, { node, position }] of [...blocks.entries()].toReversed()) {
      let end = position + node.nodeSize;
      if (!isList(node)) {
        // The title of a section stays above its list.
        if (!list_item.contentMatch.matchType(node.type)) continue;
        const range = new NodeRange(tr.doc.resolve(position), tr.doc.resolve(end), depth);
        tr.wrap(range, [{ type }, { type: itemOf(type) }]);
        end = position + tr.doc.nodeAt(position)!.nodeSize;
      } else if (itemOf(node.type) !== itemOf(type)) {
        becomeList(tr, node, position, type);
      } else if (node.type !== type) {
        tr.setNodeMarkup(position, type);
      }
      if (index < blocks.length - 1 && canJoin(tr.doc, end)) tr.join(end);
    }
    dispatch(tr.scrollIntoView());
    return true;
  };
}

/** With items of another kind: all of it is put anew, and the selection stays where it was. */
function becomeList(tr: Transaction, list: Node, position: number, type: NodeType): void {
  const bookmark = tr.selection.getBookmark();
  const items = list.children.map((item) => itemOf(type).create(null, item.content));
  tr.replaceWith(position, position + list.nodeSize, type.create(null, items));
  tr.setSelection(bookmark.resolve(tr.doc));
}
