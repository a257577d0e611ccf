// What a toolbar, a menu or a shortcut can do to the text: ProseMirror commands over the document model. Each answers
// whether it applies, and does it only when given a dispatch.

import { safeLinkHref, schema } from '@weft/model';
import { chainCommands, lift, newlineInCode, toggleMark as toggleMarkOf, wrapIn } from 'prosemirror-commands';
import type { Attrs, NodeType, ResolvedPos } from 'prosemirror-model';
import { liftListItem, splitListItem } from 'prosemirror-schema-list';
import { AllSelection, type Command, type EditorState, Selection, TextSelection } from 'prosemirror-state';

export type MarkName = 'strong' | 'em' | 'underline' | 'strike' | 'code' | 'highlight';
export type HeadingLevel = 1 | 2 | 3 | 4 | 5 | 6;
export type BlockName = 'paragraph' | `heading-${HeadingLevel}` | 'code';

const { nodes, marks } = schema;

export function toggleMark(name: MarkName): Command {
  return toggleMarkOf(marks[name]);
}

export function setBlock(block: BlockName): Command {
  if (block === 'paragraph') return setBlockType(nodes.paragraph);
  if (block === 'code') return setBlockType(nodes.code_block);
  return setBlockType(nodes.heading, { level: Number(block.slice('heading-'.length)) });
}

/** Turns the selected textblocks into others, which keep their alignment; but never a picture by its caption. */
function setBlockType(type: NodeType, attrs: Attrs = {}): Command {
  return (state, dispatch) => {
    const { tr } = state;
    for (const { $from, $to } of state.selection.ranges) {
      state.doc.nodesBetween($from.pos, $to.pos, (node, position, parent, index) => {
        const mayBecome = parent?.canReplaceWith(index, index + 1, type) ?? false;
        if (!node.isTextblock || isCaption(node.type) || !mayBecome) return;
        const { align = null, dir = null } = node.attrs;
        const wanted = type.create({ align, dir, ...attrs });
        if (wanted.hasMarkup(node.type, node.attrs)) return;
        const at = tr.mapping.map(position);
        tr.setBlockType(at, at + node.nodeSize, type, wanted.attrs);
      });
    }
    if (!tr.docChanged) return false;
    dispatch?.(tr.scrollIntoView());
    return true;
  };
}

/** Text that belongs to something else: the caption of a picture, the title of a section. */
export const isCaption = ({ spec, isTextblock }: NodeType): boolean => isTextblock && spec.isolating === true;

/** Enter in a caption goes on under it: there is no second one. */
export const leaveCaption: Command = (state, dispatch) => {
  const { $from, $to } = state.selection;
  if (!isCaption($from.parent.type) || !$from.sameParent($to)) return false;
  if (dispatch) {
    const tr = state.tr.insert($from.after(), nodes.paragraph.create());
    dispatch(tr.setSelection(TextSelection.create(tr.doc, $from.after() + 1)).scrollIntoView());
  }
  return true;
};

export const toggleQuote: Command = (state, dispatch) => {
  const isQuoted = depthOf(state.selection.$from, (type) => type === nodes.blockquote) !== null;
  return isQuoted ? liftOutOf(nodes.blockquote)(state, dispatch) : wrapIn(nodes.blockquote)(state, dispatch);
};

/** A rule under the caret's block (in its place when it is empty), and a paragraph under it to go on writing in. */
export const insertRule: Command = (state, dispatch) => {
  if (!dispatch) return true;
  const tr = state.tr.deleteSelection();
  const { $from } = tr.selection;
  const isEmptyBlock = $from.parent.isTextblock && $from.parent.content.size === 0;
  const from = $from.depth === 0 ? $from.pos : isEmptyBlock ? $from.before() : $from.after();
  const to = isEmptyBlock ? $from.after() : from;
  tr.replaceWith(from, to, [nodes.horizontal_rule.create(), nodes.paragraph.create()]);
  dispatch(tr.setSelection(TextSelection.create(tr.doc, from + 2)).scrollIntoView());
  return true;
};

