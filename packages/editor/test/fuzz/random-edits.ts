// What people do in an editor with the full schema, as ProseMirror commands and steps. One call is one thing a person does.

import { schema } from '@weft/model';
import { baseKeymap, chainCommands, toggleMark, wrapIn } from 'prosemirror-commands';
import type { Attrs, Node, NodeType, ResolvedPos } from 'prosemirror-model';
import { liftListItem, sinkListItem } from 'prosemirror-schema-list';
import { type Command, type EditorState, Selection, TextSelection, type Transaction } from 'prosemirror-state';
import type { Chance } from '../../../../e2e/simulation/chance.js';
import {
  backspaceInList,
  backspaceToParagraph,
  enterInList,
  enterOverBlocks,
  insertHardBreak,
  insertRule,
  leaveCaption,
  setBlock,
  setLink,
  toggleQuote,
  withItems,
} from '../../src/commands.js';
import { toggleList } from '../../src/lists.js';
import type { UniqueText } from './unique-text.js';

const { nodes, marks } = schema;

/** The part of a view that edits need. */
export interface Editing {
  readonly state: EditorState;
  readonly dispatch: (tr: Transaction) => void;
}

const kinds = {
  type: 34,
  erase: 10,
  split: 10,
  join: 8,
  turnInto: 4,
  list: 6,
  indent: 5,
  quote: 2,
  mark: 8,
  link: 2,
  comment: 2,
  attribute: 6,
  insertBlock: 5,
  insertInline: 3,
  table: 8,
  paste: 3,
  eraseAll: 0.2,
} as const;

export type EditKind = keyof typeof kinds;

/** Of two halves each, of which one is the same. */
const HALVES_ALIKE = ['😀', '😁', '🨀'] as const;

/** Types a letter before an equal one, or a character of two halves before one that is like it, or over it. */
function typeAlike(view: Editing, chance: Chance): void {
  const alike = chance.happens(0.3) ? ['l'] : HALVES_ALIKE;
  const found: number[] = [];
  view.state.doc.descendants((node, position) => {
    for (const { 0: character, index } of (node.text ?? '').matchAll(/[l😀😁🨀]/gu))
      if (alike.some((one) => one === character)) found.push(position + index);
  });
  if (found.length > 0) {
    const from = chance.pick(found);
    const to = chance.happens(0.5) ? from + alike[0]!.length : from;
    view.dispatch(view.state.tr.setSelection(TextSelection.create(view.state.doc, from, to)));
  }
  view.dispatch(view.state.tr.insertText(chance.pick(alike)));
}

/** @returns what was done, or tried: not everything is possible everywhere */
export function editAtRandom(view: Editing, chance: Chance, text: UniqueText): EditKind {
  const kind = chance.weighted(kinds);
  if (chance.happens(0.7)) placeCaret(view, chance);
  edits[kind](view, chance, text);
  return kind;
}

export function placeCaret({ state, dispatch }: Editing, chance: Chance): void {
  const at = Selection.near(anywhere(state.doc, chance), chance.pick([1, -1]));
  dispatch(state.tr.setSelection(at));
}

const anywhere = (doc: Node, chance: Chance): ResolvedPos => between(doc, chance.int(0, doc.content.size));

/** Never within a character of two halves: no key leads there. */
function between(doc: Node, position: number): ResolvedPos {
  const $position = doc.resolve(position);
  const isLow = /^[\uDC00-\uDFFF]/.test($position.nodeAfter?.text ?? '');
  return isLow && $position.textOffset > 0 ? doc.resolve(position + 1) : $position;
}

function select({ state, dispatch }: Editing, chance: Chance, reach: number): void {
  const $from = anywhere(state.doc, chance);
  const $to = between(state.doc, Math.min(state.doc.content.size, $from.pos + chance.int(1, reach)));
  dispatch(state.tr.setSelection(TextSelection.between($from, $to)));
}

const run = (view: Editing, command: Command): boolean => command(view.state, view.dispatch);

