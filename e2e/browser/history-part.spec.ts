// One paragraph, or one section, of the past brought back while people write beside it.

import type { Page } from '@playwright/test';
import { picture, windows } from './picture.js';
import { expect, test } from './story.js';
import type { Writer } from './writer.js';

const text = (page: Page) => page.getByRole('document', { name: 'The text at this moment' });
const dialog = (page: Page) => page.getByRole('dialog');
const bringBack = (page: Page, what: string) => text(page).getByRole('button', { name: `Bring back only ${what}` });

const lines = ['# Stores', 'Flour, in three tins.', 'Sea biscuits.', '# Oil', 'Ten barrels.', 'Wicks.'];
const written = lines.map((line) => line.replace('# ', ''));

async function write(writer: Writer, url: string): Promise<void> {
  await writer.open(url);
  await writer.text.click();
  for (const [at, line] of lines.entries()) {
    if (at > 0) await writer.press('Enter');
    await writer.type(line, 0);
  }
  await expect.poll(() => writer.blocks()).toEqual(written);
  await expect.poll(() => writer.saveState()).toBe('saved');
}

/** Names the moment as it is now, and stays in the past. */
async function nameNow({ page }: Writer, address: string): Promise<void> {
  await page.goto(address);
  await text(page).waitFor();
  await page.getByRole('button', { name: 'Name this moment…' }).click();
  await dialog(page).getByRole('textbox', { name: 'Name' }).fill('Whole');
  await dialog(page).getByRole('button', { name: 'Name it' }).click();
  await expect(page.getByRole('button', { name: 'Whole' })).toHaveAttribute('aria-current', 'true');
}

/** Selects from the end of one line to the end of a later one, and deletes that. */
async function deleteAfter(writer: Writer, from: number, to: number, left: readonly string[]): Promise<void> {
  await writer.goToEndOf(from);
  for (let line = from; line < to; line++) await writer.press('Shift+ArrowDown');
  await writer.press('Shift+End');
  await writer.press('Backspace');
  await expect.poll(() => writer.blocks()).toEqual(left);
  await expect.poll(() => writer.saveState()).toBe('saved');
}

test('a paragraph comes back alone while two people write beside it, and goes again', async ({ server, join }) => {
  const [ann, ben, cleo] = [await join('Ann Ek'), await join('Ben Ro'), await join('Cleo Ivy')];
  await write(ann, `${server.url}/d/stores`);
  await ben.open(`${server.url}/d/stores`);
  await cleo.open(`${server.url}/d/stores`);
  await nameNow(cleo, `${server.url}/history/stores`);
  await deleteAfter(ann, 1, 2, ['Stores', 'Flour, in three tins.', 'Oil', 'Ten barrels.', 'Wicks.']);
  await ann.goToEndOf(4);
  await ann.type(' Cotton ones.');
  await ben.goToEndOf(1);
  for (let i = 0; i < 'tins.'.length; i++) await ben.press('ArrowLeft');
  await expect.poll(() => ben.blocks()).toContain('Wicks. Cotton ones.');

  await cleo.page.getByRole('button', { name: /^Now/ }).click();
  await expect(text(cleo.page).locator('del')).toHaveText(['Sea biscuits.']);
  // Under an untouched heading its section is offered; where nothing differs, nothing is.
  await expect(bringBack(cleo.page, 'this section: Stores')).toBeAttached();
  await expect(text(cleo.page).getByRole('button')).toHaveCount(4);
  await text(cleo.page).locator('del').hover();
  await bringBack(cleo.page, 'this: Sea biscuits.').click();
  await expect(dialog(cleo.page)).toContainText('Everything else stays as it is.');
  await dialog(cleo.page).getByRole('button', { name: 'Bring it back' }).click();
  await expect(cleo.page.getByText(/^Brought back: “Sea biscuits.” as it was (today|yesterday), /)).toBeVisible();

  const back = ['Stores', 'Flour, in three tins.', 'Sea biscuits.', 'Oil', 'Ten barrels.', 'Wicks. Cotton ones.'];
  await expect.poll(() => ann.blocks()).toEqual(back);
  await expect.poll(() => ben.blocks()).toEqual(back);
  // Both carets are where they were.
  await ben.type('big ');
  await ann.type(' Long.');
  const after = [
    'Stores',
    'Flour, in three big tins.',
    'Sea biscuits.',
    'Oil',
    'Ten barrels.',
    'Wicks. Cotton ones. Long.',
  ];
  await expect.poll(() => ann.blocks()).toEqual(after);
  await expect.poll(() => ben.blocks()).toEqual(after);

  await cleo.page.getByRole('button', { name: 'Undo', exact: true }).click();
  await expect(cleo.page.getByText('What was written since then stays.')).toBeVisible();
  await expect.poll(() => ben.blocks()).toEqual(after.toSpliced(2, 1));
});

test('a section comes back with its heading, by keys alone', async ({ server, join }) => {
  const ann = await join('Ann Ek');
  await write(ann, `${server.url}/d/section`);
  await nameNow(ann, `${server.url}/history/section`);
  await ann.open(`${server.url}/d/section`);
  await deleteAfter(ann, 2, 5, written.slice(0, 3));
  await ann.type(' And rice.');
  await expect.poll(() => ann.saveState()).toBe('saved');
  await ann.page.goto(`${server.url}/history/section`);
  const section = bringBack(ann.page, 'this section: Oil');
  await section.waitFor();
  // From the text one comes to what can be done in it.
  await text(ann.page).focus();
  for (let i = 0; i < 9 && !(await section.evaluate((one) => one === document.activeElement)); i++)
    await ann.press('Tab');
  await expect(section).toBeFocused();
  await expect(section).toHaveCSS('opacity', '1');
  await ann.press('Enter');
  await expect(dialog(ann.page)).toContainText('what was added to the section');
  await dialog(ann.page).getByRole('textbox').fill('lost');
  await ann.press('Enter');
  await expect(ann.page.getByText(/^Brought back:/)).toBeVisible();
  await ann.open(`${server.url}/d/section`);
  await expect.poll(() => ann.blocks()).toEqual(written.with(2, 'Sea biscuits. And rice.'));
});

for (const [size, options] of windows) {
  test(`a part of the past, ${size}`, async ({ server, join }) => {
    const ann = await join('Ann Ek', options);
    await write(ann, `${server.url}/d/look`);
    await nameNow(ann, `${server.url}/history/look`);
    await ann.open(`${server.url}/d/look`);
    await deleteAfter(ann, 1, 2, written.toSpliced(2, 1));
    await ann.page.goto(`${server.url}/history/look`);
    const one = bringBack(ann.page, 'this: Sea biscuits.');
    await one.waitFor();
    if (size === 'wide') await one.focus();
    await picture(ann.page, `history-part-${size}`);
    await (size === 'phone' ? one.tap() : one.click());
    await expect(dialog(ann.page)).toBeVisible();
    await picture(ann.page, `history-part-question-${size}`);
    await dialog(ann.page).getByRole('button', { name: 'Bring it back' }).click();
    await ann.page.getByText(/^Brought back:/).waitFor();
    await picture(ann.page, `history-part-done-${size}`);
  });
}
