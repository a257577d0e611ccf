// Text that goes from right to left, in a page that goes either way: each block goes its own, and what stands beside it stands where it
// begins.

import type { Locator, Page } from '@playwright/test';
import { paste, png } from './brought-files.js';
import { picture, windows } from './picture.js';
import { expect, test } from './story.js';
import type { Writer } from './writer.js';

const letter = [
  '# שומר המגדלור',
  'כל שומר כותב את היומן **פעמיים**, ב־Weft ועל הנייר.',
  '',
  'The office reads it once.',
  '## في غرفة المصباح',
  '- فتيل وزيت',
  '- زجاج',
  '',
  '* [ ] شمن',
  '* [x] לנקות את הזכוכית',
  '',
  '> לפני הגשם, לא אחריו.',
  '',
  '| מה | כמה |\n| - | - |\n| פתילים | 12 |',
  '',
  '```js\nlight("אור");\n```',
  '',
  '- wicks',
  '',
  'סוף.',
].join('\n');

async function writeLetter(writer: Writer): Promise<void> {
  await writer.title.fill('שומר המגדלור');
  await writer.text.click();
  await writer.page.locator('weft-block-handle').waitFor({ state: 'attached' });
  await paste(writer.page, { text: letter });
  await expect(writer.text.locator('td')).toHaveCount(2);
  await expect(writer.saveLine).toHaveAttribute('data-save-state', 'saved');
}

/** On which side of the block its first letter stands. */
const sideOf = (block: Locator): Promise<'left' | 'right'> =>
  block.evaluate((element) => {
    const text = document.createTreeWalker(element, NodeFilter.SHOW_TEXT).nextNode()!;
    const range = document.createRange();
    range.setStart(text, 0);
    range.setEnd(text, 1);
    const [first, box] = [range.getBoundingClientRect(), element.getBoundingClientRect()];
    return first.left - box.left < box.right - first.right ? 'left' : 'right';
  });

const boxOf = async (locator: Locator) => {
  const box = (await locator.boundingBox())!;
  return { left: box.x, right: box.x + box.width, top: box.y };
};

/** Of what is not cut off by something around it. */
const widerThanWindow = (page: Page): Promise<boolean> =>
  page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth);

for (const [size, options] of windows) {
  test(`text from right to left, ${size}`, async ({ server, join, connect }) => {
    const ann = await join('Ann Ek', options);
    const { page, text } = ann;
    await ann.open(`${server.url}/d/letter`);
    await writeLetter(ann);
    for (const [block, side] of [
      [text.locator('h1'), 'right'],
      [text.getByText('כל שומר'), 'right'],
      [text.getByText('The office'), 'left'],
      [text.locator('h2'), 'right'],
      [text.getByText('زجاج'), 'right'],
      [text.getByText('לנקות'), 'right'],
      [text.getByText('לפני הגשם'), 'right'],
      [text.getByText('wicks'), 'left'],
    ] as const)
      expect(await sideOf(block), (await block.textContent())!).toBe(side);
    await expect(text.locator('ul').first()).toHaveCSS('direction', 'rtl');
    await expect(text.locator('ul').last()).toHaveCSS('direction', 'ltr');
    await expect(text.locator('blockquote')).toHaveCSS('border-right-width', '3px');
    await expect(text.locator('pre')).toHaveCSS('direction', 'ltr');
    const [name, count] = [await boxOf(text.locator('th').first()), await boxOf(text.locator('th').last())];
    expect(name.left).toBeGreaterThanOrEqual(count.right - 1);
    expect(Math.abs(name.right - (await boxOf(text)).right)).toBeLessThan(2);

    // The box of a task is before its text.
    const task = text.locator('.tasks li').first();
    const { right, top } = await boxOf(task);
    await page.mouse.click(right + 14, top + 14);
    await expect(task).toHaveAttribute('data-checked', 'true');
    const stock = connect('letter', 'Stocky');
    await expect.poll(() => stock.synced).toBe(true);
    stock.putCaret(0, 1, 4);
    await expect(ann.caretOf('Stocky')).toBeVisible();
    // The flag of a caret stands over the text that follows, and not beyond where the line begins.
    const [caret, flag] = [await boxOf(text.locator('.weft-caret')), await boxOf(text.locator('.weft-caret-name'))];
    expect(Math.abs(flag.right - caret.right)).toBeLessThan(6);
    expect(flag.left).toBeLessThan(caret.left - 20);
    await picture(page, `right-to-left-text-${size}`);

    await ann.goToEndOf(1);
    await ann.press('Enter');
    await ann.type('/');
    await page.getByRole('listbox', { name: 'Insert' }).waitFor();
    await picture(page, `right-to-left-slash-${size}`);
    await ann.press('Escape');
    await ann.press('Backspace');
    await page.emulateMedia({ media: 'print' });
    await expect(text.locator('.weft-selection')).toHaveCSS('background-color', 'rgba(0, 0, 0, 0)');
    await picture(page, `right-to-left-print-${size}`);
    await page.emulateMedia({ media: null });
    expect(await widerThanWindow(page)).toBe(false);
  });
}

