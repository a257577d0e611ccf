// A document with everything the model has, written by a client of somebody else: the page shows it, people write in it, and
// what they did not touch stays as it was.

import * as Y from 'yjs';
import { picture, windows } from './picture.js';
import { expect, type Story, test } from './story.js';

type Child = Y.XmlElement | Y.XmlText;

const words = (text: string, ...marks: [from: number, to: number, mark: object][]): Y.XmlText => {
  const made = new Y.XmlText();
  made.insert(0, text);
  for (const [from, to, mark] of marks) made.format(from, to - from, mark);
  return made;
};

function block(name: string, attributes: Record<string, unknown> = {}, ...children: (Child | string)[]): Y.XmlElement {
  const made = new Y.XmlElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value as string);
  made.insert(
    0,
    children.map((child) => (typeof child === 'string' ? words(child) : child)),
  );
  return made;
}
const p = (...children: (Child | string)[]): Y.XmlElement => block('paragraph', {}, ...children);
const row = (...cells: Y.XmlElement[]): Y.XmlElement => block('table_row', {}, ...cells);

const everything = (): Y.XmlElement[] => [
  block('heading', { level: 1, align: 'center' }, 'The long watch'),
  p(
    words(
      'red blue H2O x2 said',
      [0, 3, { text_color: { color: 'red' } }],
      [4, 8, { highlight: { color: 'blue' } }],
      [10, 11, { subscript: {} }],
      [14, 15, { superscript: {} }],
      [16, 20, { 'comment--AAAAAAAA': { id: 'c1' } }],
    ),
    ' to ',
    block('person_mention', { id: 'u-1', label: 'Ann Ek' }),
    ' in ',
    block('document_mention', { id: 'notes/today', label: 'Today' }),
  ),
  block('callout', { kind: 'warning' }, p('Hot oil')),
  block('callout', { kind: 'shout' }, p('A kind of tomorrow')),
  block(
    'task_list',
    {},
    block('task_item', { checked: true }, p('Oil')),
    block('task_item', { checked: false }, p('Wicks')),
  ),
  block(
    'table',
    {},
    row(block('table_header', { colspan: 2, rowspan: 1 }, p('Stores'))),
    row(
      block('table_cell', { colspan: 1e9, rowspan: 1 }, p('Oil')),
      block('table_cell', { colspan: 1, rowspan: 1, align: 'right' }, p('12')),
    ),
  ),
  block('details', {}, block('details_summary', {}, 'More'), p('Inside')),
  block('code_block', { language: 'js' }, 'let lamp = 1;'),
  block('figure', { src: 'javascript:alert(1)', alt: 'A lamp', width: 120 }, 'The lamp'),
  block('paragraph', { align: 'askew', dir: 'rtl' }, 'The end'),
];

/** Ann looks at what a client of somebody else has written. */
async function openEverything({ server, join, connect }: Pick<Story, 'server' | 'join' | 'connect'>) {
  const [[, wide]] = windows as [(typeof windows)[0]];
  const ann = await join('Ann Ek', wide);
  await ann.open(`${server.url}/d/everything`);
  const stock = connect('everything', 'Stocky');
  await expect.poll(() => stock.synced).toBe(true);
  stock.doc.transact(() => {
    stock.fragment.delete(0, stock.fragment.length);
    stock.fragment.push(everything());
  });
  return { ann, stock };
}

test('the page shows every node there is, and leaves alone what nobody touches', async ({ server, join, connect }) => {
  const { ann, stock } = await openEverything({ server, join, connect });
  const text = ann.text;
  await expect(text.locator('aside[data-callout="note"]')).toHaveText('A kind of tomorrow');
  await expect(text).toHaveAttribute('contenteditable', 'true');
  await expect(text.locator('th')).toHaveAttribute('colspan', '2');
  await expect(text.locator('td').first()).not.toHaveAttribute('colspan');
  await expect(text.locator('.mention').first()).toHaveText('@Ann Ek');
  await expect(text.locator('figure img')).not.toHaveAttribute('src');
  await expect(text.locator('li[data-checked="true"]')).toHaveText('Oil');
  await expect(text.locator('[data-summary]')).toHaveText('More');
  await expect(text.locator('mark')).toHaveText('blue');
  await picture(ann.page, 'every-node');

  const before = stock.markup;
  await text.locator('td').nth(1).click();
  await ann.press('End');
  await ann.type('0 lb');
  await text.locator('figcaption').click();
  await ann.press('End');
  await ann.press('Enter');
  await ann.type('Under it');
  // The box of a task is drawn beside its text.
  await text.locator('li', { hasText: 'Wicks' }).click({ position: { x: -16, y: 14 }, force: true });
  await expect(text.locator('li[data-checked="true"]')).toHaveCount(2);
  await ann.type('!');
  const after = before
    .replace('checked="false"', 'checked="true"')
    .replace('12</paragraph>', '120 lb</paragraph>')
    .replace('</figure>', '</figure><paragraph>Under it!</paragraph>');
  await expect.poll(() => stock.markup).toBe(after);
});

test('the past of every node is shown as the text is, and its changes', async ({ server, join, connect }) => {
  const { ann } = await openEverything({ server, join, connect });
  await expect(ann.text.locator('figcaption')).toHaveText('The lamp');
  /** Without what stands in place of a picture that cannot be loaded. */
  const lines = (element: Element): string[] =>
    [...element.querySelectorAll('h1, p, li, td, th, pre, figcaption')].map(({ textContent }) => textContent ?? '');
  const shown = await ann.text.evaluate(lines);
  await expect.poll(() => ann.saveState()).toBe('saved');
  await ann.page.goto(`${server.url}/history/everything`);
  const past = ann.page.getByRole('document', { name: 'The text at this moment' });
  await expect(past.locator('figcaption')).toHaveText('The lamp');
  await picture(ann.page, 'every-node-history');
  await ann.page.getByRole('checkbox', { name: 'Show changes' }).uncheck();
  await expect(past.locator('ins, del')).toHaveCount(0);
  expect(await past.evaluate(lines)).toEqual(shown);
});