const edits: Record<EditKind, (view: Editing, chance: Chance, text: UniqueText) => void> = {
  type(view, chance, text) {
    if (!view.state.selection.$from.parent.inlineContent) return;
    if (chance.happens(0.15)) return typeAlike(view, chance);
    for (const character of text.write(chance.int(1, 4))) view.dispatch(view.state.tr.insertText(character));
  },
  erase(view, chance) {
    select(view, chance, chance.pick([2, 4, 9]));
    view.dispatch(view.state.tr.deleteSelection());
  },
  split(view, chance) {
    if (chance.happens(0.2)) select(view, chance, 12);
    run(view, chainCommands(leaveCaption, enterInList, enterOverBlocks, baseKeymap.Enter!));
  },
  join(view) {
    const { $from } = view.state.selection;
    if ($from.parent.isTextblock) {
      view.dispatch(view.state.tr.setSelection(TextSelection.create(view.state.doc, $from.start())));
    }
    run(view, chainCommands(backspaceInList, backspaceToParagraph, baseKeymap.Backspace!));
  },
  turnInto: (view, chance) =>
    void run(view, setBlock(chance.pick(['paragraph', 'heading-1', 'heading-2', 'heading-6', 'code'] as const))),
  list(view, chance) {
    if (chance.happens(0.5)) select(view, chance, 12);
    run(view, toggleList(chance.pick(['bullet', 'ordered'] as const)));
  },
  indent: (view, chance) => void run(view, withItems(chance.happens(0.6) ? sinkListItem : liftListItem)),
  quote(view, chance) {
    if (chance.happens(0.3)) select(view, chance, 12);
    run(view, chance.happens(0.7) ? toggleQuote : wrapIn(nodes.callout, { kind: chance.pick(['tip', 'warning']) }));
  },
  mark(view, chance) {
    select(view, chance, 8);
    const names = ['strong', 'em', 'underline', 'strike', 'code', 'subscript'] as const;
    const colored = ['highlight', 'text_color'] as const;
    run(
      view,
      chance.happens(0.8)
        ? toggleMark(marks[chance.pick(names)])
        : toggleMark(marks[chance.pick(colored)], { color: chance.pick(['red', 'blue']) }),
    );
  },
  link(view, chance) {
    select(view, chance, 6);
    if (!view.state.selection.empty) run(view, setLink(`https://example.org/${chance.int(1, 3)}`));
  },
  comment(view, chance) {
    select(view, chance, 6);
    const { from, to } = view.state.selection;
    const mark = marks.comment.create({ id: `c${chance.int(1, 4)}` });
    view.dispatch(
      chance.happens(0.8) ? view.state.tr.addMark(from, to, mark) : view.state.tr.removeMark(from, to, mark),
    );
  },
  attribute(view, chance) {
    const found = nodesOf(view.state.doc, ({ type }) => type.name in attributes);
    if (found.length === 0) return;
    const { node, position } = chance.pick(found);
    const changed = { ...node.attrs, ...attributes[node.type.name]!(chance) };
    view.dispatch(view.state.tr.setNodeMarkup(position, null, changed));
  },
  insertBlock(view, chance, text) {
    if (chance.happens(0.2)) return void run(view, insertRule);
    view.dispatch(view.state.tr.insert(blockBorder(view.state, chance), blockFrom(chance, text)));
  },
  insertInline(view, chance) {
    if (chance.happens(0.5)) return void run(view, insertHardBreak);
    const mention = nodes.person_mention.create({ id: `u${chance.int(1, 3)}`, label: 'Ann' });
    if (canHold(view.state, mention)) view.dispatch(view.state.tr.replaceSelectionWith(mention));
  },
  table: (view, chance, text) => changeTable(view, chance, text),
  paste(view, chance) {
    const { doc } = view.state;
    const from = anywhere(doc, chance).pos;
    const slice = doc.slice(from, between(doc, Math.min(doc.content.size, from + chance.int(1, 20))).pos);
    view.dispatch(view.state.tr.replaceSelection(slice));
  },
  eraseAll: (view) => void view.dispatch(view.state.tr.delete(0, view.state.doc.content.size)),
};

const alignment = (chance: Chance): Attrs => ({ align: chance.pick([null, 'center', 'right']) });
const attributes: Readonly<Record<string, (chance: Chance) => Attrs>> = {
  paragraph: alignment,
  heading: (chance) => (chance.happens(0.5) ? alignment(chance) : { level: chance.int(1, 6) }),
  code_block: (chance) => ({ language: chance.pick([null, 'ts', 'rust']) }),
  ordered_list: (chance) => ({ order: chance.int(1, 5) }),
  task_item: (chance) => ({ checked: chance.happens(0.5) }),
  callout: (chance) => ({ kind: chance.pick(['note', 'tip', 'warning']) }),
  figure: (chance) => ({ width: chance.pick([null, 200, 400]), alt: chance.pick([null, 'A loom']) }),
  table_cell: (chance) => ({ colwidth: chance.pick([null, [80]]), colspan: chance.int(1, 2) }),
};

interface Found {
  readonly node: Node;
  readonly position: number;
}

function nodesOf(doc: Node, matches: (node: Node) => boolean): Found[] {
  const found: Found[] = [];
  doc.descendants((node, position) => {
    if (matches(node)) found.push({ node, position });
  });
  return found;
}

