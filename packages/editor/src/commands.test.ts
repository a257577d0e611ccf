import { schema } from '@weft/model';
import { baseKeymap, chainCommands } from 'prosemirror-commands';
import { AllSelection } from 'prosemirror-state';
import { afterEach, expect, test } from 'vitest';
import * as Y from 'yjs';
import { HeadlessView } from '../test/headless-view.js';
import {
  enterInList,
  enterOverBlocks,
  insertRule,
  linkAt,
  removeLink,
  setBlock,
  setLink,
  tabInCode,
  toggleQuote,
} from './commands.js';
import { markdownRules } from './input-rules.js';
import { placesToWrite } from './places-to-write.js';

let view: HeadlessView;
const show = () => {
  view = new HeadlessView(new Y.Doc(), [markdownRules(), placesToWrite()]);
  return view;
};
afterEach(() => view.destroy());

test('markdown at the start of a line makes blocks', () => {
  const typed = (text: string) => {
    const shown = show().type(text).text;
    view.destroy();
    return shown;
  };
  expect(typed('# a')).toBe('doc(heading("a"))');
  expect(typed('> a')).toBe('doc(blockquote(paragraph("a")))');
  expect(typed('- a')).toBe('doc(bullet_list(list_item(paragraph("a"))))');
  expect(typed('1. a')).toBe('doc(ordered_list(list_item(paragraph("a"))))');
  expect(typed('```a')).toBe('doc(code_block("a"))');
  expect(typed('---a')).toBe('doc(horizontal_rule, paragraph("a"))');
  show();
});

test('a box at the start of a line makes a task, ticked or not, also where "- " has made a list', () => {
  const typed = (text: string) => {
    const { state } = show().type(text);
    view.destroy();
    return `${state.doc} ${state.doc.firstChild?.firstChild?.attrs.checked}`;
  };
  expect(typed('[ ] a')).toBe('doc(task_list(task_item(paragraph("a")))) false');
  expect(typed('[] a')).toBe('doc(task_list(task_item(paragraph("a")))) false');
  expect(typed('- [x] a')).toBe('doc(task_list(task_item(paragraph("a")))) true');
  expect(typed('a [x] b')).toBe('doc(paragraph("a [x] b")) undefined');
  show().type('- a');
  view.run(enterInList);
  expect(view.type('[ ] b').text).toContain('list_item(paragraph("[ ] b"))');
});

test('a marker that the item has already is taken away, another kind makes a list inside', () => {
  show().type('- a');
  view.run(enterInList);
  expect(view.type('- b').text).toBe('doc(bullet_list(list_item(paragraph("a")), list_item(paragraph("b"))))');
  view.run(enterInList);
  expect(view.type('1. c').text).toContain('list_item(ordered_list(list_item(paragraph("c"))))');
  view.destroy();
  show().type('1. a');
  view.run(enterInList);
  expect(view.type('2. b').text).toBe('doc(ordered_list(list_item(paragraph("a")), list_item(paragraph("b"))))');
});

test('markdown inside a line makes marks, and typing goes on without them', () => {
  expect(show().type('a **b** c *d* `e` ~~f~~ g').text).toBe(
    'doc(paragraph("a ", strong("b"), " c ", em("d"), " ", code("e"), " ", strike("f"), " g"))',
  );
});

test('stars that stand alone stay stars', () => {
  expect(show().type('2 * 3 * 4 ** 5 ** 6').text).toBe('doc(paragraph("2 * 3 * 4 ** 5 ** 6"))');
});

test('Enter splits an item, and leaves the list by one level from an empty one', () => {
  show().type('- oil');
  view.run(enterInList);
  expect(view.text).toBe('doc(bullet_list(list_item(paragraph("oil")), list_item(paragraph)))');
  view.run(enterInList);
  expect(view.text).toBe('doc(bullet_list(list_item(paragraph("oil"))), paragraph)');
});

const enter = chainCommands(enterInList, enterOverBlocks, baseKeymap.Enter!);

const { paragraph, blockquote, bullet_list: list, list_item: item, horizontal_rule: rule, ...tables } = schema.nodes;
const line = (text: string) => paragraph.create(null, schema.text(text));

