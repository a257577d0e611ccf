// Two people, one document: what each sees of the other's writing, and what stays each one's own.

import type { Locator } from '@playwright/test';
import { expect, test } from './story.js';
import type { Writer } from './writer.js';

async function bothRead(writers: readonly Writer[], blocks: readonly string[]): Promise<void> {
  for (const writer of writers) await expect.poll(() => writer.blocks(), `what ${writer.name} reads`).toEqual(blocks);
}

/** Presses it until it does no more: on a slow machine two keys may be so far apart that what they wrote is two changes. */
async function useUp(tool: Locator): Promise<void> {
  await expect(async () => {
    if (await tool.isEnabled()) await tool.click();
    await expect(tool).toBeDisabled({ timeout: 200 });
  }).toPass();
}

test('two people write in two paragraphs at once', async ({ server, join }) => {
  const [ann, ben] = [await join('Ann Ek'), await join('Ben Ro')];
  await ann.open(`${server.url}/d/together`);
  await ann.type('Ann begins.\nBen begins.');
  await ben.open(`${server.url}/d/together`);
  await bothRead([ann, ben], ['Ann begins.', 'Ben begins.']);

  await ann.goToEndOf(0);
  await ben.goToEndOf(1);
  await expect(ann.caretOf('Ben Ro')).toBeVisible();
  await expect(ben.caretOf('Ann Ek')).toBeVisible();

  await Promise.all([ann.type(' Then she writes on, word by word.'), ben.type(' Then he does, too, and they meet.')]);
  await bothRead(
    [ann, ben],
    ['Ann begins. Then she writes on, word by word.', 'Ben begins. Then he does, too, and they meet.'],
  );

  await ben.page.reload();
  await bothRead(
    [ann, ben],
    ['Ann begins. Then she writes on, word by word.', 'Ben begins. Then he does, too, and they meet.'],
  );
});

test('two people write in one paragraph at once, and neither tears the other’s words', async ({ server, join }) => {
  const [ann, ben] = [await join('Ann Ek'), await join('Ben Ro')];
  await ann.open(`${server.url}/d/together`);
  await ann.type('Between us.');
  await ben.open(`${server.url}/d/together`);
  await bothRead([ann, ben], ['Between us.']);

  await ann.goToEndOf(0);
  await ben.text.click();
  await ben.press('Home');
  await Promise.all([ann.type(' Hers is the end of this line.'), ben.type('His is the beginning of it. ')]);
  await bothRead([ann, ben], ['His is the beginning of it. Between us. Hers is the end of this line.']);

  // In the very same place.
  await ann.press('End');
  await ben.press('End');
  await Promise.all([ann.type('abcdefghijklmnopqrstuvwxyz'), ben.type('0123456789876543210123456789')]);
  const length = 'His is the beginning of it. Between us. Hers is the end of this line.'.length + 26 + 28;
  const lengths = async () => [(await ann.blocks())[0]?.length, (await ben.blocks())[0]?.length];
  await expect.poll(lengths).toEqual([length, length]);
  const [line] = await ann.blocks();
  expect(await ben.blocks()).toEqual([line]);
  expect(line).toContain('abcdefghijklmnopqrstuvwxyz');
  expect(line).toContain('0123456789876543210123456789');
});

test('one can write where somebody else’s caret stands', async ({ server, join }) => {
  const [ann, ben] = [await join('Ann Ek'), await join('Ben Ro')];
  await ann.open(`${server.url}/d/together`);
  await ann.type('The end');
  await ben.open(`${server.url}/d/together`);
  await expect(ben.caretOf('Ann Ek')).toBeVisible();

  await ben.text.getByText('The end').click();
  await ben.press('End');
  await ben.type(' of it.');
  for (const _ of 'The end of it.') await ben.press('ArrowLeft');
  await ben.type('This is ');
  await bothRead([ann, ben], ['This is The end of it.']);
});

test('clicks and arrow keys land where they were meant, however fast others write', async ({
  server,
  join,
  connect,
}) => {
  const ben = await join('Ben Ro');
  await ben.open(`${server.url}/d/together`);
  await ben.type('first\nsecond\nthird\nBy others: ');
  const stock = connect('together', 'Stocky');
  await expect.poll(() => stock.markup).toContain('By others: ');
  const others = setInterval(() => {
    stock.text(3).insert(11, 'x');
    stock.putCaret(3, 12);
  }, 30);
  await expect(ben.caretOf('Stocky')).toBeVisible();

  for (const round of ['1', '2', '3', '4']) {
    for (const block of [2, 0, 1]) {
      await ben.text
        .locator('> *')
        .nth(block)
        .click({ position: { x: 1, y: 10 } });
      await ben.press('Home');
      await ben.press('ArrowRight');
      await ben.press('ArrowRight');
      await ben.press('ArrowLeft');
      await ben.type(round);
    }
  }
  clearInterval(others);
  await expect.poll(async () => (await ben.blocks()).slice(0, 3)).toEqual(['f4321irst', 's4321econd', 't4321hird']);
  await expect.poll(async () => (await ben.blocks())[3]).toBe(stock.text(3).toString());
});