test('what stands beside a block is on the side where it begins', async ({ server, join }) => {
  const ann = await join('Ann Ek', windows[0]![1]);
  const { page, text } = ann;
  await ann.open(`${server.url}/d/letter`);
  await writeLetter(ann);
  const grip = page.locator('.grip');
  for (const [block, isRight] of [
    [text.getByText('כל שומר'), true],
    [text.getByText('The office'), false],
    [text.getByText('زجاج'), true],
    [text.locator('table'), true],
  ] as const) {
    await block.hover();
    await expect
      .poll(
        async () => {
          const [handle, box] = [await grip.boundingBox(), await block.boundingBox()];
          return handle !== null && (isRight ? handle.x >= box!.x + box!.width : handle.x + handle.width <= box!.x);
        },
        (await block.textContent())!,
      )
      .toBe(true);
  }
  const table = await boxOf(text.locator('table'));
  await text.locator('td').first().click();
  await expect(page.locator('.corner')).toBeVisible();
  expect((await boxOf(page.locator('.corner'))).right).toBeLessThan(table.left);
});

for (const [size, options] of windows) {
  test(`a page that goes from right to left, ${size}`, async ({ server, join }) => {
    const ann = await join('Ann Ek', options);
    const { page, text } = ann;
    await page.addInitScript(() => {
      const mirror = (): void => document.documentElement?.setAttribute('dir', 'rtl');
      new MutationObserver(mirror).observe(document, { childList: true });
    });
    await ann.open(`${server.url}/d/letter`);
    await writeLetter(ann);
    const width = page.viewportSize()!.width;
    const share = page.getByRole('button', { name: 'Share' });
    expect((await boxOf(share)).right).toBeLessThan(width / 2);
    await page.getByRole('button', { name: 'More', exact: true }).click();
    const menu = page.getByRole('menu', { name: 'More' });
    await menu.waitFor();
    const [opener, opened] = [await boxOf(page.getByRole('button', { name: 'More', exact: true })), await boxOf(menu)];
    expect(Math.abs(opened.left - Math.max(opener.left, 8))).toBeLessThan(2);
    await picture(page, `right-to-left-menu-${size}`);
    await ann.press('Escape');
    await share.click();
    await page.getByRole('dialog', { name: /^Share/ }).waitFor();
    await picture(page, `right-to-left-share-${size}`);
    await ann.press('Escape');
    await ann.tool('Find and replace').click();
    await page.getByRole('textbox', { name: 'Find' }).fill('שומר');
    await expect(page.getByRole('search')).toContainText('of 2');
    // Its words go their own way, arrows that of the page.
    await expect(page.getByRole('search').locator('.count')).toHaveCSS('unicode-bidi', 'plaintext');
    await expect(ann.tool('Undo').locator('svg')).toHaveCSS('scale', '-1 1');
    await expect(ann.tool('Bold').locator('svg')).toHaveCSS('scale', 'none');
    await picture(page, `right-to-left-find-${size}`);
    await ann.press('Escape');
    await ann.press('Control+End');
    await paste(page, { files: [png('lamp.png', 320, 200)] });
    const shown = text.locator('figure img');
    await expect(shown).toBeVisible();
    await shown.click();
    await page.getByRole('toolbar', { name: 'Picture' }).waitFor();
    const handle = await boxOf(page.locator('.picture-handle'));
    expect(handle.left).toBeLessThan((await boxOf(shown)).left + 10);
    await picture(page, `right-to-left-picture-${size}`);
    expect(await widerThanWindow(page)).toBe(false);
    await page.goto(`${server.url}/history/letter`);
    await page.getByRole('document', { name: 'The text at this moment' }).waitFor();
    await expect(page.locator('.is-past-block').first()).toHaveCSS('box-shadow', /\) 16px 0px/);
    await picture(page, `right-to-left-past-${size}`);
    expect(await widerThanWindow(page)).toBe(false);
    await page.goto(server.url);
    await page.getByRole('listitem').first().waitFor();
    await picture(page, `right-to-left-list-${size}`);
    expect(await widerThanWindow(page)).toBe(false);
  });
}