test('Enter over all that is in a quote leaves an empty line in it, whatever follows', () => {
  const cell = tables.table_cell.create(null, line('c'));
  for (const next of [
    [],
    [rule.create()],
    [tables.table.create(null, tables.table_row.create(null, cell))],
    [line('c')],
  ]) {
    show();
    const quote = blockquote.create(null, [line('a'), list.create(null, item.create(null, line('b')))]);
    view.dispatch(view.state.tr.replaceWith(0, 2, [quote, ...next]));
    expect(view.state.doc.textBetween(2, 8, ' ')).toBe('a b');
    expect(view.select(2, 8).run(enter)).toBe(true);
    expect(view.text).toBe(`doc(${['blockquote(paragraph)', ...next].join(', ')})`);
    expect(view.state.selection.head).toBe(2);
    view.destroy();
  }
  show();
});

test('Enter over an item with its items leaves an empty item, and over everything an empty line', () => {
  show();
  const inner = list.create(null, item.create(null, line('wick')));
  const items = [item.create(null, [line('oil'), inner]), item.create(null, line('glass'))];
  view.dispatch(view.state.tr.replaceWith(0, 2, list.create(null, items)));
  expect(view.state.doc.textBetween(3, 14, ' ')).toBe('oil wick');
  view.select(3, 14).run(enter);
  expect(view.text).toBe('doc(bullet_list(list_item(paragraph), list_item(paragraph("glass"))))');
  view.type('x');
  expect(view.text).toBe('doc(bullet_list(list_item(paragraph("x")), list_item(paragraph("glass"))))');
  view.dispatch(view.state.tr.setSelection(new AllSelection(view.state.doc)));
  view.run(enter);
  expect(view.type('y').text).toBe('doc(paragraph("y"))');
});

test('Enter over a part of several lines goes as it always did', () => {
  show().type('oil');
  view.run(enter);
  view.type('wick').select(3, 8);
  view.run(enter);
  expect(view.text).toBe('doc(paragraph("oi"), paragraph("ck"))');
});

test('in code Enter is a new line and Tab a tab, in a list as well', () => {
  show().type('- ```a');
  expect(view.run(enterInList)).toBe(true);
  expect(view.run(tabInCode)).toBe(true);
  expect(view.type('b').state.doc.textContent).toBe('a\n\tb');
  expect(view.text).toMatch(/^doc\(bullet_list\(list_item\(code_block\("[^"]*"\)\)\)\)$/);
});

test('outside of code Tab is left to lists and to whoever moves the focus', () => {
  show().type('a');
  expect(view.run(tabInCode)).toBe(false);
  expect(view.text).toBe('doc(paragraph("a"))');
});

test('a quote is put around and taken away', () => {
  show().type('a');
  view.run(toggleQuote);
  expect(view.text).toBe('doc(blockquote(paragraph("a")))');
  view.run(toggleQuote);
  expect(view.text).toBe('doc(paragraph("a"))');
});

test('emptying a quote by hand leaves a paragraph to write in', () => {
  show().type('> a');
  view.dispatch(view.state.tr.delete(1, 4));
  expect(view.text).toBe('doc(blockquote(paragraph))');
  expect(view.type('b').text).toBe('doc(blockquote(paragraph("b")))');
});

test('a rule goes in with a paragraph after it', () => {
  show().type('a');
  view.run(insertRule);
  expect(view.type('b').text).toBe('doc(paragraph("a"), horizontal_rule, paragraph("b"))');
});

test('an address without a scheme is completed, a hostile one is refused', () => {
  show().type('see here').select(5, 9);
  expect(view.run(setLink('weft.example/a?b'))).toBe(true);
  expect(linkAt(view.state)).toEqual({ href: 'https://weft.example/a?b', from: 5, to: 9 });
  view.select(6);
  expect(view.run(setLink('noor@weft.example'))).toBe(true);
  expect(linkAt(view.state)?.href).toBe('mailto:noor@weft.example');
  expect(view.run(setLink('javascript:alert(1)'))).toBe(false);
  expect(view.run(removeLink)).toBe(true);
  expect(view.text).toBe('doc(paragraph("see here"))');
});

test('with nothing selected the address itself becomes the link', () => {
  show().type('at ');
  view.run(setLink('https://weft.example'));
  expect(view.type(' end').text).toBe('doc(paragraph("at ", link("https://weft.example"), " end"))');
});

test('every heading level and code can be set and left again', () => {
  show().type('a');
  for (const level of [1, 2, 3, 4, 5, 6] as const) {
    view.run(setBlock(`heading-${level}`));
    expect(view.state.doc.firstChild?.attrs.level).toBe(level);
  }
  view.run(setBlock('code'));
  expect(view.text).toBe('doc(code_block("a"))');
  view.run(setBlock('paragraph'));
  expect(view.text).toBe('doc(paragraph("a"))');
});
