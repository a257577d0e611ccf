import { schema } from '@weft/model';
import type { Node } from 'prosemirror-model';
import { type Command, NodeSelection, TextSelection } from 'prosemirror-state';
import { afterEach, expect, test } from 'vitest';
import * as Y from 'yjs';
import { HeadlessView, p } from '../test/headless-view.js';
import {
  type BlockKind,
  blockAround,
  deleteBlocks,
  duplicateBlocks,
  insertSection,
  insertTable,
  moveBlocks,
  setLanguage,
  turnInto,
} from './block-commands.js';
import { placesToWrite } from './places-to-write.js';
import { selectBlock } from './tool-keys.js';

let view: HeadlessView;
afterEach(() => view.destroy());

const list = (...items: string[]) =>
  schema.node(
    'bullet_list',
    null,
    items.map((text) => schema.node('list_item', null, [p(text)])),
  );
const heading = (text: string) => schema.node('heading', { level: 1 }, [schema.text(text)]);
const details = (title: string, ...blocks: Node[]) =>
  schema.node('details', null, [schema.node('details_summary', null, [schema.text(title)]), ...blocks]);

/** Shows these blocks with the caret behind a word, or with all selected from one word to another. */
function show(blocks: readonly Node[], from: string, to = from): void {
  view = new HeadlessView(new Y.Doc(), [placesToWrite()]);
  view.dispatch(view.state.tr.replaceWith(0, view.state.doc.content.size, blocks));
  const [anchor, head] = [behind(from), behind(to)];
  view.select(from === to ? head : anchor - from.length, head);
  view.undoManager.stopCapturing();
}

function behind(word: string): number {
  let found = -1;
  view.state.doc.descendants((node, position) => {
    if (node.isText && node.text!.includes(word)) found = position + node.text!.indexOf(word) + word.length;
  });
  return found;
}

/** Does it, looks at what became of it, and has it undone at once. */
function expectStep(command: Command, wanted: string): void {
  const before = view.text;
  expect(view.run(command)).toBe(true);
  expect(view.text).toBe(wanted);
  view.state.doc.check();
  const { undoManager } = view;
  undoManager.stopCapturing();
  view.undo();
  expect(view.text).toBe(before);
  view.redo();
  expect(view.text).toBe(wanted);
}

const refuses = (command: Command): void => {
  const before = view.state;
  expect(command(before, () => expect.unreachable())).toBe(false);
};

test('a block is moved past its neighbour, with the caret in it, and not beyond the ends', () => {
  show([p('a'), heading('b'), p('c')], 'b');
  expectStep(moveBlocks('up'), 'doc(heading("b"), paragraph("a"), paragraph("c"))');
  expect(view.state.selection.$head.parent.textContent).toBe('b');
  refuses(moveBlocks('up'));
  expectStep(moveBlocks('down'), 'doc(paragraph("a"), heading("b"), paragraph("c"))');
  expectStep(moveBlocks('down'), 'doc(paragraph("a"), paragraph("c"), heading("b"))');
  expect(view.state.selection.$head.parent.textContent).toBe('b');
  refuses(moveBlocks('down'));
});

test('all blocks that are selected are moved, and stay selected', () => {
  show([p('a'), p('b'), p('c')], 'b', 'c');
  expectStep(moveBlocks('up'), 'doc(paragraph("b"), paragraph("c"), paragraph("a"))');
  const { from, to } = view.state.selection;
  expect(view.state.doc.textBetween(from, to, ' ')).toBe('b c');
});

test('an item moves in its list, what is in a section stays under its title', () => {
  show([list('a', 'b'), p('c')], 'b');
  expectStep(
    moveBlocks('up'),
    'doc(bullet_list(list_item(paragraph("b")), list_item(paragraph("a"))), paragraph("c"))',
  );
  refuses(moveBlocks('up'));
  view.destroy();
  show([p('z'), details('title', p('a'))], 'a');
  refuses(moveBlocks('up'));
  view.select(behind('title'));
  expectStep(moveBlocks('up'), 'doc(details(details_summary("title"), paragraph("a")), paragraph("z"))');
});

test('what others write while it is moved stays in it', () => {
  show([p('a'), p('b')], 'b');
  const other = new Y.Doc();
  Y.applyUpdate(other, Y.encodeStateAsUpdate(view.undoManager.doc));
  const theirs = new HeadlessView(other);
  theirs.select(behind('a')).type('!');
  view.run(moveBlocks('up'));
  Y.applyUpdate(view.undoManager.doc, Y.encodeStateAsUpdate(other));
  Y.applyUpdate(other, Y.encodeStateAsUpdate(view.undoManager.doc));
  theirs.destroy();
  expect(view.text).toBe('doc(paragraph("b"), paragraph("a!"))');
  expect(theirs.state.doc.eq(view.state.doc)).toBe(true);
});

