// Markdown while typing: "# ", "> ", "- ", "1. ", "[ ] ", "```", "---", **strong**, *em*, `code`, ~~strike~~.
// Each can be taken back with Backspace or undo right after it happened.

import { schema } from '@weft/model';
import { InputRule, inputRules, wrappingInputRule } from 'prosemirror-inputrules';
import type { Attrs, MarkType, NodeType } from 'prosemirror-model';
import { type Plugin, TextSelection } from 'prosemirror-state';
import { findWrapping } from 'prosemirror-transform';
import { isCaption } from './commands.js';

const { nodes, marks } = schema;
const bulletMarker = /^\s*([-+*])\s$/;
const numberMarker = /^(\d{1,4})[.)]\s$/;
const taskMarker = /^\s*\[([ xX]?)\]\s$/;

/**
 * @param pattern  ends in `$`; its first group is what may stand before the opening delimiter, its second the text kept
 */
function markRule(pattern: RegExp, mark: MarkType): InputRule {
  return new InputRule(pattern, (state, match, start, end) => {
    const [whole, before, text] = match;
    if (whole === undefined || before === undefined || !text) return null;
    const from = start + before.length;
    const $from = state.doc.resolve(from);
    if (!$from.parent.type.allowsMarkType(mark) || state.doc.rangeHasMark(from, end, marks.code)) return null;
    // The last delimiter has not been written yet: the kept text ends one or two characters before `end`.
    const delimiter = (whole.length - before.length - text.length) / 2;
    const textStart = from + delimiter;
    const tr = state.tr.delete(textStart + text.length, end).delete(from, textStart);
    return tr.addMark(from, from + text.length, mark.create()).removeStoredMark(mark);
  });
}

/** The sign at the start of a paragraph or heading makes it a block of this type. */
function blockRule(pattern: RegExp, type: NodeType, attrs?: (match: RegExpMatchArray) => Attrs): InputRule {
  return new InputRule(pattern, (state, match, start, end) => {
    const $start = state.doc.resolve(start);
    const mayBecome = $start.node(-1).canReplaceWith($start.index(-1), $start.indexAfter(-1), type);
    if (!mayBecome || isCaption($start.parent.type)) return null;
    const { align = null, dir = null } = $start.parent.attrs;
    return state.tr.delete(start, end).setBlockType(start, start, type, { align, dir, ...attrs?.(match) });
  });
}

const rule = new InputRule(/^---$/, (state, _match, start) => {
  const $start = state.doc.resolve(start);
  const index = $start.index(-1);
  if ($start.parent.type !== nodes.paragraph || $start.depth !== 1) return null;
  const tr = state.tr.replaceWith($start.before(), $start.after(), [
    nodes.horizontal_rule.create(),
    nodes.paragraph.create(),
  ]);
  return tr.setSelection(TextSelection.create(tr.doc, tr.doc.resolve(0).posAtIndex(index + 1) + 1));
});

/** A marker at the start of an item that has it already says nothing new: another list in it would be a staircase. */
function markerAgain(pattern: RegExp, list: NodeType): InputRule {
  return new InputRule(pattern, (state, _match, start, end) => {
    const $start = state.doc.resolve(start);
    const isStartOfItem =
      $start.depth > 2 &&
      $start.index(-1) === 0 &&
      $start.node(-1).type === nodes.list_item &&
      $start.node(-2).type === list;
    return isStartOfItem ? state.tr.delete(start, end) : null;
  });
}

/** The box of a task; at the start of the only item of a list, which "- " has just made, it makes that one of tasks. */
const task = new InputRule(taskMarker, (state, match, start, end) => {
  const checked = /x/i.test(match[1] ?? '');
  const tr = state.tr.delete(start, end);
  const $start = tr.doc.resolve(start);
  if (isCaption($start.parent.type)) return null;
  const isOnlyItem =
    $start.depth > 2 &&
    $start.node(-1).type === nodes.list_item &&
    $start.node(-2).childCount === 1 &&
    $start.index(-1) === 0;
  if (isOnlyItem) {
    const list = nodes.task_list.create(null, nodes.task_item.create({ checked }, $start.node(-1).content));
    const holder = $start.node(-3);
    const index = $start.index(-3);
    if (!holder.canReplaceWith(index, index + 1, list.type)) return null;
    tr.replaceWith($start.before(-2), $start.after(-2), list);
    return tr.setSelection(TextSelection.create(tr.doc, start));
  }
  const range = $start.parent.type === nodes.paragraph && $start.depth > 0 ? $start.blockRange() : null;
  const isInItem = $start.depth > 1 && [nodes.list_item, nodes.task_item].includes($start.node(-1).type as never);
  const wrapping = range && !isInItem && findWrapping(range, nodes.task_list);
  if (!range || !wrapping) return null;
  wrapping[wrapping.length - 1]!.attrs = { checked };
  return tr.wrap(range, wrapping);
});

export function markdownRules(): Plugin {
  return inputRules({
    rules: [
      blockRule(/^(#{1,6})\s$/, nodes.heading, (match) => ({ level: match[1]!.length })),
      blockRule(/^```$/, nodes.code_block),
      wrappingInputRule(/^\s*>\s$/, nodes.blockquote),
      task,
      markerAgain(bulletMarker, nodes.bullet_list),
      wrappingInputRule(bulletMarker, nodes.bullet_list),
      markerAgain(numberMarker, nodes.ordered_list),
      wrappingInputRule(
        numberMarker,
        nodes.ordered_list,
        (match) => ({ order: Number(match[1]) }),
        (match, list) => list.childCount + list.attrs.order === Number(match[1]),
      ),
      rule,
      markRule(/(^|[^*\\])\*\*([^*\s](?:[^*]*[^*\s])?)\*\*$/, marks.strong),
      markRule(/(^|[^*\\])\*([^*\s](?:[^*]*[^*\s])?)\*$/, marks.em),
      markRule(/(^|[^`\\])`([^`]+)`$/, marks.code),
      markRule(/(^|[^~\\])~~([^~\s](?:[^~]*[^~\s])?)~~$/, marks.strike),
    ],
  });
}