test('what is composed with an input method is sent all along, and others wait in that block alone', async ({
  server,
  join,
  connect,
}) => {
  const ben = await join('Ben Ro');
  await ben.open(`${server.url}/d/together`);
  await ben.type('そこ\nBy others: ');
  const stock = connect('together', 'Stocky');
  await expect.poll(() => stock.markup).toContain('By others: ');
  await ben.goToEndOf(0);
  const keyboard = await ben.context.newCDPSession(ben.page);
  const compose = (text: string) =>
    keyboard.send('Input.imeSetComposition', { text, selectionStart: text.length, selectionEnd: text.length });
  for (const [index, text] of ['n', 'に', 'にh', 'にほ', 'にほん'].entries()) {
    await compose(text);
    stock.text(1).insert(11, 'x');
    stock.text(0).insert(0, '。');
    stock.putCaret(0, 1);
    await expect.poll(() => ben.blocks()).toEqual([`そこ${text}`, `By others: ${'x'.repeat(index + 1)}`]);
    await expect.poll(() => stock.text(0).toString()).toBe(`${'。'.repeat(index + 1)}そこ${text}`);
  }
  await keyboard.send('Input.insertText', { text: '日本' });
  await expect.poll(() => stock.text(0).toString()).toBe('。。。。。そこ日本');
  await expect.poll(() => ben.blocks()).toEqual(['。。。。。そこ日本', 'By others: xxxxx']);
  await expect(ben.caretOf('Stocky')).toBeVisible();

  // Given up: what was composed goes, what others did meanwhile comes.
  await compose('ひと');
  await expect.poll(() => stock.text(0).toString()).toBe('。。。。。そこ日本ひと');
  stock.text(0).delete(0, 5);
  stock.text(0).insert(2, '、');
  await compose('');
  await expect.poll(() => ben.blocks()).toEqual(['そこ、日本', 'By others: xxxxx']);
  await expect.poll(() => stock.text(0).toString()).toBe('そこ、日本');
  await ben.type('へ');
  await expect.poll(() => stock.text(0).toString()).toBe('そこ、日本へ');
});

test('formatting by toolbar, keys and Markdown arrives at the other as it is', async ({ server, join }) => {
  const [ann, ben] = [await join('Ann Ek'), await join('Ben Ro')];
  await ann.open(`${server.url}/d/together`);
  await ben.open(`${server.url}/d/together`);

  await ann.text.click();
  await ann.type('# The lamp\nTrim it ');
  await ann.tool('Bold').click();
  await expect(ann.tool('Bold')).toHaveAttribute('aria-pressed', 'true');
  await ann.type('daily');
  await ann.press('Control+b');
  await ann.type(' and *gently*.\n- wick\noil\n\n1. first\nsecond\n\n> quoted\n\n---after');
  await ann.toolbar.getByRole('button', { name: /^Kind of text/ }).click();
  await ann.page.getByRole('menuitemradio', { name: /^Heading 3/ }).click();
  await ann.type(' `code` ~~gone~~');

  const written =
    '<h1>The lamp</h1><p>Trim it <strong>daily</strong> and <em>gently</em>.</p>' +
    '<ul><li><p>wick</p></li><li><p>oil</p></li></ul><ol><li><p>first</p></li><li><p>second</p></li></ol>' +
    '<blockquote><p>quoted</p></blockquote><hr><h3>after <code>code</code> <s>gone</s></h3>';
  await expect.poll(() => ann.markup()).toBe(written);
  await expect.poll(() => ben.markup()).toBe(written);

  await ben.text.getByText('second').click();
  await expect(ben.tool('Numbered list')).toHaveAttribute('aria-pressed', 'true');
  await ben.tool('Bullet list').click();
  await expect.poll(() => ann.markup()).toContain('<ul><li><p>first</p></li><li><p>second</p></li></ul>');
  await ben.page.reload();
  await expect.poll(() => ben.markup()).toContain('<ul><li><p>first</p></li><li><p>second</p></li></ul>');
});

test('undo takes back one’s own changes and nobody else’s', async ({ server, join }) => {
  const [ann, ben] = [await join('Ann Ek'), await join('Ben Ro')];
  await ann.open(`${server.url}/d/together`);
  await ann.type('Ann writes.\n');
  await ben.open(`${server.url}/d/together`);
  await expect.poll(() => ben.blocks()).toEqual(['Ann writes.', '']);
  await ben.goToEndOf(1);
  await ben.type('Ben writes.');
  await bothRead([ann, ben], ['Ann writes.', 'Ben writes.']);
  await expect(ben.tool('Redo')).toBeDisabled();

  await useUp(ann.tool('Undo'));
  await expect.poll(async () => (await ben.blocks()).join('|')).toMatch(/^\|?Ben writes\.$/);
  await useUp(ann.tool('Redo'));
  await bothRead([ann, ben], ['Ann writes.', 'Ben writes.']);

  await expect(async () => {
    await ben.press('Control+z');
    expect(await ben.blocks()).toEqual(['Ann writes.', '']);
  }).toPass();
  await bothRead([ann, ben], ['Ann writes.', '']);
});