test('a block is doubled below itself, where the caret goes on', () => {
  show([list('a', 'b')], 'a');
  const items = 'list_item(paragraph("a")), list_item(paragraph("a")), list_item(paragraph("b"))';
  expectStep(duplicateBlocks, `doc(bullet_list(${items}))`);
  view.type('!');
  expect(view.text).toContain('list_item(paragraph("a")), list_item(paragraph("a!"))');
});

test('blocks are deleted, and never the last place to write', () => {
  show([p('a'), p('b'), list('c')], 'b');
  expectStep(deleteBlocks, 'doc(paragraph("a"), bullet_list(list_item(paragraph("c"))))');
  view.select(behind('c'));
  expectStep(deleteBlocks, 'doc(paragraph("a"))');
  expectStep(deleteBlocks, 'doc(paragraph)');
});

test('a table is a block: what is in its cells goes with it', () => {
  show([p('a'), p('b')], 'b');
  view.run(insertTable(1, 1));
  view.type('x');
  const table = 'table(table_row(table_header(paragraph("x"))))';
  expect(view.text).toBe(`doc(paragraph("a"), paragraph("b"), ${table}, paragraph)`);
  view.undoManager.stopCapturing();
  expectStep(moveBlocks('up'), `doc(paragraph("a"), ${table}, paragraph("b"), paragraph)`);
  expect(blockAround(view.state.selection.$head)).toBe(3);
});

test.each<readonly [BlockKind, string]>([
  ['paragraph', 'paragraph("b")'],
  ['heading-2', 'heading("b")'],
  ['code', 'code_block("b")'],
  ['bullet', 'bullet_list(list_item(paragraph("b")))'],
  ['ordered', 'ordered_list(list_item(paragraph("b")))'],
  ['task', 'task_list(task_item(paragraph("b")))'],
  ['quote', 'blockquote(paragraph("b"))'],
  ['callout', 'callout(paragraph("b"))'],
])('whatever a block is, it becomes %s in one step, or stays it', (kind, wanted) => {
  for (const block of [p('b'), heading('b'), list('b'), schema.node('code_block', null, [schema.text('b')])]) {
    show([p('a'), block, p('c')], 'b');
    const before = view.text;
    view.run(turnInto(kind));
    expect(view.text).toBe(`doc(paragraph("a"), ${wanted}, paragraph("c"))`);
    view.run(turnInto(kind));
    expect(view.text).toBe(`doc(paragraph("a"), ${wanted}, paragraph("c"))`);
    if (view.text !== before) view.undo();
    expect(view.text).toBe(before);
    view.destroy();
  }
});

test('an item that becomes text leaves its list, and the others stay in theirs', () => {
  show([list('a', 'b', 'c')], 'b');
  expectStep(
    turnInto('paragraph'),
    'doc(bullet_list(list_item(paragraph("a"))), paragraph("b"), bullet_list(list_item(paragraph("c"))))',
  );
});

test('a list becomes one of tasks, with the caret where it was', () => {
  show([list('a', 'bc')], 'b');
  expectStep(turnInto('task'), 'doc(task_list(task_item(paragraph("a")), task_item(paragraph("bc"))))');
  view.type('!');
  expect(view.text).toContain('task_item(paragraph("b!c"))');
  view.run(turnInto('ordered'));
  expect(view.text).toBe('doc(ordered_list(list_item(paragraph("a")), list_item(paragraph("b!c"))))');
});

test('a table or a section takes the place of an empty line, and there is a line below it', () => {
  show([p('a')], 'a');
  view.dispatch(view.state.tr.split(view.state.selection.head));
  view.undoManager.stopCapturing();
  const row = (cell: string) => `table_row(${cell}(paragraph), ${cell}(paragraph))`;
  expectStep(insertTable(2, 2), `doc(paragraph("a"), table(${row('table_header')}, ${row('table_cell')}), paragraph)`);
  view.type('x');
  expect(view.text).toContain('table_header(paragraph("x"))');
  view.destroy();
  show([p('a'), p('b')], 'a');
  view.run(insertSection);
  view.type('t');
  expect(view.text).toBe('doc(paragraph("a"), details(details_summary("t"), paragraph), paragraph("b"))');
});

test('code is given a language, or none, and nothing else is', () => {
  show([schema.node('code_block', null, [schema.text('let')]), p('a')], 'let');
  const language = () => view.state.doc.firstChild!.attrs.language;
  view.run(setLanguage('typescript'));
  expect(language()).toBe('typescript');
  refuses(setLanguage('typescript'));
  view.undo();
  expect(language()).toBeNull();
  view.select(behind('a'));
  refuses(setLanguage('typescript'));
});

test('the block of a handle is selected, unless it is selected with others', () => {
  show([p('a'), p('b'), schema.node('horizontal_rule')], 'a', 'b');
  const selected = view.state.selection;
  view.run(selectBlock(3));
  expect(view.state.selection).toBe(selected);
  view.run(selectBlock(6));
  expect(view.state.selection).toBeInstanceOf(NodeSelection);
  view.run(selectBlock(0));
  expect(view.state.selection).toBeInstanceOf(TextSelection);
  expect(view.state.selection.$head.parent.textContent).toBe('a');
});