export const insertHardBreak: Command = (state, dispatch) => {
  if (!state.selection.$from.parent.inlineContent || state.selection.$from.parent.type.spec.code) return false;
  dispatch?.(state.tr.replaceSelectionWith(nodes.hard_break.create()).scrollIntoView());
  return true;
};

const itemTypes: readonly NodeType[] = [nodes.list_item, nodes.task_item];

/** The kind of item whose child the block at this place is. */
function itemAround($pos: ResolvedPos): NodeType | null {
  const type = $pos.depth > 1 ? $pos.node(-1).type : null;
  return type && itemTypes.includes(type) ? type : null;
}

/** Whether the caret is in an item, at any depth. */
export const isInItem = (state: EditorState): boolean =>
  depthOf(state.selection.$from, (type) => itemTypes.includes(type)) !== null;

/** Does it with the items of the list the caret is in, of whichever kind they are. */
export const withItems =
  (command: (item: NodeType) => Command): Command =>
  (state, dispatch, view) => {
    const depth = depthOf(state.selection.$from, (type) => itemTypes.includes(type));
    return depth !== null && command(state.selection.$from.node(depth).type)(state, dispatch, view);
  };

/** Enter in a list: code goes on in a new line, an empty item leaves its list by one level, any other is split. */
export const enterInList: Command = chainCommands(
  newlineInCode,
  (state, dispatch) => {
    const { $from, empty } = state.selection;
    const item = empty && $from.parent.content.size === 0 ? itemAround($from) : null;
    return item !== null && $from.node(-1).childCount === 1 && liftListItem(item)(state, dispatch);
  },
  splitListItem(nodes.list_item),
  splitListItem(nodes.task_item, { checked: false }),
);

/**
 * Enter over all that is in a quote, an item or a cell leaves an empty line in it. ProseMirror's own command leaves it without one,
 * goes on in the text that follows, and throws where there is none.
 */
export const enterOverBlocks: Command = (state, dispatch) => {
  const { selection } = state;
  if (selection instanceof AllSelection) {
    const tr = state.tr.replaceWith(0, state.doc.content.size, nodes.paragraph.create());
    dispatch?.(tr.setSelection(Selection.atStart(tr.doc)).scrollIntoView());
    return true;
  }
  if (!(selection instanceof TextSelection) || selection.empty) return false;
  const tr = state.tr.deleteSelection();
  const at = tr.mapping.map(selection.from);
  const $at = tr.doc.resolve(at);
  if ($at.parent.childCount > 0 && tr.selection.$from.depth > 0) return false;
  if ($at.parent.inlineContent) return false;
  // An item, say, where only items may stand.
  const around = $at.parent.contentMatchAt($at.index()).findWrapping(nodes.paragraph);
  const block = around?.reduceRight((inner, type) => type.create(null, inner), nodes.paragraph.create());
  if (block) tr.insert(at, block).setSelection(Selection.near(tr.doc.resolve(at + 1)));
  dispatch?.(tr.scrollIntoView());
  return true;
};

/** Tab in code is a character of the code. */
export const tabInCode: Command = (state, dispatch) => {
  const { $from, $to } = state.selection;
  if (!$from.parent.type.spec.code || !$from.sameParent($to)) return false;
  dispatch?.(state.tr.insertText('\t').scrollIntoView());
  return true;
};

/** Backspace at the start of an item takes away its bullet before it takes away anything else. */
export const backspaceInList: Command = (state, dispatch) => {
  const { $from, empty } = state.selection;
  const item = empty && $from.parentOffset === 0 ? itemAround($from) : null;
  return item !== null && $from.index(-1) === 0 && liftListItem(item)(state, dispatch);
};

/** Backspace at the start of a heading or code block makes it plain text first. */
export const backspaceToParagraph: Command = (state, dispatch) => {
  const { $from, empty } = state.selection;
  if (!empty || $from.parentOffset > 0 || !$from.parent.isTextblock || $from.parent.type === nodes.paragraph)
    return false;
  return setBlockType(nodes.paragraph)(state, dispatch);
};