const canHold = ({ selection: { $from, $to } }: EditorState, node: Node): boolean =>
  $from.sameParent($to) && $from.parent.canReplaceWith($from.index(), $to.indexAfter(), node.type);

/** Somewhere between two blocks: of the document or of what holds any. */
function blockBorder({ doc }: EditorState, chance: Chance): number {
  const holders = nodesOf(doc, (node) => node.type.contentMatch.matchType(nodes.table) !== null);
  if (holders.length === 0 || chance.happens(0.6)) return chance.happens(0.5) ? 0 : doc.content.size;
  const { node, position } = chance.pick(holders);
  return chance.happens(0.5) ? position + 1 : position + node.nodeSize - 1;
}

function blockFrom(chance: Chance, text: UniqueText): Node {
  const line = () => schema.text(text.write(chance.int(1, 4)));
  const paragraph = () => nodes.paragraph.create(null, line());
  switch (chance.int(0, 5)) {
    case 0:
      return nodes.table.create(
        null,
        Array.from({ length: 2 }, () =>
          nodes.table_row.create(
            null,
            Array.from({ length: 2 }, () => nodes.table_cell.create(null, paragraph())),
          ),
        ),
      );
    case 1:
      return nodes.task_list.create(null, [nodes.task_item.create(null, paragraph()), nodes.task_item.create(null)]);
    case 2:
      return nodes.details.create(null, [nodes.details_summary.create(null, line()), paragraph()]);
    case 3:
      return nodes.figure.create({ src: 'https://example.org/a.png' }, line());
    case 4:
      return nodes.bullet_list.create(null, [
        nodes.list_item.create(null, paragraph()),
        nodes.list_item.create(null, paragraph()),
      ]);
    default:
      return paragraph();
  }
}

/** Rows and columns come and go, cells are merged, all of it as one step of a person. */
export function changeTable(view: Editing, chance: Chance, text: UniqueText): void {
  const tables = nodesOf(view.state.doc, ({ type }) => type === nodes.table);
  if (tables.length === 0) {
    view.dispatch(view.state.tr.insert(view.state.doc.content.size, tableOf(chance, text)));
    return;
  }
  const { node: table, position } = chance.pick(tables);
  const { tr } = view.state;
  const rows = table.children.map((row, index) => ({ row, at: offsetOf(table, index) + position + 1 }));
  switch (chance.int(0, 4)) {
    case 0: {
      const at = offsetOf(table, chance.int(0, table.childCount)) + position + 1;
      tr.insert(at, rowOf(Math.max(1, table.firstChild?.childCount ?? 1), chance, text));
      break;
    }
    case 1: {
      const column = chance.int(0, table.firstChild?.childCount ?? 0);
      for (const { row, at } of rows.toReversed()) {
        tr.insert(at + 1 + offsetOf(row, Math.min(column, row.childCount)), cellOf(chance, text));
      }
      break;
    }
    case 2: {
      if (rows.length === 0) return;
      const { row, at } = chance.pick(rows);
      tr.delete(at, at + row.nodeSize);
      break;
    }
    case 3: {
      const column = chance.int(0, (table.firstChild?.childCount ?? 1) - 1);
      for (const { row, at } of rows.toReversed()) {
        if (column >= row.childCount) continue;
        const from = at + 1 + offsetOf(row, column);
        tr.delete(from, from + row.child(column).nodeSize);
      }
      break;
    }
    default: {
      const wide = rows.filter(({ row }) => row.childCount > 1);
      if (wide.length === 0) return;
      const { row, at } = chance.pick(wide);
      const [first, second] = [row.child(0), row.child(1)];
      const merged = first.type.create({ ...first.attrs, colspan: 2 }, first.content.append(second.content));
      tr.replaceWith(at + 1, at + 1 + first.nodeSize + second.nodeSize, merged);
    }
  }
  view.dispatch(tr);
}

const tableOf = (chance: Chance, text: UniqueText): Node =>
  nodes.table.create(null, [rowOf(2, chance, text), rowOf(2, chance, text)]);
const rowOf = (cells: number, chance: Chance, text: UniqueText): Node =>
  nodes.table_row.create(
    null,
    Array.from({ length: cells }, () => cellOf(chance, text)),
  );
const cellOf = (chance: Chance, text: UniqueText): Node => {
  const type: NodeType = chance.pick([nodes.table_cell, nodes.table_cell, nodes.table_header]);
  return type.create(null, nodes.paragraph.create(null, schema.text(text.write(1))));
};

function offsetOf(parent: Node, index: number): number {
  let offset = 0;
  for (let i = 0; i < index; i += 1) offset += parent.child(i).nodeSize;
  return offset;
}
