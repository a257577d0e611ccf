// A stock y-websocket client, as any y-prosemirror editor has one, in the same document as the page.

import * as Y from 'yjs';
import { expect, test } from './story.js';

test('a stock client and the page write in one document, both ways', async ({ server, join, connect }) => {
  const ann = await join('Ann Ek');
  await ann.open(`${server.url}/d/shared/with stock`);
  await ann.type('## Plan\nAnn writes.');
  const stock = connect('shared/with%20stock', 'Stocky');
  await expect.poll(() => stock.markup).toBe('<heading level="2">Plan</heading><paragraph>Ann writes.</paragraph>');

  const added = new Y.XmlElement('paragraph');
  const text = new Y.XmlText();
  text.insert(0, 'Stock writes ');
  text.insert(13, 'boldly', { strong: {} });
  added.insert(0, [text]);
  stock.doc.transact(() => {
    stock.fragment.push([added]);
    stock.text(1).insert(0, 'Indeed, ');
  });
  await expect
    .poll(() => ann.markup())
    .toBe('<h2>Plan</h2><p>Indeed, Ann writes.</p><p>Stock writes <strong>boldly</strong></p>');

  await ann.goToEndOf(2);
  await ann.type(' on');
  await ann.goToEndOf(0);
  await ann.type('s');
  await expect.poll(() => stock.text(2).toString()).toBe('Stock writes <strong>boldly on</strong>');
  await expect.poll(() => stock.text(0).toString()).toBe('Plans');

  stock.text(1).delete(0, 'Indeed, '.length);
  await expect.poll(() => ann.blocks()).toEqual(['Plans', 'Ann writes.', 'Stock writes boldly on']);
  await expect(ann.saveLine).toHaveAttribute('data-save-state', 'saved');
});

test('they see each other’s names, carets and selections', async ({ server, join, connect }) => {
  const ann = await join('Ann Ek');
  await ann.open(`${server.url}/d/carets`);
  await ann.type('Where are you?');
  const stock = connect('carets', 'Stocky');
  await expect.poll(() => stock.synced).toBe(true);
  await expect(ann.page.getByRole('button', { name: /^Stocky/ })).toBeVisible();

  stock.putCaret(0, 5);
  await expect(ann.caretOf('Stocky')).toBeVisible();
  await expect(ann.caretOf('Stocky')).toHaveCSS('border-inline-start-color', 'rgb(77, 124, 15)');
  await expect.poll(() => ann.textBefore('Stocky')).toBe('Where');
  stock.putCaret(0, 6, 9);
  await expect.poll(() => ann.textBefore('Stocky')).toBe('Where are');
  await expect(ann.text.locator('.weft-selection')).toHaveText('are');

  await expect.poll(() => stock.caretOf('Ann Ek')).toMatchObject({ index: 14, text: 'Where are you?' });
  await ann.press('Home');
  await expect.poll(() => stock.caretOf('Ann Ek')).toEqual({ index: 0, text: 'Where are you?', color: '#2f6fde' });

  stock.close();
  await expect(ann.caretOf('Stocky')).toHaveCount(0);
  await expect(ann.page.getByRole('group', { name: 'Only you are here' })).toBeVisible();
});

test('both come back after the death of the server, with what they wrote meanwhile', async ({
  server,
  join,
  connect,
}) => {
  const ann = await join('Ann Ek');
  await ann.open(`${server.url}/d/again`);
  await ann.type('One.\nTwo.');
  const stock = connect('again', 'Stocky');
  await expect.poll(() => stock.markup).toBe('<paragraph>One.</paragraph><paragraph>Two.</paragraph>');
  await server.kill();
  await expect(ann.saveLine).toHaveAttribute('data-save-state', 'offline');
  await ann.type(' Ann was here.');
  stock.text(0).insert(4, ' So was the other.');
  await server.restart();
  await expect.poll(() => ann.blocks(), { timeout: 20_000 }).toEqual(['One. So was the other.', 'Two. Ann was here.']);
  await expect
    .poll(() => stock.markup, { timeout: 20_000 })
    .toBe('<paragraph>One. So was the other.</paragraph><paragraph>Two. Ann was here.</paragraph>');
});