export interface LinkAt {
  readonly href: string;
  readonly from: number;
  readonly to: number;
}

/** The link the caret is in or the selection begins in, with all of its text. */
export function linkAt(state: EditorState, $pos: ResolvedPos = state.selection.$from): LinkAt | null {
  const { parent } = $pos;
  // At a border the caret belongs to both sides; the text before it wins.
  const at = [$pos.parent.childBefore($pos.parentOffset), $pos.parent.childAfter($pos.parentOffset)].find(
    ({ node }) => node && marks.link.isInSet(node.marks),
  );
  const link = at?.node && marks.link.isInSet(at.node.marks);
  if (!at || !link) return null;
  let from = at.index;
  let to = at.index + 1;
  while (from > 0 && link.isInSet(parent.child(from - 1).marks)) from--;
  while (to < parent.childCount && link.isInSet(parent.child(to).marks)) to++;
  const offsetOf = (index: number) => {
    let offset = $pos.start();
    for (let i = 0; i < index; i++) offset += parent.child(i).nodeSize;
    return offset;
  };
  return { href: String(link.attrs.href), from: offsetOf(from), to: offsetOf(to) };
}

/** Links the selection; without one, the link the caret is in; else writes the address itself as a link. */
export function setLink(address: string): Command {
  return (state, dispatch) => {
    const href = safeLinkHref(completeAddress(address));
    if (href === null || !state.selection.$from.parent.type.allowsMarkType(marks.link)) return false;
    if (!dispatch) return true;
    const mark = marks.link.create({ href });
    const { from, to, empty } = state.selection;
    const current = linkAt(state);
    if (!empty) dispatch(state.tr.addMark(from, to, mark));
    else if (current)
      dispatch(state.tr.removeMark(current.from, current.to, marks.link).addMark(current.from, current.to, mark));
    else dispatch(state.tr.replaceSelectionWith(schema.text(address.trim(), [mark]), false).scrollIntoView());
    return true;
  };
}

export const removeLink: Command = (state, dispatch) => {
  const { from, to, empty } = state.selection;
  const link = empty ? linkAt(state) : { from, to };
  if (!link) return false;
  dispatch?.(state.tr.removeMark(link.from, link.to, marks.link));
  return true;
};

/** "example.org/a" -> "https://example.org/a", "noor@example.org" -> "mailto:…"; anything else as it is. */
export function completeAddress(address: string): string {
  const text = address.trim();
  if (/^[^\s@/:]+@[^\s@/:.]+(?:\.[^\s@/:.]+)+$/.test(text)) return `mailto:${text}`;
  return /^[\p{L}\p{N}-]+(\.[\p{L}\p{N}-]+)+(:\d+)?([/?#]\S*)?$/u.test(text) ? `https://${text}` : text;
}

function liftOutOf(type: NodeType): Command {
  return (state, dispatch) => {
    const { $from, $to } = state.selection;
    const range = $from.blockRange($to, (node) => node.type === type);
    if (!range) return lift(state, dispatch);
    dispatch?.(state.tr.lift(range, range.depth - 1).scrollIntoView());
    return true;
  };
}

/** The depth of the innermost node around a position that `matches`, or null. */
export function depthOf($pos: ResolvedPos, matches: (type: NodeType) => boolean): number | null {
  for (let depth = $pos.depth; depth > 0; depth--) if (matches($pos.node(depth).type)) return depth;
  return null;
}

/** Down or right at the end of a code block that ends the document: a paragraph to leave into. */
export const leaveCodeBelow: Command = (state, dispatch) => {
  const { $head, empty } = state.selection;
  if (!empty || $head.parent.type !== nodes.code_block || $head.parentOffset < $head.parent.content.size) return false;
  if (Selection.findFrom(state.doc.resolve($head.after()), 1)) return false;
  if (dispatch) {
    const tr = state.tr.insert($head.after(), nodes.paragraph.create());
    dispatch(tr.setSelection(TextSelection.create(tr.doc, $head.after() + 1)).scrollIntoView());
  }
  return true;
};
